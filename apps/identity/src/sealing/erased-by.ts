import { secretSubject, userSubject, type SecretEvent, type UserEvent } from '@ao/contracts';

/** Whose key an event destroys. */
export function erasedBy(event: { readonly type: string; readonly data: unknown }): string | undefined {
  const { type, data } = event as UserEvent | SecretEvent;
  if (type === 'UserErased') return userSubject(data.user_id);
  if (type === 'SecretDeleted') return secretSubject(data.secret_id);
  return undefined;
}
