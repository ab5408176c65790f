import type { DataOf, TokenOutcome, refreshSession } from '@ao/contracts';
import type { CommandResult } from '@ao/event-log';
import { isRejection, type CommandMetadata } from '@ao/kernel';
import { done } from '@ao/messaging';
import type { UserParts } from '../user/user.parts';
import { isRegistered } from '../user/user.state';
import { isGenuine, parseRefreshToken } from './refresh-token';
import { sessionAggregate } from './session.aggregate';
import { grantTokens } from './session.tokens';

/** One answer for a token that is forged, used, expired, of a session that has ended or of a user who may not. */
export async function runRefreshSession(
  parts: UserParts,
  { refresh_token, origin }: DataOf<typeof refreshSession>,
  metadata: CommandMetadata,
): Promise<CommandResult<TokenOutcome>> {
  const { shell, sealer, users, refusals } = parts;
  const refuse = (user_id: string | null): CommandResult<TokenOutcome> => {
    const code = 'invalid_refresh_token';
    refusals.record({
      ...{ kind: 'credential', code, route: 'POST /api/v1/auth/refresh', permission: null, principal: null },
      ...{ user_id, email_index: null, address: origin.address },
    });
    return done({ outcome: 'refused', code });
  };

  const presented = parseRefreshToken(refresh_token);
  if (!presented) return refuse(null);
  const { session_id, generation } = presented;
  const { state: session } = await shell.state(sessionAggregate, session_id, { fresh: true });
  if (session.status === 'unknown') return refuse(null);
  const seed = await sealer.open(session.seed, 'session');
  if (seed === null || !isGenuine(presented, seed)) return refuse(null);

  // A change of the user a moment later makes the new tokens as void as the old ones: they name the credentials' version.
  const user = await users.find(session.user_id);
  const user_valid =
    isRegistered(user) && user.status === 'active' && user.user.credential_version === session.credential_version;
  const result: CommandResult<{ generation: number }> = await shell.run(
    sessionAggregate,
    session_id,
    {
      type: 'RefreshSession',
      data: { session_id, generation, user_valid },
      metadata: byUser(metadata, session.user_id),
    },
    { payload: { session_id, generation } },
  );
  if (isRejection(result)) return result.code === 'invalid_refresh_token' ? refuse(session.user_id) : result;
  const outcome = await grantTokens(parts, session_id, result.result.generation);
  return outcome.outcome === 'refused' ? refuse(session.user_id) : { ...result, result: outcome };
}

/** Whoever shows the session's token, or the password, is the user, though the request itself was anybody's. */
export const byUser = (metadata: CommandMetadata, user_id: string): CommandMetadata => ({
  ...metadata,
  actor: { type: 'user', id: user_id },
});
