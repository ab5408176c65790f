import type { Clock } from '@ao/kernel';
import type { Failures, LoginStore } from './login.store';

/** Something of which only so many failures are borne within a window: an account, an address. */
export interface Bucket {
  readonly name: string;
  readonly limit: number;
}

/**
 * Failed attempts within fixed windows. A window that is full refuses until it ends, however many come meanwhile, and is then
 * forgotten: nobody is locked out for good.
 */
export interface LoginThrottle {
  /** Seconds until the fullest bucket takes attempts again; undefined while all do. */
  wait(buckets: readonly Bucket[]): Promise<number | undefined>;
  count(buckets: readonly Bucket[], windowMinutes: number): Promise<void>;
  /**
   * Counts first and asks then, for what is compared so quickly that many guesses at once would all see the count of before.
   * `forgive` takes the attempt back when it was right.
   */
  attempt(bucket: Bucket, windowMinutes: number): Promise<number | undefined>;
  forgive(bucket: Bucket): Promise<void>;
}

/** How often, at most, a process deletes the windows that are over. */
const SWEEP_MS = 60_000;

export function createLoginThrottle(store: LoginStore, clock: Clock): LoginThrottle {
  let sweptAt = 0;

  async function sweep(): Promise<void> {
    if (clock.now() - sweptAt < SWEEP_MS) return;
    sweptAt = clock.now();
    await store.forgetWindows(sweptAt);
  }

  /** The longest wait of the buckets that are at their limits, `atLimit` telling from which count on. */
  function longest(found: readonly Failures[], buckets: readonly Bucket[], over: number): number | undefined {
    const limits = new Map(buckets.map(({ name, limit }) => [name, limit]));
    const full = found.filter(({ bucket, failures }) => failures >= limits.get(bucket)! + over);
    if (full.length === 0) return undefined;
    const end = Math.max(...full.map(({ window_ends_at }) => window_ends_at.getTime()));
    return Math.max(1, Math.ceil((end - clock.now()) / 1000));
  }

  const count = (buckets: readonly Bucket[], windowMinutes: number) => {
    const now = clock.now();
    return store.count(
      buckets.map(({ name }) => name),
      now,
      now + windowMinutes * 60_000,
    );
  };

  return {
    async wait(buckets) {
      const found = await store.failures(
        buckets.map(({ name }) => name),
        clock.now(),
      );
      return longest(found, buckets, 0);
    },
    async count(buckets, windowMinutes) {
      await count(buckets, windowMinutes);
      await sweep();
    },
    async attempt(bucket, windowMinutes) {
      return longest(await count([bucket], windowMinutes), [bucket], 1);
    },
    forgive: ({ name }) => store.forgive(name),
  };
}
