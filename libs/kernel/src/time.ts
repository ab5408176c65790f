/**
 * A service's clock. In production it is Postgres' time plus a monotonic delta (`LogClock` of event-log), so that a
 * wrong clock on one host expires nothing; tests turn it by hand.
 */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
}

/** ISO 8601 UTC with milliseconds, the only form of time in events. */
export function isoTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

/** Moves an ISO time by milliseconds. */
export function addMilliseconds(iso: string, milliseconds: number): string {
  return isoTime(Date.parse(iso) + milliseconds);
}
