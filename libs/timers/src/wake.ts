/** When a loop looks next: when somebody rings, or a time has come. */
export interface Wake {
  /** Resolves when it rings; what rang since the last call counts. */
  next(): Promise<void>;
  ring(): void;
  /** Rings in so many milliseconds at the latest. */
  within(milliseconds: number): void;
  off(): void;
}

/** A longer timeout would overflow and end at once. */
const LONGEST_MS = 2 ** 31 - 2;

export function createWake(): Wake {
  let rang = false;
  let waiting: (() => void) | undefined;
  let timer: NodeJS.Timeout | undefined;
  let ringsAt = Number.POSITIVE_INFINITY;

  function off(): void {
    clearTimeout(timer);
    ringsAt = Number.POSITIVE_INFINITY;
  }

  function ring(): void {
    off();
    rang = true;
    waiting?.();
  }

  return {
    async next() {
      if (!rang) await new Promise<void>((resolve) => (waiting = resolve));
      waiting = undefined;
      rang = false;
    },
    ring,
    within(milliseconds) {
      const wait = Math.min(Math.max(0, milliseconds), LONGEST_MS);
      const at = performance.now() + wait;
      if (at >= ringsAt) return;
      clearTimeout(timer);
      ringsAt = at;
      // A timeout may end up to a millisecond early; the look would find nothing due and look again.
      timer = setTimeout(ring, Math.ceil(wait) + 1);
    },
    off,
  };
}
