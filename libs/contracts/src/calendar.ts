import { z } from 'zod';

/** A calendar day, `2026-01-31`. */
export const Day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);
/** A calendar month, `2026-01`. */
export const Month = z.string().regex(/^\d{4}-\d{2}$/);

const DAY_MS = 86_400_000;

/** Whether the calendar has such a day. */
export const isDay = (text: string): boolean => Day.safeParse(text).success && addDays(text, 0) === text;

/** By time zone, of which there are some hundreds: making one costs a hundred times what using it does. */
const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(timeZone: string): Intl.DateTimeFormat {
  let format = formats.get(timeZone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-US', {
      ...{ timeZone, calendar: 'iso8601', numberingSystem: 'latn' },
      ...{ year: 'numeric', month: '2-digit', day: '2-digit' },
    });
    formats.set(timeZone, format);
  }
  return format;
}

/** The day of a moment (milliseconds since the Unix epoch) in a time zone (IANA). */
export function dayOf(moment: number, timeZone: string): string {
  const parts = Object.fromEntries(
    formatOf(timeZone)
      .formatToParts(moment)
      .map(({ type, value }) => [type, value]),
  );
  return `${parts.year?.padStart(4, '0')}-${parts.month}-${parts.day}`;
}

export const monthOf = (day: string): string => day.slice(0, 7);

/** The day that many days later, or earlier; nothing where the calendar has no such day. */
export function addDays(day: string, days: number): string {
  const moment = Date.parse(`${day}T00:00:00Z`) + days * DAY_MS;
  return Number.isNaN(moment) ? '' : new Date(moment).toISOString().slice(0, 10);
}

/** The moment at which the month after that of `moment` begins in a time zone. */
export function nextMonthBegins(moment: number, timeZone: string): number {
  const month = monthOf(dayOf(moment, timeZone));
  // No month is longer than 31 days, and no zone is further than a day from UTC.
  let [before, after] = [moment, moment + 33 * DAY_MS];
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (monthOf(dayOf(middle, timeZone)) === month) before = middle;
    else after = middle;
  }
  return after;
}
