import {
  coordinatorStatus,
  deploymentStatus,
  evolveAgent,
  operationsStatus,
  type AgentDocument,
  type AgentEvent,
} from '@ao/contracts';
import type { RecordedEvent } from '@ao/event-log';
import { idOf } from '@ao/kernel';
import { countersOf, type Projection } from '@ao/projections';

export const AGENTS = 'agents';

/** What it is for, or where nobody said that, what it is. */
export const roleOf = (agent: AgentDocument) => agent.details.role || agent.agent_type;

/** One row per agent, those that are gone too, and how many there are of each condition. */
export const agentProjection: Projection<AgentDocument> = {
  name: AGENTS,
  version: 2,
  categories: ['agent'],
  table: 'read_models.agents',
  key: (event) => idOf(event.stream_id),
  evolve: (agent, event) => evolveAgent(agent, event as RecordedEvent & AgentEvent),
  columns: (agent) => ({
    external_id: agent.external_id,
    agent_type: agent.agent_type,
    deployment_status: deploymentStatus(agent),
    load: agent.load,
    lifecycle: agent.lifecycle,
    operations_status: operationsStatus(agent),
    role: roleOf(agent),
    capabilities: agent.capabilities,
  }),
  counters: countersOf('read_models.agent_counters', (agent) =>
    agent.lifecycle === 'deleted' ? {} : { [`status.${coordinatorStatus(agent)}`]: 1 },
  ),
};
