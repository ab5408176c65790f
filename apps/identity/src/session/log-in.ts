import { userSubject, type DataOf, type TokenOutcome, type logIn } from '@ao/contracts';
import type { CommandResult } from '@ao/event-log';
import { addMilliseconds, isoTime, isRejection, newId, type CommandMetadata } from '@ao/kernel';
import { done } from '@ao/messaging';
import { INVALID_MFA_CODE, MFA_REQUIRED } from '../user/mfa.decider';
import { userAggregate } from '../user/user.aggregate';
import type { Factor } from '../user/user.commands';
import { hiddenPayload, type UserParts } from '../user/user.parts';
import { credentialsOf, type About, type LoginAttempt, type Proven, type Refused } from './login.credentials';
import { factorOf } from './login.factor';
import { originIndex } from './origin';
import { byUser } from './refresh-session';
import { newSeed } from './refresh-token';
import { startSession } from './session.aggregate';
import { grantTokens } from './session.tokens';

/** How long the first step of a login stands for the password. */
const MFA_TOKEN_SECONDS = 5 * 60;
const HOUR_MS = 3_600_000;

/**
 * The password, then a code where there is MFA, then the session's start, which holds only while the user is as it was when
 * they were compared. What is refused is an outcome and no rejection, for some outcomes carry what the next step needs.
 */
export async function runLogIn(
  parts: UserParts,
  data: DataOf<typeof logIn>,
  metadata: CommandMetadata,
): Promise<CommandResult<TokenOutcome>> {
  const { sealer, policies, logins, clock } = parts;
  const { security } = await policies.current();
  const attempt: LoginAttempt = { data, security, origin: await originIndex(sealer, data.origin.address) };
  const refuse = ({ user_id, email_index }: About, { outcome, code, retry_after_seconds }: Refused) => {
    parts.refusals.record({
      ...{ kind: 'login', code, route: 'POST /api/v1/auth/login', permission: null, principal: null },
      ...{ user_id, email_index, address: data.origin.address },
    });
    return done<TokenOutcome>({ outcome, code, ...(retry_after_seconds !== undefined && { retry_after_seconds }) });
  };

  const proven = await credentialsOf(parts, attempt);
  if ('outcome' in proven) return refuse(proven.about, proven);
  const { user } = proven;
  const about: About = { user_id: user.user_id, email_index: user.email_index };
  if (user.mfa.status === 'on' && data.totp_code === undefined && data.recovery_code === undefined)
    return done(await mfaRequired(parts, proven));
  const given = await factorOf(parts, attempt, user);
  if (given && 'outcome' in given) return refuse(about, given);

  const begun = await begin(parts, attempt, proven, given?.factor, metadata);
  if (isRejection(begun)) {
    if (begun.code === INVALID_MFA_CODE) return refuse(about, { outcome: 'refused', code: 'invalid_mfa_code' });
    if (begun.code === MFA_REQUIRED) return done(await mfaRequired(parts, proven));
    // The user is not what it was a moment ago.
    if (begun.code === 'credentials_changed' || begun.code === 'user_not_found')
      return refuse(about, { outcome: 'refused', code: 'invalid_credentials' });
    return begun;
  }
  await given?.accepted();
  await logins.rememberOrigin(user.user_id, attempt.origin, clock.now());
  const outcome = await grantTokens(parts, begun.result.session_id);
  // Ended again before its tokens were made.
  if (outcome.outcome === 'refused') return refuse(about, { outcome: 'refused', code: 'invalid_credentials' });
  return { ...begun, result: outcome };
}

async function mfaRequired({ tokens }: UserParts, { user, credential_version }: Proven): Promise<TokenOutcome> {
  const mfa_token = await tokens.signMfa(user.user_id, MFA_TOKEN_SECONDS, credential_version);
  return { outcome: 'mfa_required', mfa_token };
}

/** The session's start and the mark on the code as one unit, with the user's stream at the version that was decided on. */
async function begin(
  { shell, sealer, clock }: UserParts,
  { data, security }: LoginAttempt,
  { user: { user_id }, credential_version }: Proven,
  factor: Factor | undefined,
  metadata: CommandMetadata,
): Promise<CommandResult<{ session_id: string }>> {
  const { origin, ...given } = data;
  const subject = userSubject(user_id);
  const session_id = newId();
  const started_at = isoTime(clock.now());
  const address = await sealer.seal(subject, 'address', origin.address);
  const start = startSession({
    ...{ session_id, user_id, credential_version, address, started_at },
    mfa: factor !== undefined,
    seed: await sealer.seal(subject, 'session', newSeed()),
    user_agent: origin.user_agent === null ? null : await sealer.seal(subject, 'user_agent', origin.user_agent),
    expires_at: addMilliseconds(started_at, security.session_hours * HOUR_MS),
  });
  return shell.run(
    userAggregate,
    user_id,
    {
      type: 'LogIn',
      data: { user_id, session_id, credential_version, factor },
      metadata: { ...byUser(metadata, user_id), address },
    },
    { also: [start], payload: { given: await hiddenPayload(sealer, given) } },
  );
}
