import {
  allCapabilities,
  coordinatorStatus,
  deploymentStatus,
  operationsStatus,
  type AgentDocument,
} from '@ao/contracts';
import { countersOf, type Projection } from '@ao/projections';
import { agentOf, evolveAgentReadModel, type AgentModelEvent, type AgentReadModel } from './agent.read-model';

export const AGENTS = 'agents';

/** What it is for, or where nobody said that, what it is. */
export const roleOf = (agent: AgentDocument) => agent.details.role || agent.agent_type;

/**
 * One row per agent, those that are gone too, and how many there are of each condition. It follows capabilities as well:
 * what was registered for an agent counts like the words of its profile (API conflict 23).
 */
export const agentProjection: Projection<AgentReadModel> = {
  name: AGENTS,
  version: 3,
  categories: ['agent', 'capability'],
  table: 'read_models.agents',
  key: (event) => agentOf(event as AgentModelEvent),
  evolve: (agent, event) => evolveAgentReadModel(agent, event as AgentModelEvent),
  columns: (agent) => ({
    external_id: agent.external_id,
    agent_type: agent.agent_type,
    deployment_status: deploymentStatus(agent),
    load: agent.load,
    lifecycle: agent.lifecycle,
    operations_status: operationsStatus(agent),
    role: roleOf(agent),
    capabilities: allCapabilities(agent.capabilities, agent.recorded),
  }),
  counters: countersOf('read_models.agent_counters', (agent) =>
    agent.lifecycle === 'deleted' ? {} : { [`status.${coordinatorStatus(agent)}`]: 1 },
  ),
};
