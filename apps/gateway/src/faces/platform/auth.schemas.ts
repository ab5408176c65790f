import { NewPassword } from '@ao/contracts';
import { createZodDto } from '../../http/zod-dto';
import { z } from 'zod';
import { ShownUser, Timestamp } from './user.schemas';

/** Something to compare with what is known: wrong in any way is merely wrong. */
const Attempt = z.string().min(1).max(1_024);

/**
 * `POST /api/v1/auth/login`: e-mail and password, with a code where MFA is on; or `mfa_token` of the first step with a
 * code (API conflict 35).
 */
export const LoginBody = z
  .object({
    email: Attempt.optional(),
    password: Attempt.optional(),
    mfa_token: Attempt.optional(),
    totp_code: Attempt.optional(),
    recovery_code: Attempt.optional(),
  })
  .superRefine((body, context) => {
    const missing = (field: keyof typeof body, message: string) =>
      context.addIssue({ code: 'custom', path: [field], message });
    if (body.mfa_token === undefined) {
      if (body.email === undefined) missing('email', 'is required');
      if (body.password === undefined) missing('password', 'is required');
    } else if (body.totp_code === undefined && body.recovery_code === undefined) {
      missing('totp_code', 'is required with mfa_token, or recovery_code');
    }
  })
  .meta({ example: { email: 'ada@example.org', password: 'correct horse battery staple' } });
export class LoginDto extends createZodDto(LoginBody) {}

export class RefreshDto extends createZodDto(z.object({ refresh_token: Attempt })) {}
export class PasswordChangeDto extends createZodDto(
  z.object({ current_password: Attempt, new_password: NewPassword }),
) {}
export class MfaCodeDto extends createZodDto(z.object({ code: Attempt }).meta({ example: { code: '123456' } })) {}
/** `code` is one of the authenticator, or a recovery code. */
export class MfaDisablingDto extends createZodDto(z.object({ password: Attempt, code: Attempt })) {}

export const TokensShown = z.object({
  access_token: z.string(),
  refresh_token: z.string(),
  token_type: z.literal('bearer'),
  /** Seconds that the access token lives. */
  expires_in: z.int(),
  user: ShownUser,
  /** True: the role asks for MFA, and until it is set up the token is good for one's own account only. */
  mfa_setup_required: z.boolean(),
});
export class TokensDto extends createZodDto(TokensShown) {}

export class PasswordChangedDto extends createZodDto(z.object({ changed: z.literal(true), changed_at: Timestamp })) {}
export class MfaSetupDto extends createZodDto(
  z.object({
    secret: z.string(),
    otpauth_url: z.string(),
    /** A picture as `data:image/png;base64,…` */
    qr_code: z.string(),
  }),
) {}
export class MfaActivatedDto extends createZodDto(
  z.object({
    mfa_enabled: z.literal(true),
    activated_at: Timestamp,
    /** Shown here and never again. */
    recovery_codes: z.array(z.string()),
  }),
) {}
export class MfaDisabledDto extends createZodDto(z.object({ mfa_enabled: z.literal(false), disabled_at: Timestamp })) {}
export class LoggedOutDto extends createZodDto(z.object({ logged_out: z.literal(true), ended_at: Timestamp })) {}
