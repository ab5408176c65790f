import {
  evolveAlert,
  evolveSettings,
  DEFAULT_SETTINGS,
  type AlertEvent,
  type SettingsEvent,
  type SettingValues,
} from '@ao/contracts';
import type { OwnedSubscription, RecordedEvent } from '@ao/event-log';
import { idOf, isSameJson, isoTime, type Clock } from '@ao/kernel';
import type { DueCommand, Timers } from '@ao/timers';
import type { PoolClient } from 'pg';
import { nextStep, severityAt, type AlertPlan } from './alert.plan';
import {
  countDeadLetters,
  loadAlerts,
  loadSubjects,
  storeAlerts,
  storeSubjects,
  type StoredSubject,
} from './alert.store';
import { alertTimer, alertTimerId, deadLetterTimer } from './alert.timers';
import { noticeToAdmins } from './notice-to-admins';
import { WATCHED_CATEGORIES, evolveSubject, plansOf, subjectOf } from './watched-subjects';

/** What keeps the transactions few; an alert may come so much later. */
const REST_MS = 250;
const SETTINGS = 'settings';

export interface AlertSubscriptionOptions {
  readonly timers: Pick<Timers, 'schedule' | 'cancel'>;
  readonly clock: Clock;
  readonly deadLetterWindowSeconds: number;
}

/**
 * Keeps what is known of the things that alerts are about, and asks by timers, part of the same transaction, for a look at
 * each of them when there may be something to say. Keeps the table of alerts too, and tells admins of those that are raised.
 */
export function alertSubscription(options: AlertSubscriptionOptions): OwnedSubscription {
  const { timers, clock, deadLetterWindowSeconds } = options;
  return {
    name: 'alerts',
    categories: [...WATCHED_CATEGORIES, 'alert', SETTINGS, 'task'],
    batchSize: 1_000,
    restMs: REST_MS,
    types: { task: ['TaskDeadLettered'] },
    interest: (category) => (category === 'task' ? 'later' : 'now'),
    async handle(events, transaction) {
      const watched = events.filter((event) => subjectOf(event) !== undefined || event.category === SETTINGS);
      const alertEvents = events.filter(({ category }) => category === 'alert') as (RecordedEvent & AlertEvent)[];
      const known = await loadSubjects(transaction, [
        ...new Set([
          ...watched.map((event) => subjectOf(event) ?? SETTINGS),
          ...(alertEvents.length > 0 ? [SETTINGS] : []),
        ]),
      ]);
      const effect = foldSubjects(watched, known, clock.now());
      await storeSubjects(transaction, effect.kept, effect.gone);

      await foldAlerts(alertEvents, transaction);
      const tells = told(known, effect.kept);
      const notices = tells ? alertEvents.flatMap((event) => noticeToAdmins(event) ?? []) : [];

      const now = clock.now();
      const dead = events.filter(
        ({ type, recorded_at }) =>
          type === 'TaskDeadLettered' && Date.parse(recorded_at) > now - deadLetterWindowSeconds * 1_000,
      );
      await countDeadLetters(
        transaction,
        dead.map(({ recorded_at }) => recorded_at),
      );
      await timers.cancel(transaction, effect.cancel);
      await timers.schedule(transaction, [
        ...effect.schedule,
        ...notices,
        ...(dead.length > 0 ? [deadLetterTimer(isoTime(now))] : []),
      ]);
    },
  };
}

async function foldAlerts(events: readonly (RecordedEvent & AlertEvent)[], transaction: PoolClient): Promise<void> {
  const alerts = await loadAlerts(transaction, [...new Set(events.map(({ stream_id }) => idOf(stream_id)))]);
  for (const event of events) {
    const alert = evolveAlert(alerts.get(event.data.alert_id), event);
    if (alert) alerts.set(alert.alert_id, alert);
  }
  await storeAlerts(transaction, alerts.values());
}

export interface SubjectEffect {
  readonly kept: readonly StoredSubject[];
  readonly gone: readonly string[];
  readonly schedule: readonly DueCommand[];
  readonly cancel: readonly string[];
}

/** Folds events into what is known; where that changes what is to be said, when to look. Pure. `now`: Unix milliseconds. */
export function foldSubjects(
  events: readonly RecordedEvent[],
  known: ReadonlyMap<string, StoredSubject>,
  now: number,
): SubjectEffect {
  const after = new Map<string, { document: object | undefined; last: RecordedEvent }>();
  for (const event of events) {
    const subject = subjectOf(event) ?? SETTINGS;
    const before = after.has(subject) ? after.get(subject)!.document : known.get(subject)?.document;
    const document =
      subject === SETTINGS
        ? evolveSettings((before ?? DEFAULT_SETTINGS) as SettingValues, event as RecordedEvent & SettingsEvent)
        : evolveSubject(subject, before, event);
    if (document !== before) after.set(subject, { document, last: event });
  }
  const [kept, gone, schedule, cancel]: [StoredSubject[], string[], DueCommand[], string[]] = [[], [], [], []];
  for (const [subject, { document, last }] of after) {
    if (document) kept.push({ subject, position: last.position, document });
    else gone.push(subject);
    if (subject === SETTINGS) continue;
    const due = dueAfter(plansOf(subject, known.get(subject)?.document), plansOf(subject, document), last, now);
    if (due === 'never') cancel.push(alertTimerId(subject));
    else if (due !== undefined) schedule.push(alertTimer(subject, due));
  }
  return { kept, gone, schedule, cancel };
}

/** When to look at something whose plans have changed; undefined: as it was arranged before. */
function dueAfter(
  before: readonly AlertPlan[],
  after: readonly AlertPlan[],
  { recorded_at }: RecordedEvent,
  now: number,
): string | 'never' | undefined {
  if (isSameJson(before, after)) return undefined;
  const hasBegun = before.some(({ steps }) => steps.some(({ at }) => Date.parse(at) <= now));
  // What was or is to be said is looked at now. An old event, of a log that is only caught up with, makes it a late timer,
  // which waits for those after it.
  if (hasBegun || after.some((plan) => severityAt(plan, now) !== null)) return isoTime(Date.parse(recorded_at));
  const next = nextStep(after, now);
  return next === undefined ? 'never' : isoTime(next);
}

function told(known: ReadonlyMap<string, StoredSubject>, kept: readonly StoredSubject[]): boolean {
  const settings = kept.find(({ subject }) => subject === SETTINGS) ?? known.get(SETTINGS);
  return ((settings?.document ?? DEFAULT_SETTINGS) as SettingValues)['notifications.alerts_to_admins'] !== false;
}
