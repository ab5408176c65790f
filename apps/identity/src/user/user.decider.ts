import { accept, assertNever, reject, type Decider, type Decision } from '@ao/kernel';
import type { UserEvent } from '@ao/contracts';
import { activateMfa, disableMfa, logIn, startMfa } from './mfa.decider';
import type {
  ChangePasswordCommand,
  ChangeProfileCommand,
  ChangeUserCommand,
  EraseUserCommand,
  RegisterUserCommand,
  UserCommand,
} from './user.commands';
import { credentialsChanged, userNotFound } from './user.rejections';
import {
  evolveUserState,
  initialUserState,
  isActiveAdmin,
  isRegistered,
  type RegisteredUser,
  type UserState,
} from './user.state';

/** The user has changed since the handler prepared the command: it prepares it anew. */
export const USER_CHANGED = 'user_changed';

export const userDecider: Decider<UserState, UserCommand, UserEvent> = {
  initialState: initialUserState,
  evolve: evolveUserState,
  decide(command, state): Decision<UserEvent> {
    if (command.type === 'RegisterUser') return register(command, state);
    // To erase what is erased is done, so that whoever is not sure may ask again.
    if (command.type === 'EraseUser' && state.status === 'erased')
      return accept([], { user_id: state.user_id, erased_at: state.erased_at });
    if (!isRegistered(state)) return userNotFound(command.type, command.data.user_id);
    switch (command.type) {
      case 'ChangeUser':
        return change(command, state);
      case 'ChangeProfile':
        return changeProfile(command, state);
      case 'EraseUser':
        return erase(command, state);
      case 'ChangePassword':
        return changePassword(command, state);
      case 'StartMfa':
        return startMfa(command, state);
      case 'ActivateMfa':
        return activateMfa(command, state);
      case 'DisableMfa':
        return disableMfa(command, state);
      case 'LogIn':
        return logIn(command, state);
      default:
        return assertNever(command);
    }
  },
};

export const EMAIL_TAKEN = reject(
  'conflict',
  'email_taken',
  'Expected to register a user, but its e-mail address is taken',
  '/email',
);

function register({ data, metadata }: RegisterUserCommand, state: UserState): Decision<UserEvent> {
  if (data.email_taken || state.status !== 'unregistered') return EMAIL_TAKEN;
  const { email_taken: _free, ...user } = data;
  const registered_at = metadata.time;
  return accept([{ type: 'UserRegistered', data: { ...user, registered_at } }], {
    user_id: user.user_id,
    registered_at,
  });
}

function change({ data, metadata }: ChangeUserCommand, state: RegisteredUser): Decision<UserEvent> {
  const { user_id, user, status } = state;
  const at = metadata.time;
  const role = data.role ?? user.role;
  const disabled = data.disabled ?? status === 'disabled';
  if (data.seen?.role !== state.user.role || data.seen.status !== state.status)
    return changedMeanwhile('change', user_id);
  if (isActiveAdmin(state) && data.last_admin && (disabled || role !== 'admin')) return lastAdmin('change', user_id);
  const events: UserEvent[] = [];
  if (data.full_name !== undefined)
    events.push({ type: 'UserProfileChanged', data: { user_id, full_name: data.full_name, at } });
  if (role !== user.role)
    events.push({ type: 'UserRoleChanged', data: { user_id, role, previous_role: user.role, at } });
  if (disabled !== (status === 'disabled'))
    events.push({ type: disabled ? 'UserDisabled' : 'UserEnabled', data: { user_id, at } });
  return accept(events, { user_id, updated_at: events.length > 0 ? at : user.updated_at });
}

function changeProfile({ data, metadata }: ChangeProfileCommand, { user_id, user }: RegisteredUser) {
  const at = metadata.time;
  if (data.full_name === undefined) return accept<UserEvent>([], { updated_at: user.updated_at });
  return accept<UserEvent>([{ type: 'UserProfileChanged', data: { user_id, full_name: data.full_name, at } }], {
    updated_at: at,
  });
}

function erase({ data, metadata }: EraseUserCommand, state: RegisteredUser): Decision<UserEvent> {
  const { user_id } = state;
  if (data.seen?.role !== state.user.role || data.seen.status !== state.status)
    return changedMeanwhile('erase', user_id);
  if (isActiveAdmin(state) && data.last_admin) return lastAdmin('erase', user_id);
  const at = metadata.time;
  return accept([{ type: 'UserErased', data: { user_id, at } }], { user_id, erased_at: at });
}

function changePassword({ data, metadata }: ChangePasswordCommand, state: RegisteredUser): Decision<UserEvent> {
  const { user_id } = state;
  if (data.verdict === 'wrong')
    return reject(
      'forbidden',
      'wrong_password',
      `Expected to change the password of user '${user_id}', but the current one is wrong`,
      '/current_password',
    );
  if (data.credential_version !== state.user.credential_version) return credentialsChanged('ChangePassword', user_id);
  const at = metadata.time;
  return accept([{ type: 'UserPasswordChanged', data: { user_id, password: data.password, at } }], {
    changed_at: at,
  });
}

function changedMeanwhile(verb: string, userId: string) {
  return reject('conflict', USER_CHANGED, `Expected to ${verb} user '${userId}', but it has changed in the meantime`);
}

function lastAdmin(verb: string, userId: string) {
  return reject('conflict', 'last_admin', `Expected to ${verb} user '${userId}', but no other active admin is left`);
}
