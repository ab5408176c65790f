import type { Position } from './types';

/** A position that only grows, and those who wait for it. */
export interface Progress {
  position(): Position;
  advance(position: Position): void;
  /** Somebody waits for it to grow. */
  awaited(): boolean;
  /** @throws when `timeoutMs` passes first or the progress ends */
  reached(position: Position, timeoutMs: number): Promise<void>;
  end(reason: string): void;
}

interface Waiter {
  readonly position: Position;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

export function createProgress(name: string): Progress {
  let reached: Position = 0;
  let ended: string | undefined;
  const waiters = new Set<Waiter>();
  return {
    position: () => reached,
    awaited: () => waiters.size > 0,
    advance(position) {
      if (position <= reached) return;
      reached = position;
      for (const waiter of waiters) {
        if (waiter.position > reached) continue;
        clearTimeout(waiter.timer);
        waiters.delete(waiter);
        waiter.resolve();
      }
    },
    reached(position, timeoutMs) {
      if (position <= reached) return Promise.resolve();
      if (ended !== undefined) return Promise.reject(new Error(`${name} ended: ${ended}`));
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          waiters.delete(waiter);
          reject(new Error(`${name} is at position ${reached} and did not reach ${position} within ${timeoutMs} ms`));
        }, timeoutMs);
        const waiter: Waiter = { position, resolve, reject, timer };
        waiters.add(waiter);
      });
    },
    end(reason) {
      ended = reason;
      for (const waiter of waiters) {
        clearTimeout(waiter.timer);
        waiter.reject(new Error(`${name} ended: ${reason}`));
      }
      waiters.clear();
    },
  };
}
