import { faultPlan, KINDS_OF_FAULTS } from './fault-plan';

const options = { seed: 7, faults: 3 * KINDS_OF_FAULTS, leaseMs: 4_000, longestFreezeMs: 30_000 };

describe('the plan of faults', () => {
  it('should be the same for a seed, and another for another', () => {
    expect(faultPlan(options)).toEqual(faultPlan(options));
    expect(faultPlan(options)).not.toEqual(faultPlan({ ...options, seed: 8 }));
  });

  it('should have every fault once before any comes again', () => {
    const names = faultPlan(options).map(({ kind, target }) => `${kind} ${target}`);
    for (let from = 0; from < names.length; from += KINDS_OF_FAULTS) {
      expect(new Set(names.slice(from, from + KINDS_OF_FAULTS)).size).toBe(KINDS_OF_FAULTS);
    }
    expect(faultPlan({ ...options, faults: 5 })).toHaveLength(5);
  });

  it('should freeze an agent past its leases, and anything else no longer than it may', () => {
    for (const { kind, target, forMs } of faultPlan(options)) {
      if (kind === 'kill' || kind === 'restart') expect(forMs).toBe(0);
      else if (target === 'agent') expect(forMs).toBeGreaterThan(options.leaseMs);
      else {
        expect(forMs).toBeGreaterThanOrEqual(options.longestFreezeMs / 2);
        expect(forMs).toBeLessThanOrEqual(options.longestFreezeMs);
      }
    }
  });
});
