import { z } from 'zod';
import { command, query } from '../contract';
import { Id, Time, text } from '../text';
import { PersonRole } from './access';
import { MAX_PASSWORD_LENGTH } from './policy';
import { SealContext, SealSubject, Sealed } from './sealed';

/** An address as its owner writes it; compared in lower case and NFC. */
export const Email = text(254, 3)
  .pipe(z.email())
  .transform((email) => email.toLowerCase());
export const FullName = text(200, 1);
/** A password that is to be set; the policy says more. */
export const NewPassword = text(MAX_PASSWORD_LENGTH, 1);
/** Something to compare with: wrong ones of any kind are merely wrong. */
const Attempt = z.string().min(1).max(1_024);

/** Where a request came from: sealed as soon as it reaches identity. */
const Origin = z.object({ address: z.string().max(64), user_agent: z.string().max(512).nullable() });

/** Anyone, while registration is open: becomes a viewer. */
export const registerUser = command(
  'identity.register_user',
  z.object({ email: Email, password: NewPassword, full_name: FullName, origin: Origin }),
  z.object({ user_id: Id, registered_at: Time }),
);
/** By an administrator, whatever the registration's setting. */
export const createUser = command(
  'identity.create_user',
  z.object({ email: Email, password: NewPassword, full_name: FullName, role: PersonRole }),
  z.object({ user_id: Id, registered_at: Time }),
);
/** The last active admin can neither be disabled nor lose the role (`last_admin`). */
export const changeUser = command(
  'identity.change_user',
  z.object({
    user_id: Id,
    role: PersonRole.optional(),
    disabled: z.boolean().optional(),
    full_name: FullName.optional(),
  }),
  z.object({ user_id: Id, updated_at: Time }),
);
/** Destroys the user's key: what was sealed under it cannot be read any more, here, in replicas, or in replays. */
export const eraseUser = command(
  'identity.erase_user',
  z.object({ user_id: Id }),
  z.object({ user_id: Id, erased_at: Time }),
);
export const changeProfile = command(
  'identity.change_profile',
  z.object({ user_id: Id, full_name: FullName }),
  z.object({ updated_at: Time }),
);
/** Ends every session of the user, the caller's too. Refused with `wrong_password`, `throttled` or the policy's words. */
export const changePassword = command(
  'identity.change_password',
  z.object({ user_id: Id, current_password: Attempt, new_password: NewPassword, origin: Origin }),
  z.object({ changed_at: Time }),
);

/** A new TOTP secret, in clear only in this answer; a repetition of the command makes another. */
export const startMfa = command(
  'identity.start_mfa',
  z.object({ user_id: Id }),
  z.object({
    secret: z.string(),
    otpauth_url: z.string(),
    /** `data:image/png;base64,…` */
    qr_code: z.string(),
  }),
);
/** Activates MFA by a code of the secret; the recovery codes are in clear only in this answer. */
export const verifyMfa = command(
  'identity.verify_mfa',
  z.object({ user_id: Id, code: Attempt }),
  z.object({ activated_at: Time, recovery_codes: z.array(z.string()) }),
);
/** By password and a code (TOTP or recovery). */
export const disableMfa = command(
  'identity.disable_mfa',
  z.object({ user_id: Id, password: Attempt, code: Attempt, origin: Origin }),
  z.object({ disabled_at: Time }),
);

export const Tokens = z.object({
  access_token: z.string(),
  refresh_token: z.string(),
  /** Seconds that the access token lives. */
  expires_in: z.int(),
  user_id: Id,
  session_id: Id,
  /** True while the role asks for MFA that this user has not set up: the token is good for `profile:own` only. */
  mfa_setup_required: z.boolean(),
});
export type Tokens = z.infer<typeof Tokens>;

/** Outcomes of asking for tokens are results, not rejections: some carry what the caller needs for the next step. */
const TokenOutcome = z.discriminatedUnion('outcome', [
  z.object({ outcome: z.literal('granted'), tokens: Tokens }),
  /** The password was right, a code is missing; `mfa_token` (5 minutes) stands for the password in the next call. */
  z.object({ outcome: z.literal('mfa_required'), mfa_token: z.string() }),
  z.object({
    outcome: z.literal('refused'),
    code: z.enum(['invalid_credentials', 'invalid_mfa_code', 'throttled', 'invalid_refresh_token', 'busy']),
    /** Of `throttled` and `busy`. */
    retry_after_seconds: z.int().optional(),
  }),
]);
export type TokenOutcome = z.infer<typeof TokenOutcome>;

/** Unknown address, wrong password, disabled user: one answer, in one time. */
export const logIn = command(
  'identity.log_in',
  z.object({
    /** Either both of these, or `mfa_token` with a code. */
    email: z.string().max(1_024).optional(),
    password: Attempt.optional(),
    mfa_token: Attempt.max(4_096).optional(),
    totp_code: Attempt.optional(),
    recovery_code: Attempt.optional(),
    origin: Origin,
  }),
  TokenOutcome,
);
/** Within 10 s of its use a refresh token gives the same successor again; later it ends the whole session. */
export const refreshSession = command(
  'identity.refresh_session',
  z.object({ refresh_token: Attempt, origin: Origin }),
  TokenOutcome,
);
/** `user_id`: only if it is that user's session. */
export const endSession = command(
  'identity.end_session',
  z.object({ session_id: Id, user_id: Id.optional(), reason: z.enum(['logged_out', 'revoked']) }),
  z.object({ session_id: Id, ended_at: Time }),
);

/** Opens up to 1,000 sealed texts; null where the key is destroyed. For the gateway's answers alone: nothing keeps them. */
export const openSealed = query(
  'identity.open_sealed',
  z.object({ items: z.array(z.object({ sealed: Sealed, context: SealContext })).max(1_000) }),
  z.object({ texts: z.array(z.string().nullable()) }),
);
/** Seals the address a principal calls from, for the metadata of its events. The sender keeps the answer for its next calls. */
export const sealAddress = query(
  'identity.seal_address',
  z.object({ subject: SealSubject, address: z.string().max(64) }),
  z.object({ sealed: Sealed }),
);
/** Whose address this is, for filters; null when it is nobody's. */
export const findUser = query(
  'identity.find_user',
  z.object({ email: z.string().max(1_024) }),
  z.object({ user_id: Id.nullable() }),
);
