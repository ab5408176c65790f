import type { CapabilityDocument, CapabilityEvent } from '@ao/contracts';
import { capabilityId } from './capability.state';

export const TIME = '2026-01-01T00:00:00.000Z';
/** In the order of their numbers. */
export const agentId = (number: number) => `00000000-0000-7000-8000-${String(number).padStart(12, '0')}`;

/** A record of which a spec says only what it is about. */
export function capabilityOf(
  number: number,
  name: string,
  changes: Partial<CapabilityDocument> = {},
): CapabilityDocument {
  const agent_id = agentId(number);
  return {
    capability_id: capabilityId(agent_id, name),
    ...{ agent_id, name, metadata: {}, groups: [], origin: 'record', created_at: TIME },
    ...changes,
  };
}

export const registered = (...args: Parameters<typeof capabilityOf>): CapabilityEvent => ({
  type: 'CapabilityRegistered',
  data: capabilityOf(...args),
});

export function removed(number: number, name: string): CapabilityEvent {
  const { capability_id, agent_id } = capabilityOf(number, name);
  return { type: 'CapabilityRemoved', data: { capability_id, agent_id, name, at: TIME } };
}
