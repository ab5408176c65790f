import type { CapabilityDocument } from '@ao/contracts';
import { derivedId } from '@ao/kernel';

/** One record per agent and name; after a removal the stream waits for the next registration. */
export type CapabilityState =
  { readonly status: 'absent' } | { readonly status: 'present'; readonly capability: CapabilityDocument };

/** The id of an agent's capability: derived, so that whoever registers it again meets the same record. */
export const capabilityId = (agentId: string, name: string) => derivedId('capability', agentId, name);
