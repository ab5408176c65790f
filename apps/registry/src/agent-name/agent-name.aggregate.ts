import { agentNameEvents, schemaVersionsOf, type AgentNameEvent } from '@ao/contracts';
import type { Aggregate, CommandShell, StreamAppend } from '@ao/event-log';
import { accept, derivedId, streamId, type Command, type Decider } from '@ao/kernel';

/** Which enrolled agent holds a name; released when it is deleted or gets another. */
export type AgentNameState = { readonly status: 'free' } | { readonly status: 'reserved'; readonly agent_id: string };

/** Derived, so that every replica meets the others on the same stream. */
export const agentNameId = (name: string) => derivedId('agent-name', name);

/** Has no commands of its own: written in the unit that enrols, renames or ends the agent. */
const agentNameDecider: Decider<AgentNameState, Command, AgentNameEvent> = {
  initialState: () => ({ status: 'free' }),
  evolve: (_state, event) =>
    event.type === 'AgentNameReserved' ? { status: 'reserved', agent_id: event.data.agent_id } : { status: 'free' },
  decide: () => accept([]),
};

/** Stream `agentname-<derived from the name>`. */
export const agentNameAggregate: Aggregate<AgentNameState, Command, AgentNameEvent> = {
  category: 'agentname',
  decider: agentNameDecider,
  schemaVersions: schemaVersionsOf(agentNameEvents),
};

/** Who holds a name as the log has it now, and the version to expect of its stream. */
export async function holderOfName(
  shell: Pick<CommandShell, 'state'>,
  name: string,
): Promise<{ readonly holder: string | undefined; readonly version: number }> {
  const { state, version } = await shell.state(agentNameAggregate, agentNameId(name), { fresh: true });
  return { holder: state.status === 'reserved' ? state.agent_id : undefined, version };
}

/** The part of a unit that makes the name this agent's, or nobody's, if the stream is as it was seen. */
export function nameAppend(
  type: AgentNameEvent['type'],
  data: { readonly name: string; readonly agent_id: string },
  expected_version: number,
): StreamAppend {
  const { category, schemaVersion } = agentNameEvents[type];
  return {
    stream_id: streamId(category, agentNameId(data.name)),
    expected_version,
    events: [{ type, schema_version: schemaVersion, data }],
  };
}
