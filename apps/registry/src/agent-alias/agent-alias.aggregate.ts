import { agentAliasEvents, schemaVersionsOf, type AgentAliasEvent } from '@ao/contracts';
import type { Aggregate, StreamAppend } from '@ao/event-log';
import { streamId, type Command } from '@ao/kernel';
import { agentAliasDecider, agentAliasId, type AgentAliasState } from './agent-alias.state';

/** Stream `agentalias-<derived from the external id>`. */
export const agentAliasAggregate: Aggregate<AgentAliasState, Command, AgentAliasEvent> = {
  category: 'agentalias',
  decider: agentAliasDecider,
  schemaVersions: schemaVersionsOf(agentAliasEvents),
};

/** The part of a unit that makes the external id this agent's, or nobody's, if the stream is as it was seen. */
export function aliasAppend(
  type: AgentAliasEvent['type'],
  data: { readonly external_id: string; readonly agent_id: string },
  expected_version: number,
): StreamAppend {
  const { category, schemaVersion } = agentAliasEvents[type];
  return {
    stream_id: streamId(category, agentAliasId(data.external_id)),
    expected_version,
    events: [{ type, schema_version: schemaVersion, data }],
  };
}
