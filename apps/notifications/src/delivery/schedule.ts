const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/**
 * How long after the end of the try before each try is made, in milliseconds: the schedule that Standard Webhooks
 * recommends, some 75 hours in all.
 */
export const DELAYS_MS: readonly number[] = [
  0,
  5 * SECOND,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  14 * HOUR,
  20 * HOUR,
  24 * HOUR,
];
/** Each delay is spread by so much either way, so that what failed together does not come again together. */
const JITTER = 0.1;
/** A receiver that asks for more is not obeyed. */
export const MAX_RETRY_AFTER_MS = 24 * HOUR;

/**
 * When the next try is made after `tries` have failed; undefined: that was the last. Pure.
 * @param now when the last one ended, in milliseconds since the Unix epoch
 * @param random from 0 to 1
 * @param retryAfterMs the receiver asks not to be called sooner than that
 */
export function nextAttemptAt(tries: number, now: number, random: number, retryAfterMs = 0): number | undefined {
  const delay = DELAYS_MS[tries];
  if (delay === undefined) return undefined;
  const spread = delay * (1 - JITTER + 2 * JITTER * random);
  return Math.round(now + Math.max(spread, Math.min(Math.max(retryAfterMs, 0), MAX_RETRY_AFTER_MS)));
}
