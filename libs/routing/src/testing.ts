import type { Candidate, Random } from './routing.strategy';

/** The same numbers for the same seed (mulberry32): what random tests need to be repeatable. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A healthy agent with nothing to do of which nothing is known. */
export function candidate(order: number, changes: Partial<Candidate> = {}): Candidate {
  return {
    agent_id: `agent-${String(order).padStart(4, '0')}`,
    load: 0,
    running: 0,
    capacity: 10,
    weight: 1,
    latency_ms: null,
    trust: null,
    health: 'healthy',
    order,
    ...changes,
  };
}

/** How far counts are from what was expected of them, as a sum over the classes. */
export function chiSquared(observed: readonly number[], expected: readonly number[]): number {
  return observed.reduce((sum, count, index) => sum + (count - expected[index]!) ** 2 / expected[index]!, 0);
}

/** What `chiSquared` exceeds once in a thousand times if the expectation is right (Wilson and Hilferty). */
export function chiSquaredLimit(classes: number): number {
  const freedom = classes - 1;
  const spread = 2 / (9 * freedom);
  return freedom * (1 - spread + 3.0902 * Math.sqrt(spread)) ** 3;
}
