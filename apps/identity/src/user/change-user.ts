import { userSubject, type DataOf, type ResultOf, type changeUser, type eraseUser } from '@ao/contracts';
import { isRejection, type CommandMetadata } from '@ao/kernel';
import type { Answer } from '@ao/messaging';
import type { Sealer } from '@ao/sealing';
import { adminsAppend, isLastAdmin, userAdminsAggregate, USER_ADMINS_ID } from './user-admins.aggregate';
import { userEmails } from './user-emails';
import { userAggregate } from './user.aggregate';
import { USER_CHANGED } from './user.decider';
import { hiddenPayload, MOVED, untilSettled, type UserParts } from './user.parts';
import { isActiveAdmin, isRegistered, type RegisteredUser } from './user.state';

type Parts = Pick<UserParts, 'shell' | 'sealer' | 'users'>;

/**
 * What makes or unmakes an active admin goes with the list of admins as one unit, prepared anew when either has moved: of two
 * admins who disable each other at once the second finds itself refused.
 */
export async function runChangeUser(
  { shell, sealer, users }: Parts,
  { user_id, role, disabled, full_name }: DataOf<typeof changeUser>,
  metadata: CommandMetadata,
): Answer<typeof changeUser> {
  const name = full_name === undefined ? undefined : await hiddenPayload(sealer, full_name);
  return untilSettled(async () => {
    const state = await users.find(user_id);
    const known = isRegistered(state) ? state : undefined;
    const admins = await shell.state(userAdminsAggregate, USER_ADMINS_ID, { fresh: true });
    const was = isActiveAdmin(state);
    const willBe =
      known !== undefined && (role ?? known.user.role) === 'admin' && !(disabled ?? known.status === 'disabled');
    return shell.run(
      userAggregate,
      user_id,
      {
        type: 'ChangeUser',
        data: {
          ...{ user_id, role, disabled },
          full_name: known && full_name !== undefined ? await anotherName(sealer, known, full_name) : undefined,
          seen: known && { role: known.user.role, status: known.status },
          last_admin: isLastAdmin(admins.state, user_id),
        },
        metadata,
      },
      {
        payload: { user_id, role, disabled, name },
        also:
          was === willBe
            ? []
            : [adminsAppend(willBe ? 'ActiveAdminAdded' : 'ActiveAdminRemoved', user_id, admins.version)],
        onConflict: () => MOVED,
      },
    );
  }, [USER_CHANGED]);
}

/**
 * The user, the address and the list of admins as one unit; then the key. Whoever repeats it destroys the key again, and a
 * reaction to the event does so as well, so that an end in between leaves nothing readable.
 */
export async function runEraseUser(
  { shell, sealer, users, logins }: Parts & Pick<UserParts, 'logins'>,
  { user_id }: DataOf<typeof eraseUser>,
  metadata: CommandMetadata,
): Answer<typeof eraseUser> {
  const result = await untilSettled<ResultOf<typeof eraseUser>>(async () => {
    const state = await users.find(user_id);
    const known = isRegistered(state) ? state : undefined;
    const admins = await shell.state(userAdminsAggregate, USER_ADMINS_ID, { fresh: true });
    const also = [];
    if (known) {
      const { email_index } = known;
      const { version } = await userEmails.holder(shell, email_index);
      also.push(userEmails.append('UserEmailReleased', { email_index, user_id }, version));
    }
    if (isActiveAdmin(state)) also.push(adminsAppend('ActiveAdminRemoved', user_id, admins.version));
    return shell.run(
      userAggregate,
      user_id,
      {
        type: 'EraseUser',
        data: {
          user_id,
          seen: known && { role: known.user.role, status: known.status },
          last_admin: isLastAdmin(admins.state, user_id),
        },
        metadata,
      },
      { payload: { user_id }, also, onConflict: () => MOVED },
    );
  }, [USER_CHANGED]);
  if (isRejection(result)) return result;
  await sealer.destroy(userSubject(user_id));
  await logins.forgetOrigins(user_id);
  return result;
}

/** The name sealed, unless it is the one the user has. */
export async function anotherName(sealer: Sealer, { user_id, user }: RegisteredUser, name: string) {
  if ((await sealer.open(user.full_name, 'full_name')) === name) return undefined;
  return sealer.seal(userSubject(user_id), 'full_name', name);
}
