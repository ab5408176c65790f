import { availableParallelism } from 'node:os';

/** Work that found every slot taken and the line too long. */
export interface Busy {
  readonly kind: 'busy';
  readonly retry_after_seconds: number;
}

/** Slots for what keeps a core busy: so many at once, so many in line, nobody beyond. */
export interface HashSlots {
  /** Runs when a slot is free, in the order of asking; the slot is held until `work` has settled. */
  take<T>(work: () => Promise<T>): Promise<T | Busy>;
}

export interface HashSlotsOptions {
  readonly slots?: number;
  /** Waiting at most; default 200 per slot, some two seconds of hashing. */
  readonly waiting?: number;
}

/** Threads that libuv has for everything (libuv's own default); hashing leaves one to the others. */
const UV_THREADS = 4;

/** One core stays free for everything else, and so does one of libuv's threads. */
export const defaultSlots = () => Math.max(1, Math.min(availableParallelism() - 1, UV_THREADS - 1));

export function createHashSlots(options: HashSlotsOptions = {}): HashSlots {
  const slots = options.slots ?? defaultSlots();
  const waitingAtMost = options.waiting ?? 200 * slots;
  const line: (() => void)[] = [];
  let taken = 0;
  /** Milliseconds that a slot was held lately: tells those who are sent away when to come back. */
  let heldMs = 20;

  function release(since: number): void {
    heldMs += (performance.now() - since - heldMs) / 8;
    const next = line.shift();
    // The slot passes to the next in line without being free in between.
    if (next) next();
    else taken -= 1;
  }

  return {
    async take(work) {
      if (taken < slots) taken += 1;
      else if (line.length < waitingAtMost) await new Promise<void>((resolve) => line.push(resolve));
      else {
        const seconds = Math.ceil((heldMs * (line.length + 1)) / slots / 1000);
        return { kind: 'busy', retry_after_seconds: Math.max(1, seconds) };
      }
      const since = performance.now();
      try {
        return await work();
      } finally {
        release(since);
      }
    },
  };
}

export const isBusy = (value: unknown): value is Busy =>
  typeof value === 'object' && value !== null && (value as { kind?: unknown }).kind === 'busy';
