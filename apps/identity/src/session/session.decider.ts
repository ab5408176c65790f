import { accept, reject, type Command, type Decider, type Decision, type Rejection } from '@ao/kernel';
import type { SessionEvent } from '@ao/contracts';
import { evolveSessionState, initialSessionState, type SessionState } from './session.state';

/**
 * So long after a refresh the token before gives the same successor again: the answer may have been lost, or two requests of
 * one client crossed. Later it can only be a copy.
 */
export const REUSE_GRACE_MS = 10_000;

/** Shows a token that was found genuine. */
export type RefreshSessionCommand = Command<
  'RefreshSession',
  {
    readonly session_id: string;
    readonly generation: number;
    /** Whether the user is active and has the credentials that the session began with. */
    readonly user_valid: boolean;
  }
>;
export type EndSessionCommand = Command<
  'EndSession',
  { readonly session_id: string; readonly user_id?: string; readonly reason: 'logged_out' | 'revoked' }
>;
export type SessionCommand = RefreshSessionCommand | EndSessionCommand;

export const sessionDecider: Decider<SessionState, SessionCommand, SessionEvent> = {
  initialState: initialSessionState,
  evolve: evolveSessionState,
  decide: (command, state) => (command.type === 'RefreshSession' ? refresh(command, state) : end(command, state)),
};

function refresh({ data, metadata }: RefreshSessionCommand, state: SessionState): Decision<SessionEvent> {
  const { session_id } = data;
  const at = metadata.time;
  const now = Date.parse(at);
  if (state.status !== 'running' || !data.user_valid || now >= Date.parse(state.expires_at))
    return invalidRefreshToken(session_id);
  if (data.generation === state.generation) {
    const generation = state.generation + 1;
    return accept([{ type: 'SessionRefreshed', data: { session_id, generation, at } }], { generation });
  }
  if (data.generation === state.generation - 1 && now - Date.parse(state.refreshed_at) <= REUSE_GRACE_MS)
    return accept([], { generation: state.generation });
  // One that was never given out, though its signature is right: from a log that was ahead of this one.
  if (data.generation > state.generation) return invalidRefreshToken(session_id);
  // Two hold tokens of the session, and nobody can say which of them is the thief.
  const ended: SessionEvent = {
    type: 'SessionEnded',
    data: { session_id, user_id: state.user_id, reason: 'refresh_token_reused', at },
  };
  return { ...invalidRefreshToken(session_id), record: [ended] };
}

function end({ data, metadata }: EndSessionCommand, state: SessionState): Decision<SessionEvent> {
  const { session_id, reason } = data;
  if (state.status === 'unknown' || (data.user_id !== undefined && data.user_id !== state.user_id))
    return reject('not_found', 'session_not_found', `Expected to end session '${session_id}', but there is none`);
  if (state.status === 'ended') return accept([], { session_id, ended_at: state.ended_at });
  const at = metadata.time;
  return accept([{ type: 'SessionEnded', data: { session_id, user_id: state.user_id, reason, at } }], {
    session_id,
    ended_at: at,
  });
}

function invalidRefreshToken(sessionId: string): Rejection {
  return reject(
    'unauthenticated',
    'invalid_refresh_token',
    `Expected to refresh session '${sessionId}', but the token is not valid`,
  );
}
