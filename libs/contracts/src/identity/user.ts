import { z } from 'zod';
import { event, type EventOf } from '../contract';
import { Id, Time } from '../text';
import { PersonRole } from './access';
import { Digest, Sealed } from './sealed';

const CATEGORY = 'user';

/** The user aggregate: stream `user-<uuid>`. Everything about the person is sealed under the key of that subject. */
export const userEvents = {
  UserRegistered: event(
    CATEGORY,
    'UserRegistered',
    1,
    z.object({
      user_id: Id,
      email: Sealed,
      /** HMAC of the normalised address: finds it, tells nothing. */
      email_index: Digest,
      full_name: Sealed,
      role: PersonRole,
      /** The argon2id hash, sealed. */
      password: Sealed,
      source: z.enum(['registration', 'administration', 'bootstrap']),
      registered_at: Time,
    }),
  ),
  UserProfileChanged: event(CATEGORY, 'UserProfileChanged', 1, z.object({ user_id: Id, full_name: Sealed, at: Time })),
  UserRoleChanged: event(
    CATEGORY,
    'UserRoleChanged',
    1,
    z.object({ user_id: Id, role: PersonRole, previous_role: PersonRole, at: Time }),
  ),
  UserDisabled: event(CATEGORY, 'UserDisabled', 1, z.object({ user_id: Id, at: Time })),
  UserEnabled: event(CATEGORY, 'UserEnabled', 1, z.object({ user_id: Id, at: Time })),
  UserPasswordChanged: event(CATEGORY, 'UserPasswordChanged', 1, z.object({ user_id: Id, password: Sealed, at: Time })),
  /** A TOTP secret was made; it counts once a code of it was given (`MfaActivated`). */
  MfaSetupStarted: event(CATEGORY, 'MfaSetupStarted', 1, z.object({ user_id: Id, totp: Sealed, at: Time })),
  MfaActivated: event(
    CATEGORY,
    'MfaActivated',
    1,
    z.object({ user_id: Id, recovery_codes: Sealed, recovery_code_count: z.int(), step: z.int(), at: Time }),
  ),
  MfaDisabled: event(CATEGORY, 'MfaDisabled', 1, z.object({ user_id: Id, at: Time })),
  /** The time step of a code that was accepted: neither it nor an earlier one is accepted again. */
  TotpCodeUsed: event(CATEGORY, 'TotpCodeUsed', 1, z.object({ user_id: Id, step: z.int(), at: Time })),
  RecoveryCodeUsed: event(CATEGORY, 'RecoveryCodeUsed', 1, z.object({ user_id: Id, index: z.int(), at: Time })),
  /** The subject's key is destroyed with this: nothing sealed under it can be read any more. */
  UserErased: event(CATEGORY, 'UserErased', 1, z.object({ user_id: Id, at: Time })),
} as const;
export type UserEvent = EventOf<typeof userEvents>;

/** Who holds an address: stream `useremail-<derivedId('user-email', email_index)>`. */
export const userEmailEvents = {
  UserEmailReserved: event('useremail', 'UserEmailReserved', 1, z.object({ email_index: Digest, user_id: Id })),
  UserEmailReleased: event('useremail', 'UserEmailReleased', 1, z.object({ email_index: Digest, user_id: Id })),
} as const;
export type UserEmailEvent = EventOf<typeof userEmailEvents>;

/**
 * Who the active admins are: one stream, `useradmins-<derivedId('user-admins')>`, written in the same unit as what makes or
 * unmakes one, so that of two admins who disable each other at once only one succeeds.
 */
export const userAdminsEvents = {
  ActiveAdminAdded: event('useradmins', 'ActiveAdminAdded', 1, z.object({ user_id: Id })),
  ActiveAdminRemoved: event('useradmins', 'ActiveAdminRemoved', 1, z.object({ user_id: Id })),
} as const;
export type UserAdminsEvent = EventOf<typeof userAdminsEvents>;

/** A user as projections keep it: sealed where it is personal, nothing that a login needs. */
export const UserDocument = z.object({
  user_id: Id,
  email: Sealed,
  email_index: Digest.nullable(),
  full_name: Sealed,
  role: PersonRole,
  status: z.enum(['active', 'disabled', 'erased']),
  mfa_enabled: z.boolean(),
  /**
   * Counts what ends every session there is: another password, MFA switched on or off, disabled, erased. A session is valid
   * only while its own number (`SessionStarted.credential_version`) is this one.
   */
  credential_version: z.int(),
  registered_at: Time,
  updated_at: Time,
  password_changed_at: Time,
});
export type UserDocument = z.infer<typeof UserDocument>;

/** The user after one more event; pure, the same for every reader. */
export function evolveUser(user: UserDocument | undefined, event: UserEvent): UserDocument | undefined {
  if (event.type === 'UserRegistered') {
    const { user_id, email, email_index, full_name, role, registered_at } = event.data;
    return {
      ...{ user_id, email, email_index, full_name, role },
      status: 'active',
      mfa_enabled: false,
      credential_version: 1,
      registered_at,
      updated_at: registered_at,
      password_changed_at: registered_at,
    };
  }
  if (!user) return user;
  const next = user.credential_version + 1;
  switch (event.type) {
    case 'UserProfileChanged':
      return { ...user, full_name: event.data.full_name, updated_at: event.data.at };
    case 'UserRoleChanged':
      return { ...user, role: event.data.role, updated_at: event.data.at };
    case 'UserDisabled':
      return { ...user, status: 'disabled', credential_version: next, updated_at: event.data.at };
    case 'UserEnabled':
      return { ...user, status: 'active', updated_at: event.data.at };
    case 'UserPasswordChanged': {
      const { at } = event.data;
      return { ...user, credential_version: next, updated_at: at, password_changed_at: at };
    }
    case 'MfaActivated':
      return { ...user, mfa_enabled: true, updated_at: event.data.at };
    case 'MfaDisabled':
      return { ...user, mfa_enabled: false, credential_version: next, updated_at: event.data.at };
    case 'UserErased':
      return { ...user, status: 'erased', email_index: null, credential_version: next, updated_at: event.data.at };
    default:
      return user;
  }
}
