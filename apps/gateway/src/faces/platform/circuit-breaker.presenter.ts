import type { BreakerCounts, BreakerDocument } from '@ao/contracts';
import type { ShownBreaker } from './circuit-breaker.schemas';

const NOTHING: BreakerCounts = { calls: 0, failures: 0 };

/** `counts`: of those that have counted something; undefined while nobody can be asked. */
export function presentBreaker(
  { breaker_id, revision: _revision, ...breaker }: BreakerDocument,
  counts: ReadonlyMap<string, BreakerCounts> | undefined,
): ShownBreaker {
  return { id: breaker_id, ...breaker, counts: counts ? (counts.get(breaker_id) ?? NOTHING) : null };
}
