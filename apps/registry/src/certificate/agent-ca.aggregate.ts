import { agentCaEvents, schemaVersionsOf, type AgentCaEvent } from '@ao/contracts';
import type { Aggregate } from '@ao/event-log';
import { accept, derivedId, type Command, type Decider } from '@ao/kernel';

type AgentCa = Extract<AgentCaEvent, { type: 'AgentCaCreated' }>['data'];
type CreateAgentCa = Command<'CreateAgentCa', Omit<AgentCa, 'created_at'>>;

/** The id of the first authority, and so far the only one: derived, so that every replica finds the same. */
export const AGENT_CA_ID = derivedId('agent-ca', 1);

const agentCaDecider: Decider<AgentCa | undefined, CreateAgentCa, AgentCaEvent> = {
  initialState: () => undefined,
  evolve: (_ca, event) => event.data,
  // Of several replicas that make it at once the first one's is everybody's.
  decide: ({ data, metadata }, ca) =>
    ca ? accept([]) : accept([{ type: 'AgentCaCreated', data: { ...data, created_at: metadata.time } }]),
};

/** Stream `agentca-<derived id>`. */
export const agentCaAggregate: Aggregate<AgentCa | undefined, CreateAgentCa, AgentCaEvent> = {
  category: 'agentca',
  decider: agentCaDecider,
  schemaVersions: schemaVersionsOf(agentCaEvents),
};
