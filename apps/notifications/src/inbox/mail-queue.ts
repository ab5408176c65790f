import { inTransaction } from '@ao/event-log';
import { derivedId, isoTime, type Clock } from '@ao/kernel';
import type { FiredTimer, Timers } from '@ao/timers';
import type { ClientBase, Pool } from 'pg';
import type { Deliveries, NewDelivery } from '../delivery/delivery.types';
import type { Notice } from '../notice';
import { digestOf, type WaitingMail } from './digest';
import * as store from './mail.store';
import { isMailed, mailTime, quietUntil } from './mail-time';
import { lockPeople } from './people.store';
import { preferencesOf, type Person } from './person';

/** The kind of timer that sends what waits for a person. */
export const SEND_DIGEST = 'send_digest';
/** Many times longer than any notice is handled. */
const KEPT_MS = 7 * 86_400_000;
/** What waited for the end of quiet hours goes by Postgres' time, which may be so much ahead of this process' clock. */
const CLOCKS_DIFFER_MS = 1_000;

export interface MailQueueOptions {
  readonly pool: Pool;
  readonly clock: Clock;
  readonly timers: Pick<Timers, 'schedule'>;
  readonly deliveries: Pick<Deliveries, 'add' | 'nudge'>;
  /** Which of a person's notifications were read by now. */
  readonly readBy: (userId: string, notificationIds: readonly string[]) => Promise<ReadonlySet<string>>;
}

/**
 * What is mailed to people, and when. Whoever decides holds the person's row, so that nothing is added between the sending
 * of what waited and the end of its timer; a notification is decided over once, whatever comes twice.
 */
export class MailQueue {
  constructor(private readonly options: MailQueueOptions) {}

  /** For those of the people who want it by mail. `notifications`: the id of each one's, by the person's. */
  async add(transaction: ClientBase, notice: Notice, notifications: ReadonlyMap<string, string>): Promise<void> {
    const people = (await lockPeople(transaction, [...notifications.keys()])).filter(
      (person) => person.active && isMailed(preferencesOf(person), notice.severity),
    );
    if (people.length === 0) return;
    const ids = people.map(({ user_id }) => user_id);
    const waiting = await store.waitingOf(transaction, ids);
    const now = this.options.clock.now();
    const mails = people.map((person): store.NewMail => {
      const { user_id } = person;
      const { severity, event, position, subject, body } = notice;
      const since = waiting.get(user_id)?.since;
      const due = mailTime(preferencesOf(person), severity, now, since);
      // What is due while others still wait goes with them.
      const atOnce = severity === 'critical' || (due <= now && since === undefined);
      return {
        ...{ notification_id: notifications.get(user_id)!, user_id, severity, event, position, subject, body },
        ...{ created_at: isoTime(now), due_at: isoTime(due) },
        delivery_id: atOnce ? derivedId('delivery', user_id, notice.notice_id) : null,
      };
    });
    const added = await store.addMails(transaction, mails);
    const fresh = mails.filter(({ notification_id }) => added.has(notification_id));
    await this.options.deliveries.add(transaction, fresh.flatMap(asDelivery));
    await this.options.timers.schedule(
      transaction,
      fresh
        .filter(({ delivery_id }) => delivery_id === null)
        .map(({ user_id, due_at, notification_id }) =>
          timerOf(user_id, Math.min(Date.parse(due_at), waiting.get(user_id)?.due ?? Infinity), notification_id),
        ),
    );
    await store.forgetOld(transaction, ids, isoTime(now - KEPT_MS));
  }

  /** What waits follows the person's new preferences. The caller holds the person's row. */
  async retime(transaction: ClientBase, person: Person, now: number): Promise<void> {
    const { user_id } = person;
    const waiting = (await store.waitingOf(transaction, [user_id])).get(user_id);
    if (!waiting) return;
    if (!preferencesOf(person).mail) return store.dropWaiting(transaction, user_id);
    const due = mailTime(preferencesOf(person), 'info', now, waiting.since);
    await store.postponeWaiting(transaction, user_id, isoTime(due));
    await this.options.timers.schedule(transaction, [timerOf(user_id, due, `retimed ${isoTime(now)}`)]);
  }

  /** Sends all that waits for a person and was not read meanwhile, unless quiet hours hold by now. */
  async sendWaiting(timer: Pick<FiredTimer, 'payload' | 'fired_at'>): Promise<void> {
    const { user_id } = timer.payload as { readonly user_id: string };
    const { pool, deliveries, readBy } = this.options;
    const read = await readBy(user_id, await store.waitingIds(pool, user_id));
    await inTransaction(pool, async (transaction) => {
      const [person] = await lockPeople(transaction, [user_id]);
      await store.dropWaiting(transaction, user_id, [...read]);
      const mails = await store.readWaiting(transaction, user_id);
      if (mails.length === 0) return;
      if (!person?.active || !preferencesOf(person).mail) return store.dropWaiting(transaction, user_id);
      // Postgres' time, which the timer went by: by this process' clock it might not be over yet.
      const now = Date.parse(timer.fired_at);
      const { quiet_hours } = preferencesOf(person);
      const due = quiet_hours === null ? now : quietUntil(quiet_hours, now);
      if (due > now) {
        await store.postponeWaiting(transaction, user_id, isoTime(due));
        return this.options.timers.schedule(transaction, [timerOf(user_id, due, `quiet ${timer.fired_at}`)]);
      }
      // What was put back goes by another one the next time.
      const ids = mails.map(({ notification_id }) => notification_id);
      const delivery_id = derivedId('delivery', user_id, timer.fired_at, ...ids);
      await deliveries.add(transaction, [digestDelivery(user_id, delivery_id, mails)]);
      await store.handOver(transaction, ids, delivery_id);
    });
    deliveries.nudge();
  }

  /**
   * Whether a delivery may be sent now, to which (sealed) address, or why not. Some time may have passed since it was
   * decided on: what has come into quiet hours is put back, and goes when they are over.
   */
  release({
    delivery_id,
    target: { id: user_id },
    message,
  }: NewDelivery): Promise<{ readonly email: string } | { readonly refused: string }> {
    return inTransaction(this.options.pool, async (transaction) => {
      const [person] = await lockPeople(transaction, [user_id]);
      if (!person?.active || person.email === null) return { refused: 'The person is disabled or erased' };
      const { mail, quiet_hours } = preferencesOf(person);
      if (!mail) return { refused: 'The person wants no mail any more' };
      const carried = await store.carriedBy(transaction, user_id, delivery_id);
      if (carried.length === 0) return { refused: 'What it carried goes by another mail' };
      const now = this.options.clock.now();
      const due = quiet_hours === null || message?.severity === 'critical' ? now : quietUntil(quiet_hours, now);
      if (due - now <= CLOCKS_DIFFER_MS) return { email: person.email };
      await store.putBack(transaction, carried, isoTime(due));
      await this.options.timers.schedule(transaction, [timerOf(user_id, due, `put back ${delivery_id}`)]);
      return { refused: 'Quiet hours of the person hold: it goes when they are over' };
    });
  }
}

/** `cause` differs each time, so that a timer which is just being worked off fires once more. */
function timerOf(user_id: string, due: number, cause: string) {
  return { timer_id: `mail-${user_id}`, due_at: isoTime(due), kind: SEND_DIGEST, payload: { user_id, cause } };
}

function asDelivery({ user_id, delivery_id, event, position, severity, subject, body }: store.NewMail): NewDelivery[] {
  if (delivery_id === null) return [];
  const target = { kind: 'mail', id: user_id } as const;
  return [{ delivery_id, target, event: event ?? 'notification', position, message: { severity, subject, body } }];
}

function digestDelivery(user_id: string, delivery_id: string, mails: readonly WaitingMail[]): NewDelivery {
  const [only] = mails;
  const alone = mails.length === 1 && only ? only : undefined;
  return {
    ...{ delivery_id, target: { kind: 'mail', id: user_id } },
    ...{ event: alone ? (alone.event ?? 'notification') : 'digest', position: alone?.position ?? null },
    message: digestOf(mails),
  };
}
