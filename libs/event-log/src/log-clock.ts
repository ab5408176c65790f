import type { Clock } from '@ao/kernel';

/**
 * Postgres' time plus the monotonic time since it was heard, so that a wrong clock on one host expires nothing. Every reply
 * that carries a time refreshes it.
 */
export interface LogClock extends Clock {
  /**
   * Takes Postgres' time out of a reply.
   * @param microseconds Postgres' time since the Unix epoch
   * @param sent monotonic milliseconds (`performance.now()`) when the request left
   */
  heard(microseconds: number, sent: number): void;
  /** True once any reply was heard; until then `now` is this host's own clock. */
  readonly synchronised: boolean;
}

export function createLogClock(monotonic: () => number = () => performance.now()): LogClock {
  /** Postgres' milliseconds at monotonic zero. */
  let offset: number | undefined;
  return {
    now: () => Math.floor(offset === undefined ? Date.now() : monotonic() + offset),
    get synchronised() {
      return offset !== undefined;
    },
    heard(microseconds, sent) {
      // The server read its clock between `sent` and now: the true offset lies between these two. A value inside stays as
      // it is, so that a slow reply never makes a good estimate worse.
      const latest = microseconds / 1000 - sent;
      const earliest = microseconds / 1000 - monotonic();
      offset = offset === undefined ? (earliest + latest) / 2 : Math.min(Math.max(offset, earliest), latest);
    },
  };
}
