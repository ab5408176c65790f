import type { DataOf, changeSshConnection, createSshConnection, deleteSshConnection } from '@ao/contracts';
import type { Answer } from '@ao/messaging';
import type { CommandResult, CommandShell, StreamAppend } from '@ao/event-log';
import { derivedId, isRejection, reject, type CommandMetadata, type Rejection } from '@ao/kernel';
import { sshConnectionNames } from './ssh-connection-names';
import { SSH_NAME_CHANGED, sshConnectionAggregate } from './ssh-connection.decider';

/** Attempts at a unit that touches names, when others change them meanwhile. */
const ATTEMPTS = 5;
/** A name in the unit has changed hands since it was looked at. */
const NAME_MOVED = 'ssh_connection_name_moved';

/** What is configured: each name is one connection's. */
export class SshConnections {
  constructor(private readonly shell: Pick<CommandShell, 'run' | 'state'>) {}

  create(data: DataOf<typeof createSshConnection>, metadata: CommandMetadata): Answer<typeof createSshConnection> {
    // Derived: the same command makes the same connection.
    const connection_id = derivedId('sshconnection', metadata.command_id);
    return repeatedly(async () => {
      const { state } = await this.shell.state(sshConnectionAggregate, connection_id, { fresh: true });
      const { holder, version } = await sshConnectionNames.holder(this.shell, data.name);
      // Held by this very one: the command was carried out before, and the shell has its answer.
      if (!state && holder !== undefined && holder !== connection_id) return nameTaken('create one', data.name);
      const also = [
        sshConnectionNames.append('SshConnectionNameReserved', { name: data.name, connection_id }, version),
      ];
      const command = { type: 'CreateSshConnection' as const, data: { ...data, connection_id }, metadata };
      return this.shell.run(sshConnectionAggregate, connection_id, command, { also, payload: data, onConflict });
    });
  }

  change(data: DataOf<typeof changeSshConnection>, metadata: CommandMetadata): Answer<typeof changeSshConnection> {
    const { connection_id, name } = data;
    return repeatedly(async () => {
      const { state } = await this.shell.state(sshConnectionAggregate, connection_id, { fresh: true });
      const known_name = state?.name ?? '';
      const also: StreamAppend[] = [];
      if (state && name !== undefined && name !== known_name) {
        const [from, to] = await Promise.all(
          [known_name, name].map((each) => sshConnectionNames.holder(this.shell, each)),
        );
        if (to!.holder !== undefined && to!.holder !== connection_id)
          return nameTaken(`rename '${connection_id}'`, name);
        also.push(
          sshConnectionNames.append('SshConnectionNameReleased', { name: known_name, connection_id }, from!.version),
          sshConnectionNames.append('SshConnectionNameReserved', { name, connection_id }, to!.version),
        );
      }
      const command = { type: 'ChangeSshConnection' as const, data: { ...data, known_name }, metadata };
      return this.shell.run(sshConnectionAggregate, connection_id, command, { also, payload: data, onConflict });
    });
  }

  delete(data: DataOf<typeof deleteSshConnection>, metadata: CommandMetadata): Answer<typeof deleteSshConnection> {
    const { connection_id } = data;
    return repeatedly(async () => {
      const { state } = await this.shell.state(sshConnectionAggregate, connection_id, { fresh: true });
      const known_name = state?.name ?? '';
      const also: StreamAppend[] = [];
      if (state) {
        const { version } = await sshConnectionNames.holder(this.shell, known_name);
        also.push(sshConnectionNames.append('SshConnectionNameReleased', { name: known_name, connection_id }, version));
      }
      const command = { type: 'DeleteSshConnection' as const, data: { connection_id, known_name }, metadata };
      return this.shell.run(sshConnectionAggregate, connection_id, command, { also, payload: data, onConflict });
    });
  }
}

/** As long as others move the names that the unit is about. */
async function repeatedly<Result>(attempt: () => Promise<CommandResult<Result>>): Promise<CommandResult<Result>> {
  for (let left = ATTEMPTS; ; left -= 1) {
    const result = await attempt();
    if (left <= 1 || !isRejection(result)) return result;
    if (result.code !== NAME_MOVED && result.code !== SSH_NAME_CHANGED) return result;
  }
}

function nameTaken(what: string, name: string): Rejection {
  const message = `Expected to ${what}, but another SSH connection is named '${name}'`;
  return reject('conflict', 'ssh_connection_name_taken', message, '/name');
}

function onConflict(): Rejection {
  return reject('conflict', NAME_MOVED, 'Expected to keep the names of SSH connections apart, but they keep changing');
}
