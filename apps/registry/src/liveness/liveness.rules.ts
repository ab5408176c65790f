/**
 * When silence becomes a condition. Pure: the sweep, the decider and the beat doors all ask here, so that they cannot
 * disagree.
 *
 *     online --(silent longer than 1 interval + grace)--> degraded --(longer than 3 intervals + grace)--> offline
 *        ^------------------------------- any sign of life -------------------------------------------------'
 */
export type Liveness = 'online' | 'degraded' | 'offline';

const ORDER: readonly Liveness[] = ['online', 'degraded', 'offline'];

/** Missed beats after which an agent counts as degraded, and as offline. */
const DEGRADED_AFTER = 1;
const OFFLINE_AFTER = 3;

/**
 * Milliseconds that a beat may be late before it is missed: a tenth of the interval, and never less than 250 ms, which
 * covers the flush of a replica's beats (100 ms) and a slow network.
 */
export function graceMs(intervalSeconds: number): number {
  return Math.max(250, Math.round(intervalSeconds * 100));
}

/** The condition of an agent that beats every `intervalSeconds` and has been silent for `silentMs`. */
export function livenessAfter(silentMs: number, intervalSeconds: number): Liveness {
  if (silentMs > silenceUntil('offline', intervalSeconds)) return 'offline';
  return silentMs > silenceUntil('degraded', intervalSeconds) ? 'degraded' : 'online';
}

/**
 * Unix milliseconds at which the next transition of an agent last heard at `seenMs` is due (at that very moment it is
 * not yet), or null when silence can change nothing any more.
 */
export function nextDeadline(liveness: Liveness, seenMs: number, intervalSeconds: number): number | null {
  if (liveness === 'offline') return null;
  return seenMs + silenceUntil(liveness === 'online' ? 'degraded' : 'offline', intervalSeconds);
}

/** The less alive of two conditions is the later one. */
export function isWorse(left: Liveness, right: Liveness): boolean {
  return ORDER.indexOf(left) > ORDER.indexOf(right);
}

/** The transitions from one condition to a worse one, step by step: an agent never goes offline without degrading. */
export function stepsTo(from: Liveness, to: Liveness): readonly Liveness[] {
  return ORDER.slice(ORDER.indexOf(from) + 1, ORDER.indexOf(to) + 1);
}

/**
 * What silence makes of one that is `from`, when `asked` is asked for: the steps there, but never worse than what is due
 * after `silentMs`. Who asks looked a moment ago, and by the interval it knew.
 */
export function stepsOfSilence(
  from: Liveness,
  asked: Liveness,
  silentMs: number,
  intervalSeconds: number,
): readonly Liveness[] {
  const due = livenessAfter(silentMs, intervalSeconds);
  return stepsTo(from, isWorse(asked, due) ? due : asked);
}

/** The later of two times in ISO 8601. */
export function later(left: string, right: string): string {
  return Date.parse(left) >= Date.parse(right) ? left : right;
}

function silenceUntil(liveness: 'degraded' | 'offline', intervalSeconds: number): number {
  const missed = liveness === 'degraded' ? DEGRADED_AFTER : OFFLINE_AFTER;
  return Math.round(missed * intervalSeconds * 1000) + graceMs(intervalSeconds);
}
