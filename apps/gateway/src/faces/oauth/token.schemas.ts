import { createZodDto } from '../../http/zod-dto';
import { z } from 'zod';

/** `POST /oauth/token`. All but the grant type may be absent: see `clientCredentials`. */
export const TokenBody = z
  .object({
    grant_type: z.string().max(256),
    client_id: z.string().min(1).max(256).optional(),
    client_secret: z.string().min(1).max(1_024).optional(),
    /** Fewer than the client has, separated by spaces. */
    scope: z.string().max(4_096).optional(),
  })
  .meta({
    example: { grant_type: 'client_credentials', client_id: 'your_client_id', client_secret: 'your_client_secret' },
  });
export type TokenBody = z.infer<typeof TokenBody>;
export class TokenBodyDto extends createZodDto(TokenBody) {}

export class AccessTokenDto extends createZodDto(
  z.object({
    access_token: z.string(),
    token_type: z.literal('Bearer'),
    /** Seconds. */
    expires_in: z.int(),
    scope: z.string(),
  }),
) {}

export class OAuthErrorDto extends createZodDto(z.object({ error: z.string(), error_description: z.string() })) {}
