import { userSubject, type PersonRole, type ResultOf, type createUser } from '@ao/contracts';
import type { CommandResult, StreamAppend } from '@ao/event-log';
import { newId, type CommandMetadata } from '@ao/kernel';
import { isBusy } from '../password/slots';
import { emailIndex } from './email-index';
import { adminsAppend, userAdminsAggregate, USER_ADMINS_ID } from './user-admins.aggregate';
import { userEmails } from './user-emails';
import { userAggregate } from './user.aggregate';
import type { RegisterUserCommand } from './user.commands';
import { busyRejection, hiddenPayload, MOVED, untilSettled, type UserParts } from './user.parts';

export interface NewUser {
  readonly email: string;
  readonly password: string;
  readonly full_name: string;
  readonly role: PersonRole;
  readonly source: 'registration' | 'administration' | 'bootstrap';
  /** Where a person who registers calls from. */
  readonly address?: string;
}
type Registered = ResultOf<typeof createUser>;

/**
 * The user, the reservation of the address and, of an admin, the list of admins as one unit: of many registrations of one
 * address at once one wins. The password has passed its policy.
 */
export async function runRegisterUser(
  parts: Pick<UserParts, 'shell' | 'sealer' | 'passwords'>,
  user: NewUser,
  metadata: CommandMetadata,
): Promise<CommandResult<Registered>> {
  const { shell, sealer, passwords } = parts;
  const { email, password, full_name, role, source } = user;
  const email_index = await emailIndex(sealer, email);
  const payload = { email_index, role, person: await hiddenPayload(sealer, [password, full_name]) };
  const run = (
    id: string,
    data: RegisterUserCommand['data'],
    also: readonly StreamAppend[] = [],
    by = metadata,
  ): Promise<CommandResult<Registered>> =>
    shell.run(
      userAggregate,
      id,
      { type: 'RegisterUser', data, metadata: by },
      { also, payload, isNew: true, onConflict: () => MOVED },
    );
  const reserved = () => userEmails.holder(shell, email_index);
  // Through the shell, which knows whether this very command has registered it before.
  const taken = () => run(newId(), { email_taken: true });

  if ((await reserved()).holder !== undefined) return taken();
  const hash = await passwords.hash(password);
  if (isBusy(hash)) return busyRejection(hash);
  const user_id = newId();
  const subject = userSubject(user_id);
  const data: RegisterUserCommand['data'] = {
    email_taken: false,
    ...{ user_id, email_index, role, source },
    email: await sealer.seal(subject, 'email', email),
    full_name: await sealer.seal(subject, 'full_name', full_name),
    password: await sealer.seal(subject, 'password', hash),
  };
  const by =
    user.address === undefined
      ? metadata
      : { ...metadata, address: await sealer.seal(subject, 'address', user.address) };
  return untilSettled(async () => {
    const { holder, version } = await reserved();
    if (holder !== undefined) return taken();
    const also = [userEmails.append('UserEmailReserved', { email_index, user_id }, version)];
    if (role === 'admin') {
      const admins = await shell.state(userAdminsAggregate, USER_ADMINS_ID, { fresh: true });
      also.push(adminsAppend('ActiveAdminAdded', user_id, admins.version));
    }
    return run(user_id, data, also, by);
  });
}
