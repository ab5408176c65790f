import { accept, derivedId, type Command, type Decider } from '@ao/kernel';
import type { AgentAliasEvent } from '@ao/contracts';

/** Who holds a caller's own id: written in the unit of append that registers the agent, released in the one that ends it. */
export type AgentAliasState =
  | { readonly status: 'free' }
  | { readonly status: 'reserved'; readonly external_id: string; readonly agent_id: string };

/** The id of the reservation's stream: derived, so that every replica meets the others on the same stream. */
export const agentAliasId = (externalId: string) => derivedId('agent-alias', externalId);

/** Has no commands of its own: the reservation is an effect of registering an agent. */
export const agentAliasDecider: Decider<AgentAliasState, Command, AgentAliasEvent> = {
  initialState: () => ({ status: 'free' }),
  evolve: (_state, event) =>
    event.type === 'AgentAliasReserved'
      ? { status: 'reserved', external_id: event.data.external_id, agent_id: event.data.agent_id }
      : { status: 'free' },
  decide: () => accept([]),
};
