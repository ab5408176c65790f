import { DELAYS_MS, MAX_RETRY_AFTER_MS, nextAttemptAt } from './schedule';

const NOW = Date.parse('2026-01-01T00:00:00.000Z');
const hours = (count: number) => count * 3_600_000;

describe('the schedule of attempts', () => {
  it('should try at 0 s, 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h and 24 h after the try before', () => {
    const delays = Array.from({ length: 11 }, (_, tries) => nextAttemptAt(tries, NOW, 0.5)).map((at) => at && at - NOW);
    expect(delays).toEqual([
      ...[0, 5_000, 300_000, 1_800_000, hours(2), hours(5), hours(10), hours(14), hours(20), hours(24)],
      undefined,
    ]);
  });

  it('should spread each by a tenth either way, and never beyond', () => {
    for (const [tries, delay] of DELAYS_MS.entries()) {
      expect(nextAttemptAt(tries, NOW, 0)).toBe(NOW + Math.round(delay * 0.9));
      expect(nextAttemptAt(tries, NOW, 1)).toBe(NOW + Math.round(delay * 1.1));
    }
  });

  it('should wait as long as the receiver asks, at most 24 h, and never less than the schedule says', () => {
    expect(nextAttemptAt(1, NOW, 0.5, 60_000)).toBe(NOW + 60_000);
    expect(nextAttemptAt(2, NOW, 0.5, 60_000)).toBe(NOW + 300_000);
    expect(nextAttemptAt(1, NOW, 0.5, hours(1_000))).toBe(NOW + MAX_RETRY_AFTER_MS);
    expect(nextAttemptAt(1, NOW, 0.5, -5)).toBe(NOW + 5_000);
  });

  it('should not be talked into another attempt after the last', () => {
    expect(nextAttemptAt(DELAYS_MS.length, NOW, 0.5, 60_000)).toBeUndefined();
  });
});
