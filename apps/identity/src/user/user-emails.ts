import { userEmailEvents, schemaVersionsOf, type UserEmailEvent } from '@ao/contracts';
import { reservation } from '@ao/event-log';
import { derivedId } from '@ao/kernel';

/** Who holds an address, by its index; free again when the user is erased. Stream `useremail-<derived>`. */
export const userEmails = reservation<UserEmailEvent>({
  category: 'useremail',
  schemaVersions: schemaVersionsOf(userEmailEvents),
  reserved: 'UserEmailReserved',
  idOf: (name) => derivedId('user-email', name),
  nameOf: ({ email_index }) => email_index,
  holderOf: ({ user_id }) => user_id,
});
