import type { UserParts } from '../user/user.parts';
import { compareFactor } from '../user/second-factor';
import type { Factor } from '../user/user.commands';
import type { RegisteredUser } from '../user/user.state';
import { addressBucket, type LoginAttempt, type Refused } from './login.credentials';

export interface GivenFactor {
  readonly factor: Factor;
  /** The code was used: this attempt was none that failed. */
  accepted(): Promise<void>;
}

/**
 * The code that was given, compared; undefined for a user without MFA. Counted before it is compared, by user and wherever
 * it comes from: a code is short, and whoever guesses it has the password already.
 */
export async function factorOf(
  { sealer, clock, throttle }: UserParts,
  attempt: LoginAttempt,
  { user_id, mfa }: RegisteredUser,
): Promise<GivenFactor | Refused | undefined> {
  if (mfa.status !== 'on') return undefined;
  const { data, security } = attempt;
  const bucket = { name: `mfa:${user_id}`, limit: security.login_failures_per_account };
  const seconds = await throttle.attempt(bucket, security.login_window_minutes);
  if (seconds !== undefined) return { outcome: 'refused', code: 'throttled', retry_after_seconds: seconds };
  const factor = await compareFactor(sealer, mfa, data, clock.now());
  if (factor) return { factor, accepted: () => throttle.forgive(bucket) };
  await throttle.count([addressBucket(attempt)], security.login_window_minutes);
  return { outcome: 'refused', code: 'invalid_mfa_code' };
}
