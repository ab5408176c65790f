import { Cron } from 'croner';
import type { ScheduleTerms, ScheduleTiming } from './schedule';

/** Of times that passed, no more are counted: each costs some 0.1 ms. */
export const MAX_COUNTED_TIMES = 200;

/** What the times of a schedule follow from. */
export type Timetable = Pick<ScheduleTerms, 'timing' | 'starts_at' | 'ends_at'> & {
  /** Where intervals are counted from when there is no `starts_at`. */
  readonly created_at: string;
};

/**
 * The first time after a moment (milliseconds since the Unix epoch), or undefined. Cron expressions are read in local time:
 * a time that spring leaves out falls at the end of the gap (once, where several are left out); a time named by one hour and
 * one minute falls once in autumn's repeated hour, the first time, and every other expression in both. Days of month and of
 * week are alternatives when both are restricted, as everywhere in cron. Pure, for one time zone database.
 */
export function nextTime(timetable: Timetable, after: number): number | undefined {
  const { timing, starts_at, ends_at } = timetable;
  const from = starts_at === null ? after : Math.max(after, Date.parse(starts_at) - 1);
  const next = nextOf(timing, anchorOf(timetable), from);
  return next === undefined || (ends_at !== null && next > Date.parse(ends_at)) ? undefined : next;
}

/** The next `count` times, fewer where there are no more. */
export function nextTimes(timetable: Timetable, after: number, count: number): number[] {
  const times: number[] = [];
  for (let last = nextTime(timetable, after); last !== undefined && times.length < count;) {
    times.push(last);
    last = nextTime(timetable, last);
  }
  return times;
}

/**
 * The times from `first`, which is one of them, until a moment: how many (at most `MAX_COUNTED_TIMES`), and the newest
 * `keep` of them in their order.
 */
export function timesBetween(
  timetable: Timetable,
  first: number,
  until: number,
  keep: number,
): { readonly count: number; readonly latest: readonly number[] } {
  const end = timetable.ends_at === null ? until : Math.min(until, Date.parse(timetable.ends_at));
  const counted = [first];
  while (counted.length < MAX_COUNTED_TIMES) {
    const next = nextTime(timetable, counted.at(-1)!);
    if (next === undefined || next > end) return { count: counted.length, latest: counted.slice(-keep) };
    counted.push(next);
  }
  return { count: MAX_COUNTED_TIMES, latest: latestOf(timetable, end, keep) };
}

/** Whether an expression of 5 or 6 fields names times, and why not. */
export function whyNoCron(expression: string): string | undefined {
  const fields = expression.trim().split(/\s+/).length;
  if (fields !== 5 && fields !== 6) return 'must have 5 fields, or 6 with seconds first';
  try {
    return cronOf(expression, 'UTC').nextRun(new Date('2000-01-01T00:00:00Z'))
      ? undefined
      : 'must name a time that comes';
  } catch {
    return 'must be a cron expression';
  }
}

/** Whether a name is in the IANA time zone database. */
export function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: name }) !== undefined;
  } catch {
    return false;
  }
}

const anchorOf = ({ starts_at, created_at }: Timetable) => Date.parse(starts_at ?? created_at);

/** To read an expression takes as long as to find a time by it. */
const expressions = new Map<string, Cron>();
const MOST_KEPT = 500;

function cronOf(expression: string, timezone: string): Cron {
  const key = `${timezone} ${expression}`;
  const known = expressions.get(key);
  if (known) return known;
  const cron = new Cron(expression, { timezone, paused: true });
  if (expressions.size >= MOST_KEPT) expressions.clear();
  expressions.set(key, cron);
  return cron;
}

function nextOf(timing: ScheduleTiming, anchor: number, after: number): number | undefined {
  switch (timing.type) {
    case 'cron':
      return cronOf(timing.expression, timing.time_zone).nextRun(new Date(after))?.getTime();
    case 'interval': {
      const step = 1_000 * timing.seconds;
      return anchor + step * Math.max(0, Math.floor((after - anchor) / step) + 1);
    }
    case 'at': {
      const at = Date.parse(timing.at);
      return at > after ? at : undefined;
    }
  }
}

function latestOf(timetable: Timetable, until: number, keep: number): number[] {
  const { timing } = timetable;
  if (timing.type === 'cron') {
    const runs = cronOf(timing.expression, timing.time_zone).previousRuns(keep, new Date(until + 1_000));
    return runs
      .map((run) => run.getTime())
      .filter((time) => time <= until)
      .reverse();
  }
  if (timing.type === 'at') return [Date.parse(timing.at)];
  const anchor = anchorOf(timetable);
  const step = 1_000 * timing.seconds;
  const last = anchor + step * Math.floor((until - anchor) / step);
  return Array.from({ length: keep }, (_, index) => last - step * (keep - 1 - index));
}
