/** When the owner of timers looks next. */
export interface Alarm {
  /** Resolves when it rings; what rang since the last call counts. */
  next(): Promise<void>;
  ring(): void;
  /** Rings in so many milliseconds at the latest. */
  within(milliseconds: number): void;
  /** Postgres' time, just now. */
  tellTime(now: number): void;
  /**
   * A timer of this process will be due at this time of Postgres, once its transaction has committed. Rings then, and for
   * a while again and again: the commit may be late, or never come.
   */
  expect(timerId: string, dueAt: number): void;
  /** Is no longer expected. */
  found(timerId: string): void;
  off(): void;
}

const MOST_EXPECTED = 10_000;

/** @param horizon milliseconds: what is due later than this is found by the regular looks, and is not kept in mind */
export function createAlarm(horizon: number): Alarm {
  const expected = new Map<string, number>();
  let offset: number | undefined; // Postgres' time less performance.now()
  let rang = false;
  let timer: NodeJS.Timeout | undefined;
  let ringsAt = Number.POSITIVE_INFINITY;
  let waiting: (() => void) | undefined;

  function ring(): void {
    clearTimeout(timer);
    ringsAt = Number.POSITIVE_INFINITY;
    if (waiting) waiting();
    else rang = true;
  }

  function within(milliseconds: number): void {
    const at = performance.now() + Math.max(0, milliseconds);
    if (at >= ringsAt) return;
    clearTimeout(timer);
    ringsAt = at;
    // A timeout may end up to a millisecond early; the look would find nothing due and look again.
    timer = setTimeout(ring, Math.ceil(milliseconds) + 1);
  }

  return {
    next() {
      if (rang) {
        rang = false;
        return Promise.resolve();
      }
      return new Promise((resolve) => {
        waiting = () => {
          waiting = undefined;
          resolve();
        };
      });
    },
    ring,
    within,
    tellTime(now) {
      offset = now - performance.now();
      for (const [timerId, dueAt] of expected) {
        const late = now - dueAt;
        if (late > horizon) expected.delete(timerId);
        else within(late < 0 ? -late : Math.max(5, late));
      }
    },
    expect(timerId, dueAt) {
      expected.delete(timerId);
      if (offset === undefined || expected.size >= MOST_EXPECTED) return;
      const wait = dueAt - (performance.now() + offset);
      if (wait > horizon) return;
      expected.set(timerId, dueAt);
      within(Math.max(0, wait));
    },
    found: (timerId) => void expected.delete(timerId),
    off() {
      clearTimeout(timer);
      ringsAt = Number.POSITIVE_INFINITY;
    },
  };
}
