import { accept, reject, type Decision, type Rejection } from '@ao/kernel';
import type { UserEvent } from '@ao/contracts';
import type { ActivateMfaCommand, DisableMfaCommand, Factor, LogInCommand, StartMfaCommand } from './user.commands';
import { credentialsChanged } from './user.rejections';
import type { MfaState, RegisteredUser } from './user.state';

/** The user has MFA and no code came: the second step of the login is missing. */
export const MFA_REQUIRED = 'mfa_required';
export const INVALID_MFA_CODE = 'invalid_mfa_code';

export function startMfa({ data, metadata }: StartMfaCommand, state: RegisteredUser): Decision<UserEvent> {
  const { user_id } = state;
  if (state.mfa.status === 'on') return alreadyOn('set up', user_id);
  const { totp, marker } = data;
  return accept([{ type: 'MfaSetupStarted', data: { user_id, totp, at: metadata.time } }], { marker });
}

export function activateMfa({ data, metadata }: ActivateMfaCommand, state: RegisteredUser): Decision<UserEvent> {
  const { user_id, mfa } = state;
  if (mfa.status === 'on') return alreadyOn('activate', user_id);
  if (mfa.status === 'off')
    return reject(
      'conflict',
      'mfa_not_set_up',
      `Expected to activate MFA of user '${user_id}', but its setup was not started`,
    );
  if (data.step === undefined) return wrongCode('activate', user_id);
  if (data.totp !== mfa.totp) return credentialsChanged('ActivateMfa', user_id);
  const { recovery_codes, recovery_code_count, step, marker } = data;
  const at = metadata.time;
  return accept([{ type: 'MfaActivated', data: { user_id, recovery_codes, recovery_code_count, step, at } }], {
    activated_at: at,
    marker,
  });
}

export function disableMfa({ data, metadata }: DisableMfaCommand, state: RegisteredUser): Decision<UserEvent> {
  const { user_id, mfa } = state;
  if (mfa.status !== 'on')
    return reject('conflict', 'mfa_not_enabled', `Expected to disable MFA of user '${user_id}', but it is not enabled`);
  if (data.verdict === 'wrong_password')
    return reject(
      'forbidden',
      'wrong_password',
      `Expected to disable MFA of user '${user_id}', but the password is wrong`,
      '/password',
    );
  if (data.credential_version !== state.user.credential_version) return credentialsChanged('DisableMfa', user_id);
  if (!data.factor || !isUsable(data.factor, mfa)) return wrongCode('disable', user_id);
  return accept([{ type: 'MfaDisabled', data: { user_id, at: metadata.time } }], { disabled_at: metadata.time });
}

/** Marks the code as used. The unit holds the session's start as well and needs the user to be as it is seen here. */
export function logIn({ data, metadata }: LogInCommand, state: RegisteredUser): Decision<UserEvent> {
  const { user_id, mfa, user } = state;
  if (state.status !== 'active' || data.credential_version !== user.credential_version)
    return credentialsChanged('LogIn', user_id);
  const result = { session_id: data.session_id };
  if (mfa.status !== 'on') return accept<UserEvent>([], result);
  const { factor } = data;
  if (!factor)
    return reject('unauthenticated', MFA_REQUIRED, `Expected to log in user '${user_id}', but a code is missing`);
  if (!isUsable(factor, mfa)) return wrongCode('log in with', user_id);
  const at = metadata.time;
  const used: UserEvent =
    factor.kind === 'totp'
      ? { type: 'TotpCodeUsed', data: { user_id, step: factor.step, at } }
      : { type: 'RecoveryCodeUsed', data: { user_id, index: factor.index, at } };
  return accept([used], result);
}

/** Neither a code that was used nor one of an earlier time step, nor one of a secret that is not the present one. */
function isUsable(factor: Factor, mfa: Extract<MfaState, { status: 'on' }>): boolean {
  return factor.kind === 'totp'
    ? factor.totp === mfa.totp && factor.step > mfa.last_step
    : factor.recovery_codes === mfa.recovery_codes && !mfa.used_codes.includes(factor.index);
}

function alreadyOn(verb: string, userId: string): Rejection {
  return reject(
    'conflict',
    'mfa_already_enabled',
    `Expected to ${verb} MFA of user '${userId}', but it is enabled already`,
  );
}

function wrongCode(verb: string, userId: string): Rejection {
  return reject(
    'forbidden',
    INVALID_MFA_CODE,
    `Expected to ${verb} MFA of user '${userId}', but the code is wrong or was used before`,
    '/code',
  );
}
