import type { CommandResult, CommandShell } from '@ao/event-log';
import { isRejection, reject, type Clock, type Rejection } from '@ao/kernel';
import type { Sealer } from '@ao/sealing';
import type { Busy } from '../password/slots';
import type { Passwords } from '../password/passwords';
import type { Policies } from '../policy/policies.module';
import type { Refusals } from '../refusal/refusals.module';
import type { LoginStore } from '../session/login.store';
import type { LoginThrottle } from '../session/login.throttle';
import type { TokenSigner } from '../token/tokens.module';
import type { UserDirectory } from './user.directory';

/** What the commands of users and sessions are carried out with. */
export interface UserParts {
  readonly shell: CommandShell;
  readonly sealer: Sealer;
  readonly clock: Clock;
  readonly users: UserDirectory;
  readonly passwords: Passwords;
  readonly policies: Policies;
  readonly logins: LoginStore;
  readonly throttle: LoginThrottle;
  readonly tokens: TokenSigner;
  readonly refusals: Refusals;
}

/** `UserParts` */
export const USER_PARTS = Symbol('USER_PARTS');

/**
 * What a sender asked for, where that is secret or personal: the shell keeps a plain SHA-256 of its payload, which for a
 * password would be a way to try them.
 */
export const hiddenPayload = (sealer: Sealer, asked: unknown) => sealer.index('payload', JSON.stringify(asked));

export const busyRejection = ({ retry_after_seconds }: Busy): Rejection => ({
  ...reject('unavailable', 'busy', 'Expected to compare a password, but too many others wait for theirs'),
  retry_after_seconds,
});

export const throttledRejection = (verb: string, retry_after_seconds: number): Rejection => ({
  ...reject('throttled', 'throttled', `Expected to ${verb}, but too many attempts have failed before`),
  retry_after_seconds,
});

/** A stream that the unit was prepared for has moved. */
export const MOVED = reject('conflict', 'moved_meanwhile', 'Expected to change users, but others did so meanwhile');
const ATTEMPTS = 8;

/** Prepares and runs anew while others come in between. */
export async function untilSettled<Result>(
  attempt: () => Promise<CommandResult<Result>>,
  alsoAgain: readonly string[] = [],
): Promise<CommandResult<Result>> {
  for (let attempts = 1; ; attempts += 1) {
    const result = await attempt();
    if (!isRejection(result) || (result.code !== MOVED.code && !alsoAgain.includes(result.code))) return result;
    if (attempts === ATTEMPTS) return reject('unavailable', 'contended', result.message);
  }
}
