import { SEVERITIES, nextTime, type Preferences, type QuietHours, type Severity } from '@ao/contracts';

const MINUTE_MS = 60_000;
const DAY_MINUTES = 1_440;
/** No clock is put forward or back by more at a time. */
const LONGEST_SHIFT_MINUTES = 180;

/** Whether what has this severity is mailed to who prefers so. */
export function isMailed({ mail, mail_from }: Preferences, severity: Severity): boolean {
  return mail && SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(mail_from);
}

/**
 * When something is mailed: the time itself when at once. What is critical always is. All times in milliseconds since the
 * Unix epoch. Pure, for one time zone database.
 *
 * @param since when the oldest that is to go with it came: a window counts from there
 */
export function mailTime(preferences: Preferences, severity: Severity, now: number, since = now): number {
  if (severity === 'critical') return now;
  const { digest, quiet_hours } = preferences;
  let at = now;
  if (digest.mode === 'window') at = Math.max(now, since + digest.minutes * MINUTE_MS);
  if (digest.mode === 'daily') at = nextDaily(digest, now);
  return quiet_hours === null ? at : quietUntil(quiet_hours, at);
}

/** A time that spring leaves out falls at the end of the gap; one that autumn repeats counts the first time. */
function nextDaily({ at, zone }: { readonly at: string; readonly zone: string }, now: number): number {
  const expression = `${Number(at.slice(3))} ${Number(at.slice(0, 2))} * * *`;
  const timing = { type: 'cron', expression, time_zone: zone } as const;
  const timetable = { timing, starts_at: null, ends_at: null, created_at: new Date(now).toISOString() };
  return nextTime(timetable, now) ?? now + DAY_MINUTES * MINUTE_MS;
}

/** The first moment from `time` on that is in no quiet hours: `time` itself, or a full minute. */
export function quietUntil(hours: QuietHours, time: number): number {
  if (!isQuiet(hours, time)) return time;
  const minute = Math.floor(time / MINUTE_MS) * MINUTE_MS;
  const left = (minutesOf(hours.to) - wallMinutes(hours.zone, time) + DAY_MINUTES) % DAY_MINUTES;
  const end = minute + left * MINUTE_MS;
  if (wallMinutes(hours.zone, end) === minutesOf(hours.to)) return end;
  // The clock is changed on the way: some minute near there is the first that is not quiet, or, where what is not quiet of a day
  // was left out, one of the next day.
  for (let step = 1; step <= left + DAY_MINUTES + LONGEST_SHIFT_MINUTES; step += 1) {
    const next = minute + step * MINUTE_MS;
    if (!isQuiet(hours, next)) return next;
  }
  return end;
}

/** By the clock on the wall of that zone. */
export function isQuiet({ from, to, zone }: QuietHours, time: number): boolean {
  const now = wallMinutes(zone, time);
  const [begin, end] = [minutesOf(from), minutesOf(to)];
  return begin < end ? now >= begin && now < end : now >= begin || now < end;
}

const minutesOf = (time: string) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));

/** To make one takes a hundred times as long as to use it. There are some 400 zones, and few are used. */
const clocks = new Map<string, Intl.DateTimeFormat>();

/** Minutes since midnight. */
function wallMinutes(zone: string, time: number): number {
  let clock = clocks.get(zone);
  if (!clock) {
    clock = new Intl.DateTimeFormat('en-GB', {
      timeZone: zone,
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    });
    if (clocks.size < 1_000) clocks.set(zone, clock);
  }
  return minutesOf(clock.format(time));
}
