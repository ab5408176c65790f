import { createHash, randomInt, timingSafeEqual } from 'node:crypto';
import type { Sealer } from '@ao/sealing';
import { Secret, TOTP } from 'otpauth';
import type { Factor } from './user.commands';
import type { MfaState } from './user.state';

const PERIOD_SECONDS = 30;
/** Steps before and after the present one, for clocks that differ. */
const WINDOW = 1;
const SECRET_BYTES = 20;
const RECOVERY_CODES = 10;
/** Without what looks alike (Crockford's base32 in lower case). */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const CODE_LENGTH = 10;

export const newTotpSecret = () => new Secret({ size: SECRET_BYTES }).base32;

export function totpUrl(secret: string, issuer: string, label: string): string {
  return totpOf(secret, { issuer, label }).toString();
}

/** The time step of the code, or undefined when it is none of the present moment. `now` in Unix milliseconds. */
export function totpStep(secret: string, code: string, now: number): number | undefined {
  const token = code.replaceAll(/[\s-]/g, '');
  if (!/^\d{6}$/.test(token)) return undefined;
  // Compares in constant time.
  const delta = totpOf(secret).validate({ token, timestamp: now, window: WINDOW });
  return delta === null ? undefined : Math.floor(now / 1000 / PERIOD_SECONDS) + delta;
}

function totpOf(secret: string, label: { issuer?: string; label?: string } = {}): TOTP {
  return new TOTP({
    ...label,
    algorithm: 'SHA1',
    digits: 6,
    period: PERIOD_SECONDS,
    secret: Secret.fromBase32(secret),
  });
}

export interface RecoveryCodes {
  /** As their owner keeps them: `xxxxx-xxxxx`. */
  readonly codes: readonly string[];
  /** What is sealed and kept: a JSON list of digests. 50 random bits each, behind the user's key. */
  readonly digests: string;
}

export function newRecoveryCodes(): RecoveryCodes {
  const codes = Array.from({ length: RECOVERY_CODES }, () => {
    const characters = Array.from({ length: CODE_LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]!).join('');
    return `${characters.slice(0, CODE_LENGTH / 2)}-${characters.slice(CODE_LENGTH / 2)}`;
  });
  return { codes, digests: JSON.stringify(codes.map((code) => digestOf(code).toString('hex'))) };
}

/** Which of the codes it is, or undefined; looks at all of them whichever it is. */
export function recoveryCodeIndex(digests: string, code: string): number | undefined {
  const given = digestOf(code);
  let found: number | undefined;
  (JSON.parse(digests) as string[]).forEach((digest, index) => {
    if (timingSafeEqual(Buffer.from(digest, 'hex'), given)) found = index;
  });
  return found;
}

const digestOf = (code: string) => createHash('sha256').update(code.toLowerCase().replaceAll(/[\s-]/g, '')).digest();

export interface GivenCodes {
  readonly totp_code?: string | undefined;
  readonly recovery_code?: string | undefined;
}

/** The code as a factor of the user when it is one; whether it may still be used is for the decider. */
export async function compareFactor(
  sealer: Sealer,
  mfa: Extract<MfaState, { status: 'on' }>,
  given: GivenCodes,
  now: number,
): Promise<Factor | undefined> {
  if (given.totp_code !== undefined) {
    const secret = await sealer.open(mfa.totp, 'totp');
    const step = secret === null ? undefined : totpStep(secret, given.totp_code, now);
    if (step !== undefined) return { kind: 'totp', totp: mfa.totp, step };
  }
  if (given.recovery_code !== undefined) {
    const digests = await sealer.open(mfa.recovery_codes, 'recovery_codes');
    const index = digests === null ? undefined : recoveryCodeIndex(digests, given.recovery_code);
    if (index !== undefined) return { kind: 'recovery', recovery_codes: mfa.recovery_codes, index };
  }
  return undefined;
}
