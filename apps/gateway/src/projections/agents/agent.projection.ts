import { coordinatorStatus, deploymentStatus, evolveAgent, type AgentDocument, type AgentEvent } from '@ao/contracts';
import type { RecordedEvent } from '@ao/event-log';
import { idOf } from '@ao/kernel';
import { countersOf, type Projection } from '@ao/projections';

export const AGENTS = 'agents';

/** One row per agent, and how many there are of each condition. */
export const agentProjection: Projection<AgentDocument> = {
  name: AGENTS,
  version: 1,
  categories: ['agent'],
  table: 'read_models.agents',
  key: (event) => idOf(event.stream_id),
  evolve: (agent, event) => evolveAgent(agent, event as RecordedEvent & AgentEvent),
  columns: (agent) => ({
    external_id: agent.external_id,
    agent_type: agent.agent_type,
    deployment_status: deploymentStatus(agent),
    load: agent.load,
    capabilities: agent.capabilities,
  }),
  counters: countersOf('read_models.agent_counters', (agent) => ({ [`status.${coordinatorStatus(agent)}`]: 1 })),
};
