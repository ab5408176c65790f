import type { BreakerPolicy } from '@ao/contracts';
import fc from 'fast-check';
import { EMPTY_TALLY, counted, countsOf, isTooMany, type Tally } from './tally';

const T0 = Date.parse('2026-01-01T00:00:00.000Z');
const SECONDS = 60;

function after(...outcomes: [second: number, failed: boolean][]): Tally {
  return outcomes.reduce(
    (tally, [second, failed]) => counted(tally, T0 + second * 1_000, failed, SECONDS),
    EMPTY_TALLY,
  );
}
const at = (tally: Tally, second: number) => countsOf(tally, T0 + second * 1_000, SECONDS);

describe('the window of outcomes', () => {
  it('should count calls and failures', () => {
    expect(at(after([0, true], [1, false], [30, true]), 30)).toEqual({ calls: 3, failures: 2 });
    expect(at(EMPTY_TALLY, 0)).toEqual({ calls: 0, failures: 0 });
  });

  it('should forget what is older than the window, a twentieth of it late at most', () => {
    const tally = after([0, true], [30, true]);
    expect(at(tally, 59)).toEqual({ calls: 2, failures: 2 });
    expect(at(tally, 63)).toEqual({ calls: 1, failures: 1 });
    expect(at(tally, 93)).toEqual({ calls: 0, failures: 0 });
    expect(at(after([0, true], [93, false]), 93)).toEqual({ calls: 1, failures: 0 });
  });

  it('should stay small however much it counts', () => {
    let tally = EMPTY_TALLY;
    for (let index = 0; index < 5_000; index += 1) tally = counted(tally, T0 + index * 100, index % 2 === 0, SECONDS);
    expect(tally.slices.length).toBeLessThanOrEqual(21);
    expect(at(tally, 500).calls).toBeGreaterThanOrEqual(600);
    expect(at(tally, 500).calls).toBeLessThanOrEqual(630);
  });

  it('should count what a list of all outcomes says, for any times', () => {
    const outcome = fc.record({ wait: fc.integer({ min: 0, max: 20_000 }), failed: fc.boolean() });
    fc.assert(
      fc.property(fc.array(outcome, { maxLength: 60 }), (outcomes) => {
        let now = T0;
        let tally = EMPTY_TALLY;
        const all: { at: number; failed: boolean }[] = [];
        for (const { wait, failed } of outcomes) {
          now += wait;
          tally = counted(tally, now, failed, SECONDS);
          all.push({ at: now, failed });
        }
        const since = (milliseconds: number) => all.filter((each) => each.at > now - milliseconds);
        const { calls, failures } = countsOf(tally, now, SECONDS);
        expect(calls).toBeGreaterThanOrEqual(since(60_000).length);
        expect(calls).toBeLessThanOrEqual(since(63_000).length);
        expect(failures).toBeGreaterThanOrEqual(since(60_000).filter(({ failed }) => failed).length);
        expect(failures).toBeLessThanOrEqual(since(63_000).filter(({ failed }) => failed).length);
      }),
    );
  });
});

describe('when it is too many', () => {
  const policy: BreakerPolicy = {
    ...{ failure_threshold: 3, window_seconds: 60, minimum_calls: 1, failure_ratio: 0 },
    ...{ cooldown_seconds: 1, half_open_max: 1 },
  };
  it.each<[Partial<BreakerPolicy>, calls: number, failures: number, boolean]>([
    [{}, 100, 2, false],
    [{}, 100, 3, true],
    [{ minimum_calls: 10 }, 9, 9, false],
    [{ minimum_calls: 10 }, 10, 3, true],
    [{ failure_ratio: 0.5 }, 10, 4, false],
    [{ failure_ratio: 0.5 }, 10, 5, true],
    [{ failure_ratio: 1 }, 3, 3, true],
  ])('should see with %j that of %i calls %i failures are: %s', (change, calls, failures, expected) => {
    expect(isTooMany({ calls, failures }, { ...policy, ...change })).toBe(expected);
  });
});
