import { KeyRingError } from './errors';
import type { KeyRing } from './key-ring';
import type { KeyStore } from './key-store';

export interface Rewrapped {
  readonly rewrapped: number;
  /** Still wrapped under a key-encryption key that is not given, or that does not unwrap them. */
  readonly failed: number;
}

/**
 * Brings every key under the key-encryption key that wraps now. A key stays readable all the while: its row changes in one
 * step, and only if it is still what was read, so that several replicas may do this at once and nothing destroyed comes
 * back.
 */
export async function rewrapKeys(
  ring: KeyRing,
  store: KeyStore,
  { batch = 100, goOn = () => true }: { readonly batch?: number; readonly goOn?: () => boolean } = {},
): Promise<Rewrapped> {
  const kekId = ring.wrappingId();
  let rewrapped = 0;
  let failed = 0;
  let after = '';
  // Another key wraps from now on: whoever gave it begins again.
  while (goOn() && ring.wrappingId() === kekId) {
    const keys = await store.outdated(kekId, after, batch);
    for (const { subject, ...key } of keys) {
      after = subject;
      try {
        const opened = ring.unwrap(subject, key.kek_id, key.wrapped);
        if (await store.rewrap(subject, key, ring.wrap(subject, opened))) rewrapped += 1;
      } catch (error) {
        if (!(error instanceof KeyRingError)) throw error;
        failed += 1;
      }
    }
    if (keys.length < batch) break;
  }
  return { rewrapped, failed };
}
