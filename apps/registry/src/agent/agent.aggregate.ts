import { agentEvents, schemaVersionsOf, type AgentEvent } from '@ao/contracts';
import type { Aggregate } from '@ao/event-log';
import { agentDecider, type AgentCommand } from './agent.decider';
import type { AgentState } from './agent.state';

/** Stream `agent-<uuid>`. */
export const agentAggregate: Aggregate<AgentState, AgentCommand, AgentEvent> = {
  category: 'agent',
  decider: agentDecider,
  schemaVersions: schemaVersionsOf(agentEvents),
};
