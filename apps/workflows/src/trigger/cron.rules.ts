import { MAX_TRIGGER_CAUGHT_UP, nextTime, timesBetween, type Timetable, type TriggerConfig } from '@ao/contracts';

export type CronConfig = Extract<TriggerConfig, { type: 'cron' }>;

/** A time that is later than this was missed, as with schedules: a takeover takes less. */
export const MISSED_AFTER_MS = 60_000;

const timetableOf = ({ expression, time_zone }: CronConfig, since: string): Timetable => ({
  timing: { type: 'cron', expression, time_zone },
  ...{ starts_at: null, ends_at: null, created_at: since },
});

/** Milliseconds; undefined: none is to come. Pure. */
export function nextCronTime(config: CronConfig, after: number): number | undefined {
  return nextTime(timetableOf(config, new Date(after).toISOString()), after);
}

export interface CronDue {
  /** The times that fire, oldest first. */
  readonly fire: readonly number[];
  /** The times that passed and do not. */
  readonly missed: { readonly count: number; readonly from: number; readonly through: number } | null;
  /** The first time to come. */
  readonly next: number | undefined;
}

/**
 * What is to be done at a moment when `first`, a time of it, has come. `skip` fires the newest time if that is not missed itself,
 * `once` the newest in any case, `all` the newest hundred. Pure.
 */
export function cronDue(config: CronConfig, first: number, now: number): CronDue {
  const timetable = timetableOf(config, new Date(first).toISOString());
  const { count, latest } = timesBetween(timetable, first, Math.max(first, now), MAX_TRIGGER_CAUGHT_UP + 1);
  const newest = latest.at(-1)!;
  const kept = keptOf(config.catch_up, latest.length, now - newest > MISSED_AFTER_MS);
  const fire = kept === 0 ? [] : latest.slice(-kept);
  const left = count - fire.length;
  const through = fire.length === 0 ? newest : (latest[latest.length - fire.length - 1] ?? first);
  return {
    fire,
    missed: left === 0 ? null : { count: left, from: first, through },
    next: nextTime(timetable, Math.max(newest, now)),
  };
}

function keptOf(policy: CronConfig['catch_up'], count: number, isMissed: boolean): number {
  switch (policy) {
    case 'skip':
      return isMissed ? 0 : 1;
    case 'once':
      return 1;
    case 'all':
      return Math.min(count, MAX_TRIGGER_CAUGHT_UP);
  }
}
