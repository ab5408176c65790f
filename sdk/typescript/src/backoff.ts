export interface Backoff {
  /** Delay before the first repetition, in milliseconds. */
  readonly baseMs: number;
  /** No delay is longer than this, in milliseconds. */
  readonly capMs: number;
}

/**
 * Milliseconds to wait before repetition number `attempt` (1, 2, …): doubling, and spread over its upper half, so that
 * a fleet cut off at one moment does not come back at one moment.
 */
export function backoffDelay(attempt: number, { baseMs, capMs }: Backoff, random: () => number = Math.random): number {
  const full = Math.min(capMs, baseMs * 2 ** Math.min(attempt - 1, 30));
  return full / 2 + (full / 2) * random();
}

/** Resolves after `ms`; rejects with the signal's reason as soon as it aborts. */
export function delay(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason as Error);
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    }, ms);
    const onAbort = () => {
      clearTimeout(timer);
      reject(signal?.reason as Error);
    };
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}
