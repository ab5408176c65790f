import {
  DEFAULT_PREFERENCES,
  preferencesEvents,
  taskEvents,
  userEvents,
  type PersonRole,
  type Preferences,
} from '@ao/contracts';
import { createCommandShell, createEventLog, createPool, createSubscriptions } from '@ao/event-log';
import { isoTime, newId, streamId } from '@ao/kernel';
import { append, testDatabase } from '@ao/testing';
import { createTimers } from '@ao/timers';
import { addDeliveries } from '../delivery/delivery.store';
import type { Notice } from '../notice';
import { MailQueue } from './mail-queue';
import { personalSubscription } from './personal.subscription';
import { readNotifications } from './read-notifications';
import { tellPeopleWhenNoticed } from './tell-people-when-noticed';

interface Told {
  readonly notification_id: string;
  readonly user_id: string;
  readonly subject: string;
  readonly position: number;
}

/** What a test does to whoever hands something to deliveries. */
export interface Faults {
  /** As if the process had ended there. */
  crash?: string;
  /** The next one waits there, in its transaction, until it is let go on. */
  halt?: { readonly reached: () => void; readonly goOn: Promise<void> };
}

export type InboxHarness = Awaited<ReturnType<typeof startInbox>>;

/**
 * Two replicas of the inbox on one database. Their timers are set, and what they do is called by the test: as often and as late
 * as it likes.
 */
export async function startInbox() {
  const database = await testDatabase();
  const admin = database.pool('admin');
  const pool = createPool(database.urlFor('notifications'), { applicationName: 'inbox', max: 12 });
  const log = createEventLog({ pool });
  const { clock } = log;
  await log.ready();
  const timers = createTimers({ pool, schema: 'notifications' });
  const faults: Faults = {};
  const deliveries = {
    add: async (...[transaction, added]: Parameters<typeof addDeliveries>) => {
      if (faults.crash === 'deliveries') throw new Error('crashed');
      const { halt } = faults;
      delete faults.halt;
      halt?.reached();
      await halt?.goOn;
      await addDeliveries(transaction, added);
      if (faults.crash === 'commit') throw new Error('crashed');
    },
    nudge: () => undefined,
  };
  const replica = () => {
    const shell = createCommandShell(log);
    const mail = new MailQueue({ pool, clock, timers, deliveries, readBy: readNotifications({ shell, log }) });
    const handle = tellPeopleWhenNoticed({ pool, shell, clock, timers, deliveries, mail });
    return { mail, tell: (notice: Notice) => handle({ timer_id: `notice-${notice.notice_id}`, payload: notice }) };
  };
  const [one, two] = [replica(), replica()];
  const subscriptions = createSubscriptions({ pool, log, schema: 'notifications', pollIntervalMs: 20 });
  const subscribe = () => subscriptions.owned(personalSubscription({ clock, timers, mail: one.mail }));
  let personal = await subscribe();

  const appendTo = (stream: string, type: string, schema_version: number, data: object) =>
    append(log, stream, { type, schema_version, data });
  const at = () => isoTime(log.clock.now());
  const followed = async () => personal.reached(await log.head(), 30_000);
  const ofUser = (user_id: string, type: keyof typeof userEvents, data: object = {}) =>
    appendTo(streamId('user', user_id), type, userEvents[type].schemaVersion, { user_id, at: at(), ...data });

  async function person(role: PersonRole, preferences?: Partial<Preferences>): Promise<string> {
    const user_id = newId();
    const email = `s1.user-${user_id}.${'x'.repeat(40)}`;
    await ofUser(user_id, 'UserRegistered', { email, role, full_name: email, registered_at: at() });
    if (preferences) await prefer(user_id, preferences);
    return user_id;
  }
  const prefer = (user_id: string, preferences: Partial<Preferences>) =>
    appendTo(streamId('preferences', user_id), 'PreferencesSet', preferencesEvents.PreferencesSet.schemaVersion, {
      ...{ ...DEFAULT_PREFERENCES, ...preferences, user_id, at: at() },
    });
  async function failedTask(title = 'deploy'): Promise<number> {
    const task_id = newId();
    const stream = streamId('task', task_id);
    await appendTo(stream, 'TaskSubmitted', taskEvents.TaskSubmitted.schemaVersion, { task_id, title, type: 'test' });
    const failure = { message: 'exit code 1', retryable: false };
    return appendTo(stream, 'TaskFailed', taskEvents.TaskFailed.schemaVersion, { task_id, failure, failed_at: at() });
  }

  const notice = (changes: Partial<Notice>): Notice => ({
    ...{ notice_id: newId(), rule_id: newId(), severity: 'info', event: 'task.failed', position: null },
    ...{ subject: 'A task failed', body: 'It did.', recipients: { users: [], roles: [] }, channels: [] },
    ...changes,
  });
  const to = (...users: string[]) => ({ recipients: { users, roles: [] } });

  const toldTo = async (...users: string[]) => {
    const { rows } = await admin.query<{ data: Told }>(
      `select data from event_log.events where type = 'NotificationCreated' and data ->> 'user_id' = any($1)
        order by position`,
      [users],
    );
    return rows.map(({ data }) => data);
  };
  const timersOf = async (kind: string) => {
    const { rows } = await admin.query<{ timer_id: string; due_at: Date; payload: unknown }>(
      'select timer_id, due_at, payload from notifications.timers where kind = $1 order by due_at, timer_id',
      [kind],
    );
    return rows;
  };
  const notices = async () => (await timersOf('notice')).map(({ payload }) => payload as Notice);
  const sent = async (target: string) => {
    const { rows } = await admin.query<{
      delivery_id: string;
      event: string;
      message: { subject: string; body: string };
    }>('select delivery_id, event, message from notifications.deliveries where target_id = $1 order by created_at', [
      target,
    ]);
    return rows;
  };
  const sendWaiting = (user_id: string, fired: number = log.clock.now(), by = one) =>
    by.mail.sendWaiting({ payload: { user_id }, fired_at: isoTime(fired) });

  return {
    ...{
      admin,
      pool,
      log,
      timers,
      faults,
      one,
      two,
      append: appendTo,
      at,
      followed,
      ofUser,
      person,
      prefer,
      failedTask,
      notice,
      to,
    },
    ...{ toldTo, timersOf, notices, sent, sendWaiting },
    /** Another owner goes on where this one stops, after what happens meanwhile. */
    async handOver(meanwhile?: () => Promise<void>): Promise<void> {
      await personal.stop();
      await meanwhile?.();
      personal = await subscribe();
    },
    async tidy(): Promise<void> {
      delete faults.crash;
      await admin.query('truncate notifications.timers, notifications.mails, notifications.deliveries');
    },
    async stop(): Promise<void> {
      await subscriptions.stop();
      await log.close();
      await pool.end();
      await database.drop();
    },
  };
}
