import {
  MAX_CAUGHT_UP,
  nextTime,
  timesBetween,
  type NextRun,
  type ScheduleDocument,
  type ScheduleTerms,
} from '@ao/contracts';
import { derivedId, isoTime } from '@ao/kernel';

/** A time that is later than this was missed, even if no other has come since: a takeover takes less. */
export const MISSED_AFTER_MS = 60_000;

export type Timed = ScheduleTerms & Pick<ScheduleDocument, 'schedule_id' | 'created_at'>;

/** The first time after a moment, and when it fires. */
export function nextRun(schedule: Timed, after: number): NextRun | null {
  const time = nextTime(schedule, after);
  if (time === undefined) return null;
  return { scheduled_for: isoTime(time), due_at: isoTime(time + jitterOf(schedule, time)) };
}

/** Milliseconds, the same for the same time of the same schedule, and less than until its following time. */
function jitterOf(schedule: Timed, time: number): number {
  if (schedule.jitter_seconds === 0) return 0;
  const following = nextTime(schedule, time) ?? Number.POSITIVE_INFINITY;
  const draw = Number.parseInt(derivedId('schedule-jitter', schedule.schedule_id, time).slice(0, 8), 16) / 2 ** 32;
  return Math.floor(draw * Math.min(1_000 * schedule.jitter_seconds, following - time));
}

/** What a schedule has to do at a moment. */
export type Due =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'later'; readonly due_at: string }
  | { readonly kind: 'fire'; readonly scheduled_for: string }
  /** Its policy of catching up leaves these out. */
  | { readonly kind: 'skip'; readonly scheduled_for: string; readonly through: string; readonly count: number };

/** One step: after a time that fired, or times that were left out, there may be another. Pure. */
export function dueAt(schedule: ScheduleDocument, now: number): Due {
  const { next, catch_up } = schedule;
  if (!next) return { kind: 'nothing' };
  if (now < Date.parse(next.due_at)) return { kind: 'later', due_at: next.due_at };
  const { scheduled_for } = next;
  const { count, latest } = passed(schedule, scheduled_for, now);
  const leave = count - keptOf(catch_up, count, isMissed(schedule, latest.at(-1)!, now));
  if (leave === 0) return { kind: 'fire', scheduled_for };
  const through = leave === count ? latest.at(-1)! : latest[latest.length - (count - leave) - 1]!;
  return { kind: 'skip', scheduled_for, through: isoTime(through), count: leave };
}

/** The times that have come, their jitter included: at least the next one. */
function passed(schedule: ScheduleDocument, first: string, now: number): { count: number; latest: readonly number[] } {
  const { count, latest } = timesBetween(schedule, Date.parse(first), now, MAX_CAUGHT_UP + 2);
  const last = latest.at(-1)!;
  if (count === 1 || last + jitterOf(schedule, last) <= now) return { count, latest };
  return { count: count - 1, latest: latest.slice(0, -1) };
}

function isMissed(schedule: ScheduleDocument, time: number, now: number): boolean {
  return now - (time + jitterOf(schedule, time)) > MISSED_AFTER_MS;
}

/** How many of the times that have come make a task: the newest ones. */
function keptOf(policy: ScheduleDocument['catch_up'], count: number, allMissed: boolean): number {
  switch (policy) {
    case 'skip':
      return allMissed ? 0 : 1;
    case 'once':
      return 1;
    case 'all':
      return Math.min(count, MAX_CAUGHT_UP);
  }
}
