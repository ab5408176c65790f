import { randomBytes } from 'node:crypto';
import { createSealer, type OpenSealer } from './create-sealer';
import { createKeyRing } from './key-ring';
import type { KeyStore, WrappedKey } from './key-store';

export interface MemoryKeyStore extends KeyStore {
  readonly keys: Map<string, WrappedKey>;
  /** How often it was read. */
  reads(): number;
}

/** Wrapped keys in memory, for unit specs; several sealers may share one, as replicas do. */
export function memoryKeyStore(): MemoryKeyStore {
  const keys = new Map<string, WrappedKey>();
  let reads = 0;
  return {
    keys,
    reads: () => reads,
    find: (subjects) => {
      reads += 1;
      return Promise.resolve(
        subjects.flatMap((subject) => {
          const key = keys.get(subject);
          return key ? [{ subject, ...key }] : [];
        }),
      );
    },
    add: (subject, key) => {
      if (!keys.has(subject)) keys.set(subject, key);
      return Promise.resolve(keys.get(subject)!);
    },
    destroy: (subject) => {
      keys.set(subject, { kek_id: keys.get(subject)?.kek_id ?? '', wrapped: null });
      return Promise.resolve();
    },
    outdated: (kekId, after, limit) =>
      Promise.resolve(
        [...keys]
          .filter(([subject, key]) => key.wrapped && key.kek_id !== kekId && subject > after)
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .slice(0, limit)
          .map(([subject, key]) => ({ subject, kek_id: key.kek_id, wrapped: key.wrapped! })),
      ),
    rewrap: (subject, from, to) => {
      const key = keys.get(subject);
      if (!key?.wrapped || !from.wrapped || !key.wrapped.equals(from.wrapped)) return Promise.resolve(false);
      keys.set(subject, to);
      return Promise.resolve(true);
    },
  };
}

/** `<id>:<base64>` with a random key. */
export const testKek = (id: string) => `${id}:${randomBytes(32).toString('base64')}`;

/** A sealer whose keys are in memory. */
export function testSealer(store: KeyStore = memoryKeyStore()): OpenSealer {
  return createSealer({ ring: createKeyRing(testKek('test')), store });
}
