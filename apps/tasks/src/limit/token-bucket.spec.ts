import * as fc from 'fast-check';
import { TokenBucket } from './token-bucket';

describe('a rate', () => {
  it('should give so many at once, then evenly', () => {
    const bucket = new TokenBucket({ tasks: 2, per_seconds: 10 }, 0);
    expect(bucket.next(0)).toBeUndefined();
    bucket.take(0);
    bucket.take(0);
    expect(bucket.next(0)).toBe(5_000);
    expect(bucket.next(4_999)).toBe(5_000);
    expect(bucket.next(5_000)).toBeUndefined();
    bucket.take(5_000);
    expect([bucket.next(5_000), bucket.isFull(5_000)]).toEqual([10_000, false]);
    expect(bucket.isFull(20_000)).toBe(true);
  });

  it('should never give more than it says, whenever it is asked', () => {
    const rate = fc.record({ tasks: fc.integer({ min: 1, max: 20 }), per_seconds: fc.integer({ min: 1, max: 60 }) });
    fc.assert(
      fc.property(rate, fc.array(fc.nat(5_000), { maxLength: 200 }), (given, pauses) => {
        const bucket = new TokenBucket(given, 0);
        let now = 0;
        let taken = 0;
        for (const pause of pauses) {
          now += pause;
          const next = bucket.next(now);
          if (next !== undefined) {
            expect(next).toBeGreaterThan(now);
            continue;
          }
          bucket.take(now);
          taken += 1;
          expect(taken).toBeLessThanOrEqual(given.tasks * (1 + now / (1_000 * given.per_seconds)) + 1e-6);
        }
      }),
    );
  });

  it('should have one at the time it names', () => {
    const rate = fc.record({
      tasks: fc.integer({ min: 1, max: 1_000 }),
      per_seconds: fc.integer({ min: 1, max: 86_400 }),
    });
    fc.assert(
      fc.property(rate, (given) => {
        const bucket = new TokenBucket(given, 0);
        for (let index = 0; index < given.tasks; index += 1) bucket.take(0);
        expect(bucket.next(bucket.next(0)!)).toBeUndefined();
      }),
    );
  });
});
