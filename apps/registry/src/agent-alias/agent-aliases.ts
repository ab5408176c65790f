import { agentAliasEvents, schemaVersionsOf, type AgentAliasEvent } from '@ao/contracts';
import { reservation } from '@ao/event-log';
import { derivedId } from '@ao/kernel';

/** Which agent a caller's own id means; free again when it is deleted. Stream `agentalias-<derived>`. */
export const agentAliases = reservation<AgentAliasEvent>({
  category: 'agentalias',
  schemaVersions: schemaVersionsOf(agentAliasEvents),
  reserved: 'AgentAliasReserved',
  idOf: (name) => derivedId('agent-alias', name),
  nameOf: ({ external_id }) => external_id,
  holderOf: ({ agent_id }) => agent_id,
});
