import { sshConnectionNameEvents, schemaVersionsOf, type SshConnectionNameEvent } from '@ao/contracts';
import { reservation } from '@ao/event-log';
import { derivedId } from '@ao/kernel';

/** Which connection holds a name; free again when it is deleted or gets another. Stream `sshconnectionname-<derived>`. */
export const sshConnectionNames = reservation<SshConnectionNameEvent>({
  category: 'sshconnectionname',
  schemaVersions: schemaVersionsOf(sshConnectionNameEvents),
  reserved: 'SshConnectionNameReserved',
  idOf: (name) => derivedId('sshconnectionname', name),
  nameOf: ({ name }) => name,
  holderOf: ({ connection_id }) => connection_id,
});
