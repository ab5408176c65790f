import { CredentialOwner, RateLimit, Scope, Scopes, Time, text } from '@ao/contracts';
import { createZodDto } from '../../http/zod-dto';
import { z } from 'zod';
import { Page, Timestamp } from './user.schemas';

const Name = text(200, 1);

/** `POST /api/v1/security/api-keys` */
export class NewApiKeyDto extends createZodDto(
  z
    .object({
      name: Name,
      /** What the key may do: no more than its maker. */
      scopes: Scopes,
      expires_at: Time.nullable().default(null),
      /** Instead of the settings `rate_limits.*`; by those who may `security:manage`. */
      rate_limit: RateLimit.nullable().default(null),
    })
    .meta({ example: { name: 'CI', scopes: ['tasks:submit', 'tasks:read'], expires_at: '2030-01-01T00:00:00Z' } }),
) {}

/** `POST /api/v1/security/oauth-clients` */
export class NewOAuthClientDto extends createZodDto(
  z
    .object({ name: Name, scopes: Scopes, rate_limit: RateLimit.nullable().default(null) })
    .meta({ example: { name: 'reporting', scopes: ['tasks:read'] } }),
) {}

export class CredentialListQueryDto extends createZodDto(
  Page.extend({ include_revoked: z.enum(['true', 'false']).default('false') }),
) {}

const Credential = z.object({
  id: z.uuid(),
  name: z.string(),
  scopes: z.array(Scope),
  owner: CredentialOwner,
  /** Null: the settings `rate_limits.*`. */
  rate_limit: RateLimit.nullable(),
  created_at: Timestamp,
});

/** A key without its secret: only its beginning, to tell it by. */
export const ShownApiKey = Credential.extend({
  prefix: z.string(),
  status: z.enum(['active', 'expired', 'revoked']),
  expires_at: Timestamp.nullable(),
  revoked_at: Timestamp.nullable(),
  /** A few seconds late. */
  last_used_at: Timestamp.nullable(),
});
export type ShownApiKey = z.infer<typeof ShownApiKey>;
export class ShownApiKeyDto extends createZodDto(ShownApiKey) {}
/** `key` is shown here and never again. */
export class CreatedApiKeyDto extends createZodDto(ShownApiKey.extend({ key: z.string() })) {}

export const ShownOAuthClient = Credential.extend({
  client_id: z.uuid(),
  status: z.enum(['active', 'revoked']),
  revoked_at: Timestamp.nullable(),
});
export type ShownOAuthClient = z.infer<typeof ShownOAuthClient>;
export class ShownOAuthClientDto extends createZodDto(ShownOAuthClient) {}
/** `client_secret` is shown here and never again. */
export class CreatedOAuthClientDto extends createZodDto(ShownOAuthClient.extend({ client_secret: z.string() })) {}
