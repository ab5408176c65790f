import { schemaVersionsOf, sshConnectionNameEvents, type SshConnectionNameEvent } from '@ao/contracts';
import type { Aggregate, CommandShell, StreamAppend } from '@ao/event-log';
import { accept, derivedId, streamId, type Command, type Decider } from '@ao/kernel';

/** Which connection holds a name; undefined: none. Released when it is deleted or gets another. */
export type SshConnectionNameState = string | undefined;

/** Derived, so that every replica meets the others on the same stream. */
const nameId = (name: string) => derivedId('sshconnectionname', name);

/** Has no commands of its own: written in the unit that creates, renames or deletes the connection. */
const nameDecider: Decider<SshConnectionNameState, Command, SshConnectionNameEvent> = {
  initialState: () => undefined,
  evolve: (_holder, event) => (event.type === 'SshConnectionNameReserved' ? event.data.connection_id : undefined),
  decide: () => accept([]),
};

/** Stream `sshconnectionname-<derived from the name>`. */
export const sshConnectionNameAggregate: Aggregate<SshConnectionNameState, Command, SshConnectionNameEvent> = {
  category: 'sshconnectionname',
  decider: nameDecider,
  schemaVersions: schemaVersionsOf(sshConnectionNameEvents),
  freshIds: 0,
};

/** Who holds a name as the log has it now, and the version to expect of its stream. */
export async function holderOfName(
  shell: Pick<CommandShell, 'state'>,
  name: string,
): Promise<{ readonly holder: string | undefined; readonly version: number }> {
  const { state: holder, version } = await shell.state(sshConnectionNameAggregate, nameId(name), { fresh: true });
  return { holder, version };
}

/** The part of a unit that makes the name this connection's, or nobody's, if the stream is as it was seen. */
export function nameAppend(
  type: SshConnectionNameEvent['type'],
  data: { readonly name: string; readonly connection_id: string },
  expected_version: number,
): StreamAppend {
  const { category, schemaVersion } = sshConnectionNameEvents[type];
  return {
    stream_id: streamId(category, nameId(data.name)),
    expected_version,
    events: [{ type, schema_version: schemaVersion, data }],
  };
}
