import { secretNameEvents, schemaVersionsOf, type SecretNameEvent } from '@ao/contracts';
import { reservation } from '@ao/event-log';
import { derivedId } from '@ao/kernel';

/** Which secret holds a name; free again when it is deleted or gets another. Stream `secretname-<derived>`. */
export const secretNames = reservation<SecretNameEvent>({
  category: 'secretname',
  schemaVersions: schemaVersionsOf(secretNameEvents),
  reserved: 'SecretNameReserved',
  idOf: (name) => derivedId('secret-name', name),
  nameOf: ({ name }) => name,
  holderOf: ({ secret_id }) => secret_id,
});
