import {
  evolveAgent,
  evolveRecordedCapability,
  type AgentDocument,
  type AgentEvent,
  type CapabilityEvent,
} from '@ao/contracts';
import type { RecordedEvent } from '@ao/event-log';

/** The row of one agent: the agent as the log tells it, and the names of the capabilities that were registered for it. */
export type AgentReadModel = AgentDocument & {
  /** In their order; the records themselves are the model `recorded_capabilities`. */
  readonly recorded: readonly string[];
};

export type AgentModelEvent = RecordedEvent<AgentEvent | CapabilityEvent>;

/** The agent that an event concerns. What only follows its profile is passed over: the profile says it already. */
export function agentOf(event: AgentModelEvent): string | undefined {
  const { type, data } = event as AgentEvent | CapabilityEvent;
  return type === 'CapabilityRegistered' && data.origin === 'agent' ? undefined : data.agent_id;
}

/** Pure: from the event alone, no clock and no other table. The same object tells the writer that nothing is to be written. */
export function evolveAgentReadModel(
  agent: AgentReadModel | undefined,
  event: AgentModelEvent,
): AgentReadModel | undefined {
  if (event.category === 'capability') return agent && withRecord(agent, event as CapabilityEvent);
  const next = evolveAgent(agent, event as AgentEvent);
  if (!next || next === agent) return agent;
  return { ...next, recorded: agent?.recorded ?? [] };
}

function withRecord(agent: AgentReadModel, event: CapabilityEvent): AgentReadModel {
  const { name } = event.data;
  const before = agent.recorded.includes(name) ? name : undefined;
  const after = evolveRecordedCapability(before, event, (record) => record.name);
  if (before === after) return agent;
  const others = agent.recorded.filter((other) => other !== name);
  return { ...agent, recorded: after === undefined ? others : [...others, after].sort() };
}
