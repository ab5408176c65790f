import { userSubject, type DataOf, type SecuritySettings, type TokenOutcome, type logIn } from '@ao/contracts';
import type { Sealer } from '@ao/sealing';
import { isBusy } from '../password/slots';
import { emailIndex } from '../user/email-index';
import { userEmails } from '../user/user-emails';
import type { UserParts } from '../user/user.parts';
import { isRegistered, type RegisteredUser } from '../user/user.state';
import type { Bucket } from './login.throttle';

export type Refused = Extract<TokenOutcome, { outcome: 'refused' }>;

/** One login that is under way. */
export interface LoginAttempt {
  readonly data: DataOf<typeof logIn>;
  readonly security: SecuritySettings;
  /** Index of where it comes from. */
  readonly origin: string;
}

/** Whom a refusal is about, for the audit. */
export interface About {
  readonly user_id: string | null;
  readonly email_index: string | null;
}

/** Whose password was right, and of which credentials it was the password. */
export interface Proven {
  readonly user: RegisteredUser;
  readonly credential_version: number;
}
type Answer = Proven | (Refused & { readonly about: About });

const NOBODY: About = { user_id: null, email_index: null };
const refused = (code: Refused['code'], about: About, retry_after_seconds?: number): Answer => ({
  outcome: 'refused',
  code,
  ...(retry_after_seconds !== undefined && { retry_after_seconds }),
  about,
});

export const addressBucket = ({ origin, security }: LoginAttempt): Bucket => ({
  name: `address:${origin}`,
  limit: security.login_failures_per_address,
});

/** The user whose password was given, now or (`mfa_token`) in the first step. */
export function credentialsOf(parts: UserParts, attempt: LoginAttempt): Promise<Answer> {
  const { email, password, mfa_token } = attempt.data;
  if (mfa_token !== undefined) return byMfaToken(parts, attempt, mfa_token);
  if (email === undefined || password === undefined) return Promise.resolve(refused('invalid_credentials', NOBODY));
  return byPassword(parts, attempt, email, password);
}

/**
 * An unknown address, a wrong password and a disabled user take the same steps, are counted alike, and get one answer. Where
 * the user has logged in from before, only the address' own count holds: whoever guesses from elsewhere shuts nobody out.
 */
async function byPassword(
  { sealer, users, logins, passwords, throttle }: UserParts,
  attempt: LoginAttempt,
  email: string,
  password: string,
): Promise<Answer> {
  const { security, origin } = attempt;
  const email_index = await emailIndex(sealer, email);
  const user = await users.byEmail(email_index);
  const about: About = { user_id: user?.user_id ?? null, email_index };
  const known = await logins.knowsOrigin(user?.user_id ?? NO_USER, origin);
  const account = { name: `account:${email_index}`, limit: security.login_failures_per_account };
  const buckets = known ? [addressBucket(attempt)] : [account, addressBucket(attempt)];
  const wait = () => throttle.wait(buckets);

  // Whoever must wait takes no place in the line for hashing.
  const early = await wait();
  if (early !== undefined) return refused('throttled', about, early);
  const hash = user ? await sealer.open(user.password, 'password') : await nobodysHash(sealer, email_index);
  const answer = await passwords.compare({
    password,
    hash: user?.status === 'active' ? (hash ?? undefined) : undefined,
    before: wait,
    after: async (right) => {
      if (!right) await throttle.count(buckets, security.login_window_minutes);
    },
  });
  if (isBusy(answer)) return refused('busy', about, answer.retry_after_seconds);
  if (typeof answer === 'number') return refused('throttled', about, answer);
  if (!answer || !user) return refused('invalid_credentials', about);
  return { user, credential_version: user.user.credential_version };
}

/** Asked about when there is no user, so that it costs the same. */
const NO_USER = '00000000-0000-0000-0000-000000000000';

/** Looks for a key as for somebody's, and finds none. */
const nobodysHash = (sealer: Sealer, emailIndex: string) =>
  sealer.open(`s1.${userSubject(userEmails.idOf(emailIndex))}.${'A'.repeat(150)}`, 'password').catch(() => null);

async function byMfaToken(
  { tokens, users, throttle }: UserParts,
  attempt: LoginAttempt,
  token: string,
): Promise<Answer> {
  const wait = await throttle.wait([addressBucket(attempt)]);
  if (wait !== undefined) return refused('throttled', NOBODY, wait);
  const claims = await tokens.verifyMfa(token);
  const state = claims && (await users.find(claims.user_id));
  if (claims && state && isRegistered(state) && state.status === 'active') {
    const { credential_version } = claims;
    if (state.user.credential_version === credential_version) return { user: state, credential_version };
  }
  await throttle.count([addressBucket(attempt)], attempt.security.login_window_minutes);
  return refused('invalid_credentials', { user_id: claims?.user_id ?? null, email_index: null });
}
