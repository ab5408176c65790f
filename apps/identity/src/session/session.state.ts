import type { Sealed, SessionEvent } from '@ao/contracts';

export type SessionState =
  | { readonly status: 'unknown' }
  | ({ readonly status: 'running' } & SessionFacts)
  | ({ readonly status: 'ended'; readonly ended_at: string } & SessionFacts);

export interface SessionFacts {
  readonly session_id: string;
  readonly user_id: string;
  readonly credential_version: number;
  readonly mfa: boolean;
  /** What all of its refresh tokens are derived from. */
  readonly seed: Sealed;
  /** Of the newest refresh token; the login's own is 0. */
  readonly generation: number;
  readonly refreshed_at: string;
  readonly started_at: string;
  readonly expires_at: string;
}

export const initialSessionState = (): SessionState => ({ status: 'unknown' });

export function evolveSessionState(state: SessionState, event: SessionEvent): SessionState {
  if (event.type === 'SessionStarted') {
    const { session_id, user_id, credential_version, mfa, seed, started_at, expires_at } = event.data;
    return {
      status: 'running',
      ...{ session_id, user_id, credential_version, mfa, seed, started_at, expires_at },
      generation: 0,
      refreshed_at: started_at,
    };
  }
  if (state.status === 'unknown') return state;
  switch (event.type) {
    case 'SessionRefreshed':
      return { ...state, generation: event.data.generation, refreshed_at: event.data.at };
    case 'SessionEnded':
      return { ...state, status: 'ended', ended_at: event.data.at };
    default:
      return state;
  }
}
