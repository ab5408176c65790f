import { agentEvents, type AgentEvent } from '@ao/contracts';
import type { Aggregate } from '@ao/event-log';
import { agentDecider, type AgentCommand } from './agent.decider';
import type { AgentState } from './agent.state';

/** Stream `agent-<uuid>`. */
export const agentAggregate: Aggregate<AgentState, AgentCommand, AgentEvent> = {
  category: 'agent',
  decider: agentDecider,
  schemaVersions: {
    AgentRegistered: agentEvents.AgentRegistered.schemaVersion,
    AgentProfileChanged: agentEvents.AgentProfileChanged.schemaVersion,
    AgentActivated: agentEvents.AgentActivated.schemaVersion,
    AgentStopped: agentEvents.AgentStopped.schemaVersion,
    AgentMarkedBusy: agentEvents.AgentMarkedBusy.schemaVersion,
    AgentCameOnline: agentEvents.AgentCameOnline.schemaVersion,
    AgentDegraded: agentEvents.AgentDegraded.schemaVersion,
    AgentWentOffline: agentEvents.AgentWentOffline.schemaVersion,
  },
};
