import type { TokenOutcome } from '@ao/contracts';
import { Problem } from '../../http/problem';
import { grantedTokens } from './auth.outcomes';

function problemOf(outcome: TokenOutcome): Problem {
  try {
    grantedTokens(outcome);
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error('granted');
}

describe('the outcome of a login', () => {
  it('should hand over what the second step needs', () => {
    const problem = problemOf({ outcome: 'mfa_required', mfa_token: 'token' });
    expect(problem.body('id')).toMatchObject({ status: 401, code: 'mfa_required', mfa_token: 'token' });
  });

  it('should say when to come back', () => {
    const throttled = problemOf({ outcome: 'refused', code: 'throttled', retry_after_seconds: 30 });
    expect([throttled.status, throttled.options.headers]).toEqual([429, { 'retry-after': '30' }]);
    const busy = problemOf({ outcome: 'refused', code: 'busy' });
    expect([busy.status, busy.options.headers]).toEqual([503, { 'retry-after': '1' }]);
  });

  it('should be 401 for everything that was merely wrong', () => {
    for (const code of ['invalid_credentials', 'invalid_mfa_code', 'invalid_refresh_token'] as const) {
      expect(problemOf({ outcome: 'refused', code })).toMatchObject({ status: 401, code });
    }
  });
});
