import { userSubject, type DataOf, type disableMfa, type startMfa, type verifyMfa } from '@ao/contracts';
import type { CommandResult } from '@ao/event-log';
import { isRejection, newId, reject, type CommandMetadata, type Rejection } from '@ao/kernel';
import type { Answer } from '@ao/messaging';
import { toDataURL } from 'qrcode';
import { INVALID_MFA_CODE } from './mfa.decider';
import { comparePassword } from './own-account';
import { compareFactor, newRecoveryCodes, newTotpSecret, totpStep, totpUrl } from './second-factor';
import { userAggregate } from './user.aggregate';
import type { DisableMfaCommand } from './user.commands';
import { hiddenPayload, throttledRejection, type UserParts } from './user.parts';
import { userNotFound } from './user.rejections';
import { isRegistered } from './user.state';

/**
 * What was made is in the first answer alone and nowhere kept. The shell keeps a marker instead: a repetition of the command
 * gets the first one's, which is not its own, and so knows that what it made does not count.
 */
interface Marked {
  readonly marker: string;
}
const ALREADY_SHOWN: Rejection = reject(
  'conflict',
  'secret_already_shown',
  'Expected to answer the command again, but its answer holds a secret that is shown once',
);

export async function runStartMfa(
  { shell, sealer, users, policies }: UserParts,
  { user_id }: DataOf<typeof startMfa>,
  metadata: CommandMetadata,
): Answer<typeof startMfa> {
  const state = await users.find(user_id);
  if (!isRegistered(state)) return userNotFound('StartMfa', user_id);
  const secret = newTotpSecret();
  const marker = newId();
  const totp = await sealer.seal(userSubject(user_id), 'totp', secret);
  const result: CommandResult<Marked> = await shell.run(
    userAggregate,
    user_id,
    { type: 'StartMfa', data: { user_id, totp, marker }, metadata },
    { payload: { user_id } },
  );
  if (isRejection(result)) return result;
  if (result.result.marker !== marker) return ALREADY_SHOWN;
  const { settings } = await policies.current();
  const email = (await sealer.open(state.user.email, 'email')) ?? user_id;
  const otpauth_url = totpUrl(secret, settings['general.installation_name'], email);
  return { ...result, result: { secret, otpauth_url, qr_code: await toDataURL(otpauth_url) } };
}

export async function runVerifyMfa(
  { shell, sealer, users, clock }: UserParts,
  { user_id, code }: DataOf<typeof verifyMfa>,
  metadata: CommandMetadata,
): Answer<typeof verifyMfa> {
  const state = await users.find(user_id);
  if (!isRegistered(state)) return userNotFound('VerifyMfa', user_id);
  const totp = state.mfa.status === 'pending' ? state.mfa.totp : undefined;
  const secret = totp === undefined ? null : await sealer.open(totp, 'totp');
  const { codes, digests } = newRecoveryCodes();
  const marker = newId();
  const result: CommandResult<Marked & { activated_at: string }> = await shell.run(
    userAggregate,
    user_id,
    {
      type: 'ActivateMfa',
      data: {
        ...{ user_id, totp, marker },
        step: secret === null ? undefined : totpStep(secret, code, clock.now()),
        recovery_codes: await sealer.seal(userSubject(user_id), 'recovery_codes', digests),
        recovery_code_count: codes.length,
      },
      metadata,
    },
    { payload: { user_id, code: await hiddenPayload(sealer, code) } },
  );
  if (isRejection(result)) return result;
  if (result.result.marker !== marker) return ALREADY_SHOWN;
  return { ...result, result: { activated_at: result.result.activated_at, recovery_codes: [...codes] } };
}

const DISABLING = { verb: 'disable MFA', route: 'POST /api/v1/auth/mfa/disable' };

export async function runDisableMfa(
  parts: UserParts,
  { user_id, password, code, origin }: DataOf<typeof disableMfa>,
  metadata: CommandMetadata,
): Answer<typeof disableMfa> {
  const { shell, sealer, users, clock, throttle, policies, refusals } = parts;
  const payload = { user_id, given: await hiddenPayload(sealer, [password, code]) };
  const run = (data: Omit<DisableMfaCommand['data'], 'user_id'>): Answer<typeof disableMfa> =>
    shell.run(userAggregate, user_id, { type: 'DisableMfa', data: { user_id, ...data }, metadata }, { payload });
  const state = await users.find(user_id);
  const nothing = { credential_version: 0, factor: undefined };
  if (!isRegistered(state) || state.mfa.status !== 'on') return run({ verdict: 'right', ...nothing });

  const right = await comparePassword(parts, state, password, origin.address, DISABLING);
  if (typeof right !== 'boolean') return right;
  if (!right) return run({ verdict: 'wrong_password', ...nothing });
  const { security } = await policies.current();
  const bucket = { name: `mfa:${user_id}`, limit: security.login_failures_per_account };
  const seconds = await throttle.attempt(bucket, security.login_window_minutes);
  if (seconds !== undefined) return throttledRejection(DISABLING.verb, seconds);
  const given = { totp_code: code, recovery_code: code };
  const result = await run({
    verdict: 'right',
    credential_version: state.user.credential_version,
    factor: await compareFactor(sealer, state.mfa, given, clock.now()),
  });
  if (!isRejection(result)) await throttle.forgive(bucket);
  else if (result.code === INVALID_MFA_CODE)
    refusals.record({
      ...{ kind: 'credential', code: INVALID_MFA_CODE, route: DISABLING.route },
      ...{ user_id, address: origin.address },
    });
  return result;
}
