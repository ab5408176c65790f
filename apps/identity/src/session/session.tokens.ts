import type { TokenOutcome } from '@ao/contracts';
import { isRegistered } from '../user/user.state';
import type { UserParts } from '../user/user.parts';
import { refreshToken } from './refresh-token';
import { sessionAggregate } from './session.aggregate';

const INVALID: TokenOutcome = { outcome: 'refused', code: 'invalid_refresh_token' };

/**
 * The tokens of a session's newest generation, or of the one given. Made anew each time from what the log keeps, so that a
 * repetition of the command that began or refreshed the session gets tokens as good as the first ones.
 */
export async function grantTokens(
  { shell, sealer, users, policies, tokens, clock }: UserParts,
  session_id: string,
  generation?: number,
): Promise<TokenOutcome> {
  const { state: session } = await shell.state(sessionAggregate, session_id, { fresh: true });
  if (session.status !== 'running') return INVALID;
  const { user_id, mfa, started_at, expires_at } = session;
  const [state, seed, { security }] = await Promise.all([
    users.find(user_id),
    sealer.open(session.seed, 'session'),
    policies.current(),
  ]);
  const secondsLeft = Math.floor((Date.parse(expires_at) - clock.now()) / 1000);
  if (seed === null || !isRegistered(state) || secondsLeft < 1) return INVALID;
  const expires_in = Math.min(security.access_token_minutes * 60, secondsLeft);
  const auth_time = Math.floor(Date.parse(started_at) / 1000);
  return {
    outcome: 'granted',
    tokens: {
      access_token: await tokens.sign({ kind: 'user', sub: user_id, sid: session_id, mfa, auth_time }, expires_in),
      refresh_token: refreshToken(session_id, generation ?? session.generation, seed),
      ...{ expires_in, user_id, session_id },
      mfa_setup_required: state.mfa.status !== 'on' && security.mfa_required_roles.includes(state.user.role),
    },
  };
}
