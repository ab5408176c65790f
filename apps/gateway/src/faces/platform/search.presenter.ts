import type { ResultOf, searchCapabilities } from '@ao/contracts';
import { prefixedCapabilityId } from './capability-id';
import type { Found } from './search.schemas';

/** Seed 004's words; `degraded` only when it is. */
export function presentFound({ results, degraded }: ResultOf<typeof searchCapabilities>): Found {
  return {
    data: {
      results: results.map(({ capability: { id, name, agent_id, external_id, metadata }, similarity_score }) => ({
        capability: { id: prefixedCapabilityId(id), name, agent_id: external_id ?? agent_id, metadata },
        similarity_score,
      })),
      ...(degraded ? { degraded } : {}),
    },
  };
}
