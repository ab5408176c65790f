import { createWake, type Wake } from './wake';

/** When the owner of timers looks next. */
export interface Alarm extends Wake {
  /** Postgres' time, just now. */
  tellTime(now: number): void;
  /**
   * A timer of this process will be due at this time of Postgres, once its transaction has committed. Rings then, and for
   * a while again and again: the commit may be late, or never come.
   */
  expect(timerId: string, dueAt: number): void;
  /** Is no longer expected. */
  found(timerId: string): void;
}

const MOST_EXPECTED = 10_000;

/** @param horizon milliseconds: what is due later than this is found by the regular looks, and is not kept in mind */
export function createAlarm(horizon: number): Alarm {
  const wake = createWake();
  const expected = new Map<string, number>();
  let offset: number | undefined; // Postgres' time less performance.now()
  return {
    ...wake,
    tellTime(now) {
      offset = now - performance.now();
      for (const [timerId, dueAt] of expected) {
        const late = now - dueAt;
        if (late > horizon) expected.delete(timerId);
        else wake.within(late < 0 ? -late : Math.max(5, late));
      }
    },
    expect(timerId, dueAt) {
      expected.delete(timerId);
      if (offset === undefined || expected.size >= MOST_EXPECTED) return;
      const wait = dueAt - (performance.now() + offset);
      if (wait > horizon) return;
      expected.set(timerId, dueAt);
      wake.within(Math.max(0, wait));
    },
    found: (timerId) => void expected.delete(timerId),
  };
}
