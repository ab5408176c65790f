import { agentNameEvents, schemaVersionsOf, type AgentNameEvent } from '@ao/contracts';
import { reservation } from '@ao/event-log';
import { derivedId } from '@ao/kernel';

/** Which enrolled agent holds a name; free again when it is deleted or gets another. Stream `agentname-<derived>`. */
export const agentNames = reservation<AgentNameEvent>({
  category: 'agentname',
  schemaVersions: schemaVersionsOf(agentNameEvents),
  reserved: 'AgentNameReserved',
  idOf: (name) => derivedId('agent-name', name),
  nameOf: ({ name }) => name,
  holderOf: ({ agent_id }) => agent_id,
});
