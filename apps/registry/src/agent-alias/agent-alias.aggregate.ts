import { agentAliasEvents, type AgentAliasEvent } from '@ao/contracts';
import type { Aggregate, StreamAppend } from '@ao/event-log';
import { streamId, type Command } from '@ao/kernel';
import { schemaVersionsOf } from '../schema-versions';
import { agentAliasDecider, agentAliasId, type AgentAliasState } from './agent-alias.state';

/** Stream `agentalias-<derived from the external id>`. */
export const agentAliasAggregate: Aggregate<AgentAliasState, Command, AgentAliasEvent> = {
  category: 'agentalias',
  decider: agentAliasDecider,
  schemaVersions: schemaVersionsOf(agentAliasEvents),
};

/** The part of a registration's unit that makes the external id this agent's, if it is nobody's yet. */
export function reserveAlias(external_id: string, agent_id: string): StreamAppend {
  const { category, type, schemaVersion } = agentAliasEvents.AgentAliasReserved;
  return {
    stream_id: streamId(category, agentAliasId(external_id)),
    expected_version: 0,
    events: [{ type, schema_version: schemaVersion, data: { external_id, agent_id } }],
  };
}
