import { SubjectErasedError } from './errors';
import { KEY_BYTES } from './aes-gcm';
import type { KeyRing } from './key-ring';
import type { KeyStore, WrappedKey } from './key-store';
import { randomBytes } from 'node:crypto';

export interface KeyCacheOptions {
  readonly ring: KeyRing;
  readonly store: KeyStore;
  /** Opened keys kept in memory; default 10,000. */
  readonly cached?: number;
  /** Monotonic milliseconds; for tests. */
  readonly now?: () => number;
  /** The ring does not have a key: look whether others were given meanwhile. */
  readonly refresh?: () => Promise<void>;
}

/** Opened keys live this long: a destroyed key is gone from every replica by then, whatever it has heard. */
export const KEY_LIFE_MS = 2_000;

interface Opened {
  /** Null: destroyed, which never changes. */
  readonly key: Buffer | null;
  readonly until: number;
}

export interface KeyCache {
  /** Null when it is destroyed, undefined when the subject never had one. */
  find(subject: string): Promise<Buffer | null | undefined>;
  /** Makes it when there is none. @throws SubjectErasedError */
  findOrMake(subject: string): Promise<Buffer>;
  drop(subject: string): void;
  clear(): void;
}

/** The opened keys of a process: least recently used ones go first, and what is asked for at once is read at once. */
export function createKeyCache({ ring, store, cached = 10_000, now = monotonic, refresh }: KeyCacheOptions): KeyCache {
  const opened = new Map<string, Opened>();
  let loading = new Map<string, Promise<Buffer | null | undefined>>();
  let waiting: { subjects: Set<string>; read: Promise<Map<string, WrappedKey>> } | undefined;

  function cachedKey(subject: string): Buffer | null | undefined {
    const entry = opened.get(subject);
    if (!entry) return undefined;
    opened.delete(subject);
    if (entry.until <= now()) return undefined;
    opened.set(subject, entry);
    return entry.key;
  }

  function keep(subject: string, key: Buffer | null, readAt: number): void {
    opened.delete(subject);
    opened.set(subject, { key, until: key === null ? Infinity : readAt + KEY_LIFE_MS });
    if (opened.size > cached) opened.delete(opened.keys().next().value!);
  }

  /** Everything asked for in the same turn is one read. */
  function read(subject: string): Promise<Map<string, WrappedKey>> {
    if (!waiting) {
      const subjects = new Set<string>();
      waiting = {
        subjects,
        read: new Promise((resolve) => setImmediate(resolve)).then(async () => {
          waiting = undefined;
          const found = await store.find([...subjects]);
          return new Map(found.map((key) => [key.subject, key]));
        }),
      };
    }
    waiting.subjects.add(subject);
    return waiting.read;
  }

  async function unwrapped(subject: string, { kek_id, wrapped }: WrappedKey): Promise<Buffer | null> {
    if (wrapped === null) return null;
    if (!ring.has(kek_id)) await refresh?.();
    return ring.unwrap(subject, kek_id, wrapped);
  }

  async function load(subject: string, readAt: number, isCurrent: () => boolean): Promise<Buffer | null | undefined> {
    const found = (await read(subject)).get(subject);
    if (!found) return undefined;
    const key = await unwrapped(subject, found);
    if (isCurrent()) keep(subject, key, readAt);
    return key;
  }

  function find(subject: string): Promise<Buffer | null | undefined> {
    const known = cachedKey(subject);
    if (known !== undefined) return Promise.resolve(known);
    const underWay = loading.get(subject);
    if (underWay) return underWay;
    const started: Promise<Buffer | null | undefined> = load(subject, now(), () => loading.get(subject) === started);
    loading.set(subject, started);
    const end = () => {
      if (loading.get(subject) === started) loading.delete(subject);
    };
    started.then(end, end);
    return started;
  }

  return {
    find,
    async findOrMake(subject) {
      let key = await find(subject);
      if (key === undefined) {
        // Of several that make one at once, in this process or in others, the first one's is everybody's.
        const made = ring.wrap(subject, randomBytes(KEY_BYTES));
        const held = await store.add(subject, made);
        // Not kept: it is read again, so that a destruction meanwhile is seen.
        key = await unwrapped(subject, held);
        // Another key wraps since this one was made: whoever wraps all of them anew may not have found it any more.
        if (key && held.kek_id === made.kek_id && made.kek_id !== ring.wrappingId())
          await store.rewrap(subject, held, ring.wrap(subject, key));
      }
      if (key === null) throw new SubjectErasedError(subject);
      return key;
    },
    drop(subject) {
      opened.delete(subject);
      // What is being read may be what was before.
      loading.delete(subject);
    },
    clear() {
      opened.clear();
      loading = new Map();
    },
  };
}

const monotonic = () => performance.now();
