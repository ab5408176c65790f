import { inTransaction, type CommandShell } from '@ao/event-log';
import { systemMetadata, derivedId, isRejection, isoTime, type Clock } from '@ao/kernel';
import type { FiredTimer, Timers } from '@ao/timers';
import type { Pool } from 'pg';
import type { Deliveries, NewDelivery } from '../delivery/delivery.types';
import { Notice } from '../notice';
import { MAX_SUBJECT, clipped, clippedLine } from './clipped';
import type { MailQueue } from './mail-queue';
import { notificationAggregate } from './notification.decider';
import { recipientsOf, type Recipient } from './people.store';

/** People are told so many at a time: what is appended together costs one round trip. */
const AT_ONCE = 100;
/** When a notice is looked at again, in milliseconds: some ten events are handled in one. */
const lookAgainIn = (behind: number) => Math.min(5_000, Math.max(50, behind / 10));

export interface TellPeopleOptions {
  readonly pool: Pool;
  readonly shell: Pick<CommandShell, 'run'>;
  readonly clock: Clock;
  readonly timers: Pick<Timers, 'move'>;
  readonly deliveries: Pick<Deliveries, 'add' | 'nudge'>;
  readonly mail: Pick<MailQueue, 'add'>;
}

/**
 * Hands a notice on: a notification for each person, deliveries to the channels, mail to those who want it. Every id is
 * derived from the notice's, so that a notice which is handled again, by this process or another one, finds what is done.
 */
export function tellPeopleWhenNoticed({ pool, shell, clock, timers, deliveries, mail }: TellPeopleOptions) {
  return async (timer: Pick<FiredTimer, 'timer_id' | 'payload'>): Promise<void> => {
    const given = Notice.parse(timer.payload);
    const notice = { ...given, subject: clippedLine(given.subject, MAX_SUBJECT), body: clipped(given.body, 8_000) };
    const { recipients, position } = notice;
    const to = toChannels(notice);
    if (to.length > 0) {
      await inTransaction(pool, (transaction) => deliveries.add(transaction, to));
      deliveries.nudge();
    }
    const found = await recipientsOf(pool, recipients, position);
    if ('behind' in found) {
      const due_at = isoTime(clock.now() + lookAgainIn(found.behind));
      await inTransaction(pool, (transaction) => timers.move(transaction, [{ timer_id: timer.timer_id, due_at }]));
      return;
    }
    const { people } = found;
    for (let start = 0; start < people.length; start += AT_ONCE)
      await tell(notice, people.slice(start, start + AT_ONCE));
    deliveries.nudge();
  };

  async function tell(notice: Notice, people: readonly Recipient[]): Promise<void> {
    const idOf = ({ user_id }: Recipient) => notificationId(notice, user_id);
    await Promise.all(people.map((person) => create(notice, person.user_id, idOf(person))));
    const byMail = people.filter(({ by_mail }) => by_mail);
    if (byMail.length === 0) return;
    const ids = new Map(byMail.map((person) => [person.user_id, idOf(person)]));
    await inTransaction(pool, (transaction) => mail.add(transaction, notice, ids));
  }

  /** @throws when it is not certain that it is there, for the timer to come again */
  async function create(notice: Notice, user_id: string, notification_id: string): Promise<void> {
    const { notice_id, rule_id, severity, event, position, subject, body } = notice;
    const metadata = systemMetadata('notifications', derivedId('create-notification', notification_id), notice_id);
    const data = { notification_id, user_id, rule_id, severity, event, position, subject, body };
    const command = { type: 'CreateNotification' as const, data, metadata };
    const payload = { notification_id };
    const created = await shell.run(notificationAggregate, notification_id, command, { isNew: true, payload });
    if (isRejection(created)) throw new Error(created.message);
  }
}

/** Of an event that no rule speaks of a person is told once, though it may be for several reasons. */
function notificationId({ notice_id, rule_id, position }: Notice, user_id: string): string {
  const once = rule_id === null && position !== null;
  return once ? derivedId('notification-of-event', position, user_id) : derivedId('notification', notice_id, user_id);
}

function toChannels({ notice_id, channels, severity, event, position, subject, body }: Notice): NewDelivery[] {
  return [...new Set(channels)].map((channel) => ({
    delivery_id: derivedId('delivery', channel, notice_id),
    target: { kind: 'channel', id: channel },
    ...{ event: event ?? 'notification', position, message: { severity, subject, body } },
  }));
}
