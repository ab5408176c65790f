import type { PersonRole, Sealed } from '@ao/contracts';
import type { Command } from '@ao/kernel';

/*
 * What the handlers found out by comparing and sealing comes with the command, so that a repetition of a command that has
 * succeeded reaches its stored answer even though the password it shows is no longer the right one.
 */

/** What a handler saw of the user when it prepared the command: if it is not so any more, it prepares it anew. */
export interface Seen {
  readonly role: PersonRole;
  readonly status: 'active' | 'disabled';
}

export type RegisterUserCommand = Command<
  'RegisterUser',
  | { readonly email_taken: true }
  | {
      readonly email_taken: false;
      readonly user_id: string;
      readonly email: Sealed;
      readonly email_index: string;
      readonly full_name: Sealed;
      readonly role: PersonRole;
      readonly password: Sealed;
      readonly source: 'registration' | 'administration' | 'bootstrap';
    }
>;
export type ChangeUserCommand = Command<
  'ChangeUser',
  {
    readonly user_id: string;
    readonly role?: PersonRole;
    readonly disabled?: boolean;
    /** Only when it is another one. */
    readonly full_name?: Sealed;
    readonly seen: Seen | undefined;
    /** Whether no active admin would be left without this user. */
    readonly last_admin: boolean;
  }
>;
export type ChangeProfileCommand = Command<'ChangeProfile', { readonly user_id: string; readonly full_name?: Sealed }>;
export type EraseUserCommand = Command<
  'EraseUser',
  { readonly user_id: string; readonly seen: Seen | undefined; readonly last_admin: boolean }
>;
export type ChangePasswordCommand = Command<
  'ChangePassword',
  | { readonly user_id: string; readonly verdict: 'wrong' }
  | {
      readonly user_id: string;
      readonly verdict: 'right';
      readonly credential_version: number;
      readonly password: Sealed;
    }
>;
export type StartMfaCommand = Command<
  'StartMfa',
  { readonly user_id: string; readonly totp: Sealed; readonly marker: string }
>;
export type ActivateMfaCommand = Command<
  'ActivateMfa',
  {
    readonly user_id: string;
    /** Undefined: the code is no code of the secret. */
    readonly step: number | undefined;
    /** The secret the code was compared with. */
    readonly totp: Sealed | undefined;
    readonly recovery_codes: Sealed;
    readonly recovery_code_count: number;
    readonly marker: string;
  }
>;
export type DisableMfaCommand = Command<
  'DisableMfa',
  {
    readonly user_id: string;
    readonly verdict: 'right' | 'wrong_password';
    readonly credential_version: number;
    readonly factor: Factor | undefined;
  }
>;

/** A code that was compared and found right; whether it may still be used is for the decider to say. */
export type Factor =
  | { readonly kind: 'totp'; readonly totp: Sealed; readonly step: number }
  | { readonly kind: 'recovery'; readonly recovery_codes: Sealed; readonly index: number };

/** The right password was given, and a code where there is one. The session's first event goes with it as one unit. */
export type LogInCommand = Command<
  'LogIn',
  {
    readonly user_id: string;
    readonly session_id: string;
    /** Of the user whose password was compared. */
    readonly credential_version: number;
    readonly factor: Factor | undefined;
  }
>;

export type UserCommand =
  | RegisterUserCommand
  | ChangeUserCommand
  | ChangeProfileCommand
  | EraseUserCommand
  | ChangePasswordCommand
  | StartMfaCommand
  | ActivateMfaCommand
  | DisableMfaCommand
  | LogInCommand;
