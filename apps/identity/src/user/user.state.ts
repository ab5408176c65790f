import { evolveUser, type Sealed, type UserDocument, type UserEvent } from '@ao/contracts';

/** The second factor as a login sees it. */
export type MfaState =
  | { readonly status: 'off' }
  /** A secret was made, no code of it was given yet. */
  | { readonly status: 'pending'; readonly totp: Sealed }
  | {
      readonly status: 'on';
      readonly totp: Sealed;
      /** SHA-256 of each code, as a JSON list. */
      readonly recovery_codes: Sealed;
      readonly used_codes: readonly number[];
      /** The newest time step of which a code was accepted. */
      readonly last_step: number;
    };

export type UserState =
  | { readonly status: 'unregistered' }
  | RegisteredUser
  | { readonly status: 'erased'; readonly user_id: string; readonly erased_at: string };

export interface RegisteredUser {
  readonly status: 'active' | 'disabled';
  readonly user_id: string;
  /** What every reader knows of the user: one fold for all, so that nobody counts credential versions differently. */
  readonly user: UserDocument;
  readonly email_index: string;
  readonly password: Sealed;
  readonly mfa: MfaState;
}

export const initialUserState = (): UserState => ({ status: 'unregistered' });

export const isRegistered = (state: UserState): state is RegisteredUser =>
  state.status === 'active' || state.status === 'disabled';

export const isActiveAdmin = (state: UserState): boolean => state.status === 'active' && state.user.role === 'admin';

export function evolveUserState(state: UserState, event: UserEvent): UserState {
  if (event.type === 'UserRegistered') {
    const { user_id, email_index, password } = event.data;
    const user = evolveUser(undefined, event)!;
    return { status: 'active', user_id, user, email_index, password, mfa: { status: 'off' } };
  }
  if (!isRegistered(state)) return state;
  if (event.type === 'UserErased') return { status: 'erased', user_id: state.user_id, erased_at: event.data.at };
  const user = evolveUser(state.user, event)!;
  const status = user.status === 'disabled' ? 'disabled' : 'active';
  const password = event.type === 'UserPasswordChanged' ? event.data.password : state.password;
  return { ...state, status, user, password, mfa: evolveMfa(state.mfa, event) };
}

function evolveMfa(mfa: MfaState, event: UserEvent): MfaState {
  switch (event.type) {
    case 'MfaSetupStarted':
      return mfa.status === 'on' ? mfa : { status: 'pending', totp: event.data.totp };
    case 'MfaActivated': {
      if (mfa.status !== 'pending') return mfa;
      const { recovery_codes, step } = event.data;
      return { status: 'on', totp: mfa.totp, recovery_codes, used_codes: [], last_step: step };
    }
    case 'TotpCodeUsed':
      return mfa.status === 'on' ? { ...mfa, last_step: Math.max(mfa.last_step, event.data.step) } : mfa;
    case 'RecoveryCodeUsed':
      return mfa.status === 'on' ? { ...mfa, used_codes: [...mfa.used_codes, event.data.index] } : mfa;
    case 'MfaDisabled':
      return { status: 'off' };
    default:
      return mfa;
  }
}
