import { evolveSshConnection, type SshConnectionDocument, type SshConnectionEvent } from '@ao/contracts';
import type { RecordedEvent } from '@ao/event-log';
import { idOf } from '@ao/kernel';
import type { Projection } from '@ao/projections';

export const SSH_CONNECTIONS = 'ssh-connections';

/** One row per SSH connection that there is. */
export const sshConnectionProjection: Projection<SshConnectionDocument> = {
  name: SSH_CONNECTIONS,
  version: 1,
  categories: ['sshconnection'],
  table: 'read_models.ssh_connections',
  key: (event) => idOf(event.stream_id),
  evolve: (connection, event) => evolveSshConnection(connection, event as RecordedEvent & SshConnectionEvent),
  columns: ({ name, created_at }) => ({ name, created_at }),
};
