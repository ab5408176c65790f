import type { TokenOutcome, Tokens } from '@ao/contracts';
import { Problem, unavailable } from '../../http/problem';

type Refused = Extract<TokenOutcome, { outcome: 'refused' }>;

/** One text for an unknown address, a wrong password and a disabled user: nobody learns which it was. */
const UNAUTHENTICATED: Readonly<Record<Exclude<Refused['code'], 'throttled' | 'busy'>, string>> = {
  invalid_credentials: 'The e-mail address or the password is not right',
  invalid_mfa_code: 'The code is not right, or was used before',
  invalid_refresh_token: 'The refresh token is not valid any more; log in again',
};

/**
 * The tokens that identity granted.
 * @throws Problem 401 for what was refused or still misses a code, 429 and 503 with Retry-After
 */
export function grantedTokens(outcome: TokenOutcome): Tokens {
  switch (outcome.outcome) {
    case 'granted':
      return outcome.tokens;
    case 'mfa_required':
      throw new Problem(401, 'mfa_required', 'A code is needed too: send mfa_token with totp_code or recovery_code', {
        headers: CHALLENGE,
        extra: { mfa_token: outcome.mfa_token },
      });
    default:
      throw refusalOf(outcome);
  }
}

const CHALLENGE = { 'www-authenticate': 'Bearer' };

function refusalOf({ code, retry_after_seconds: seconds = 1 }: Refused): Problem {
  if (code === 'busy') {
    return unavailable('busy', 'Too many logins at this moment; send the request again', Math.ceil(seconds));
  }
  if (code === 'throttled') {
    return new Problem(429, 'throttled', `Too many failed attempts; the next one counts after ${seconds} s`, {
      headers: { 'retry-after': String(Math.max(1, Math.ceil(seconds))) },
    });
  }
  return new Problem(401, code, UNAUTHENTICATED[code], { headers: CHALLENGE });
}
