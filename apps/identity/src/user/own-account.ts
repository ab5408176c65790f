import { userSubject, type DataOf, type changePassword, type changeProfile } from '@ao/contracts';
import type { CommandMetadata, Rejection } from '@ao/kernel';
import type { Answer } from '@ao/messaging';
import { isCommonPassword } from '../password/common-passwords';
import { isBusy } from '../password/slots';
import { refusePassword } from '../password/password.policy';
import { originIndex } from '../session/origin';
import { anotherName } from './change-user';
import { userAggregate } from './user.aggregate';
import type { ChangePasswordCommand } from './user.commands';
import { busyRejection, hiddenPayload, throttledRejection, type UserParts } from './user.parts';
import { isRegistered, type RegisteredUser } from './user.state';

/** The refusal of a password that the policy does not bear. */
export async function checkPassword(
  { policies }: Pick<UserParts, 'policies'>,
  password: string,
  email: string,
  pointer: '/password' | '/new_password',
): Promise<Rejection | undefined> {
  const policy = (await policies.current()).password;
  return refusePassword(policy, { password, email, isCommon: isCommonPassword }, pointer);
}

export async function runChangeProfile(
  { shell, sealer, users }: Pick<UserParts, 'shell' | 'sealer' | 'users'>,
  { user_id, full_name }: DataOf<typeof changeProfile>,
  metadata: CommandMetadata,
): Answer<typeof changeProfile> {
  const state = await users.find(user_id);
  const sealed = isRegistered(state) ? await anotherName(sealer, state, full_name) : undefined;
  const payload = { user_id, name: await hiddenPayload(sealer, full_name) };
  return shell.run(
    userAggregate,
    user_id,
    { type: 'ChangeProfile', data: { user_id, full_name: sealed }, metadata },
    { payload },
  );
}

const CHANGING = { verb: 'change the password', route: 'POST /api/v1/auth/change-password' };

/** Its event raises the credential version, and with it every session ends, the caller's too. */
export async function runChangePassword(
  parts: UserParts,
  { user_id, current_password, new_password, origin }: DataOf<typeof changePassword>,
  metadata: CommandMetadata,
): Answer<typeof changePassword> {
  const { shell, sealer, users, passwords } = parts;
  const payload = { user_id, passwords: await hiddenPayload(sealer, [current_password, new_password]) };
  const run = (data: ChangePasswordCommand['data']): Answer<typeof changePassword> =>
    shell.run(userAggregate, user_id, { type: 'ChangePassword', data, metadata }, { payload });
  const state = await users.find(user_id);
  // The decider's words; and of a command that was carried out before, its answer.
  if (!isRegistered(state)) return run({ user_id, verdict: 'wrong' });

  const email = (await sealer.open(state.user.email, 'email')) ?? '';
  const refusal = await checkPassword(parts, new_password, email, '/new_password');
  if (refusal) return refusal;
  const right = await comparePassword(parts, state, current_password, origin.address, CHANGING);
  if (typeof right !== 'boolean') return right;
  if (!right) return run({ user_id, verdict: 'wrong' });
  const hash = await passwords.hash(new_password);
  if (isBusy(hash)) return busyRejection(hash);
  return run({
    ...{ user_id, verdict: 'right', credential_version: state.user.credential_version },
    password: await sealer.seal(userSubject(user_id), 'password', hash),
  });
}

/**
 * Whether it is the user's password, for somebody who is logged in as that user. Throttled like a login, by counts of its
 * own: whoever holds a stolen session tries no more passwords than at the door.
 */
export async function comparePassword(
  { sealer, passwords, policies, throttle, refusals }: UserParts,
  { user_id, password: sealed, status }: RegisteredUser,
  password: string,
  address: string,
  { verb, route }: { readonly verb: string; readonly route: string },
): Promise<boolean | Rejection> {
  const { security } = await policies.current();
  const buckets = [
    { name: `password:${user_id}`, limit: security.login_failures_per_account },
    { name: `address:${await originIndex(sealer, address)}`, limit: security.login_failures_per_address },
  ];
  const refused = async () => {
    const seconds = await throttle.wait(buckets);
    return seconds === undefined ? undefined : throttledRejection(verb, seconds);
  };
  const record = (code: string) => refusals.record({ kind: 'credential', code, route, user_id, address });
  const early = await refused();
  if (early) {
    record(early.code);
    return early;
  }
  const hash = status === 'active' ? await sealer.open(sealed, 'password') : null;
  const answer = await passwords.compare({
    password,
    hash: hash ?? undefined,
    before: refused,
    after: async (right) => {
      if (!right) await throttle.count(buckets, security.login_window_minutes);
    },
  });
  if (isBusy(answer)) return busyRejection(answer);
  if (answer !== true) record(answer === false ? 'wrong_password' : answer.code);
  return answer;
}
