import type { RetryPolicy } from './task.specification';

/**
 * Milliseconds to wait after the `failedAttempts`-th failure: min(max, initial * factor^(n-1)), spread by the policy's
 * jitter. The spread comes from a hash of what is tried and the count, so that the same decision gives the same delay on
 * every machine and in every replay, and what failed together does not come back together.
 */
export function retryDelay(policy: RetryPolicy, id: string, failedAttempts: number): number {
  const grown = policy.initial_delay_ms * policy.factor ** (failedAttempts - 1);
  const base = Math.min(policy.max_delay_ms, grown);
  const spread = 1 - policy.jitter + 2 * policy.jitter * unitHash(`${id}#${failedAttempts}`);
  return Math.max(0, Math.round(base * spread));
}

/** 0 (inclusive) to 1 (exclusive): FNV-1a with the final mixing of MurmurHash3, whose low bits alone would be uneven. */
function unitHash(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}
