import type { AgentDocument } from './registry/agent.document';
import { NO_DETAILS, type AgentDetails, type AgentEvent, type AgentProfile } from './registry/agent.events';
import { evolveAgent } from './registry/agent.projection';

/** Builders for specs: something complete of which a spec says only what it is about. */

const AGENT = '01900000-0000-7000-8000-000000000001';
const TIME = '2026-01-01T00:00:00.000Z';

export type ProfileChanges = Partial<Omit<AgentProfile, 'details'>> & { readonly details?: Partial<AgentDetails> };

/** A worker of which nothing special is said. */
export function agentProfile({ details, ...changes }: ProfileChanges = {}): AgentProfile {
  return {
    name: 'agent',
    agent_type: 'worker',
    capabilities: [],
    services: [],
    endpoints: {},
    metadata: {},
    version: '',
    tags: [],
    max_concurrent_tasks: 1,
    heartbeat_interval_seconds: 30,
    details: { ...NO_DETAILS, ...details },
    ...changes,
  };
}

type AgentRegistered = Extract<AgentEvent, { type: 'AgentRegistered' }>;
type AgentProfileChanged = Extract<AgentEvent, { type: 'AgentProfileChanged' }>;

/** The first event of an agent; without an `external_id` nobody has a name of his own for it. */
export function agentRegistered(
  changes: ProfileChanges & Partial<Omit<AgentRegistered['data'], keyof AgentProfile>> = {},
): AgentRegistered {
  const { agent_id = AGENT, external_id, lifecycle = 'active', registered_at = TIME, ...profile } = changes;
  return {
    type: 'AgentRegistered',
    data: {
      ...agentProfile(profile),
      agent_id,
      ...(external_id !== undefined && { external_id }),
      lifecycle,
      registered_at,
    },
  };
}

/** The whole new profile of an agent. */
export function agentProfileChanged(
  changes: ProfileChanges & { readonly agent_id?: string; readonly changed_at?: string } = {},
): AgentProfileChanged {
  const { agent_id = AGENT, changed_at = TIME, ...profile } = changes;
  return { type: 'AgentProfileChanged', data: { ...agentProfile(profile), agent_id, changed_at } };
}

/** An agent as readers keep it: online, idle and healthy. */
export function agentDocument(
  changes: ProfileChanges & Partial<Omit<AgentDocument, keyof AgentProfile>> = {},
): AgentDocument {
  const { details, ...rest } = changes;
  const document = evolveAgent(undefined, agentRegistered({ ...(details && { details }) }));
  if (!document) throw new Error('an agent that registered is one');
  return { ...document, ...rest };
}
