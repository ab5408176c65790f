import { availableParallelism } from 'node:os';

/** Work that was sent away: the line is too long, or it has stood in it too long. */
export interface Busy {
  readonly kind: 'busy';
  readonly retry_after_seconds: number;
}

/** So much at once, so much in line, nobody beyond, and nobody for ever. */
export interface Slots {
  /** Runs when a slot is free, in the order of asking; the slot is held until `work` has settled. */
  take<T>(work: () => Promise<T>): Promise<T | Busy>;
}

export interface SlotsOptions {
  readonly slots: number;
  /** In line at most; default 200 per slot. */
  readonly waiting?: number;
  /**
   * In line no longer than this, by expectation when it asks and in fact when its turn comes; default 3 s. Whoever waits for
   * the answer gives up after 5 s.
   */
  readonly waitAtMostMs?: number;
  /** Monotonic milliseconds; for tests. */
  readonly now?: () => number;
}

/** Threads that libuv has for everything (libuv's own default); hashing leaves one to the others. */
const UV_THREADS = 4;

/** For hashing: one core stays free for everything else, and so does one of libuv's threads. */
export const hashSlots = () => Math.max(1, Math.min(availableParallelism() - 1, UV_THREADS - 1));

export function createSlots(options: SlotsOptions): Slots {
  const { slots, waiting = 200 * slots, waitAtMostMs = 3_000, now = () => performance.now() } = options;
  const line: (() => void)[] = [];
  let taken = 0;
  /** Milliseconds that a slot was held lately. */
  let heldMs = 0;

  const expectedMs = () => (heldMs * (line.length + 1)) / slots;
  const busy = (): Busy => ({
    kind: 'busy',
    retry_after_seconds: Math.max(1, Math.ceil(expectedMs() / 1000)),
  });

  function passOn(): void {
    const next = line.shift();
    // The slot passes to the next in line without being free in between.
    if (next) next();
    else taken -= 1;
  }

  return {
    async take(work) {
      const asked = now();
      if (taken < slots) taken += 1;
      else if (line.length < waiting && expectedMs() <= waitAtMostMs)
        await new Promise<void>((resolve) => line.push(resolve));
      else return busy();
      const since = now();
      if (since - asked > waitAtMostMs) {
        passOn();
        return busy();
      }
      try {
        return await work();
      } finally {
        heldMs += (now() - since - heldMs) / 8;
        passOn();
      }
    },
  };
}

export const isBusy = (value: unknown): value is Busy =>
  typeof value === 'object' && value !== null && (value as { kind?: unknown }).kind === 'busy';
