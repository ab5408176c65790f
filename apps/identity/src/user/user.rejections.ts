import { reject, type Rejection } from '@ao/kernel';

export function userNotFound(commandType: string, userId: string): Rejection {
  return reject('not_found', 'user_not_found', `Expected to ${commandType} '${userId}', but there is no such user`);
}

/** What was compared is not what counts any more. */
export function credentialsChanged(commandType: string, userId: string): Rejection {
  return reject(
    'conflict',
    'credentials_changed',
    `Expected to ${commandType} '${userId}', but its credentials have changed in the meantime`,
  );
}
