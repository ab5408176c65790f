import { evolveAgent, type AgentDocument, type AgentEvent } from '@ao/contracts';
import type { RecordedEvent } from '@ao/event-log';
import type { Projection } from '@ao/projections';

/** The agents' documents in Postgres: what the index of every replica starts from. */
export const agentsProjection: Projection<AgentDocument> = {
  name: 'discovery_agents',
  version: 2,
  categories: ['agent'],
  table: 'discovery.agents',
  key: (event) => (event as RecordedEvent<AgentEvent>).data.agent_id,
  evolve: (document, event) => evolveAgent(document, event as unknown as AgentEvent),
};
