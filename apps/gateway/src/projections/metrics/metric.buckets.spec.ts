import { BOUNDS, binOf, countersAt, firstCounter, quantile, taken } from './metric.buckets';

describe('the buckets of metrics', () => {
  it('should name minute and hour by the time in UTC, and keep levels besides', () => {
    expect(countersAt('2026-01-31T10:15:59.999Z', { completed: 2, queued: -1, running: 0 })).toEqual({
      'm2026-01-31T10:15/completed': 2,
      'h2026-01-31T10:00/completed': 2,
      'm2026-01-31T10:15/queued': -1,
      'h2026-01-31T10:00/queued': -1,
      'now/queued': -1,
    });
  });

  it('should begin a stretch with the first counter of its first bucket', () => {
    const from = Date.parse('2026-01-31T10:00:00.000Z');
    for (const [resolution, counter] of [
      ['minute', 'm2026-01-31T10:00/completed'],
      ['hour', 'h2026-01-31T10:00/completed'],
    ] as const) {
      expect(counter >= firstCounter(resolution, from)).toBe(true);
      expect(counter < firstCounter(resolution, from + 60_000)).toBe(true);
    }
  });

  it('should put every time in the bin that holds it, with names of two digits', () => {
    expect(new Set(BOUNDS).size).toBe(BOUNDS.length);
    expect([...BOUNDS].sort((a, b) => a - b)).toEqual(BOUNDS);
    expect(BOUNDS.length).toBeLessThan(100);
    for (const milliseconds of [0, 1, 2, 3, 10, 999, 1_000, 86_400_000, 2 ** 40]) {
      const bin = binOf(milliseconds);
      expect(BOUNDS[bin]).toBeLessThanOrEqual(milliseconds);
      expect(BOUNDS[bin + 1] ?? Infinity).toBeGreaterThan(milliseconds);
    }
    expect(taken('wait', '2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.003Z')).toEqual({
      'wait/ms': 3,
      'wait/03': 1,
    });
    expect(taken('wait', '2026-01-01T00:00:01.000Z', '2026-01-01T00:00:00.000Z')).toEqual({
      'wait/ms': 0,
      'wait/00': 1,
    });
  });

  it('should find quantiles within the width of a bin', () => {
    const times = Array.from({ length: 1_000 }, (_, n) => n + 1);
    const bins = new Map<number, number>();
    for (const time of times) bins.set(binOf(time), (bins.get(binOf(time)) ?? 0) + 1);
    for (const [share, exact] of [
      [0.5, 500],
      [0.9, 900],
      [0.99, 990],
    ] as const) {
      const found = quantile(bins, share)!;
      expect(Math.abs(found - exact)).toBeLessThan(exact * 0.1);
    }
    expect(quantile(new Map(), 0.5)).toBeUndefined();
    expect(quantile(new Map([[binOf(100), 1]]), 0.5)).toBeGreaterThanOrEqual(91);
    expect(quantile(new Map([[binOf(100), 1]]), 0.5)).toBeLessThanOrEqual(128);
  });
});
