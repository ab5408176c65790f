import { z } from 'zod';
import { command } from '../contract';
import { CertificateSerial } from '../registry/certificate';
import { Id, Time, text } from '../text';
import { Scopes } from './access';
import { CredentialOwner, RateLimit } from './credential';

const NewCredential = z.object({
  name: text(200, 1),
  scopes: Scopes,
  owner: CredentialOwner,
  rate_limit: RateLimit.nullable(),
});

/** The key is in clear only in this answer: the same command again is refused with `secret_already_shown`. */
export const createApiKey = command(
  'identity.create_api_key',
  NewCredential.extend({ expires_at: Time.nullable() }),
  z.object({ api_key_id: Id, key: z.string(), created_at: Time }),
);
/** `owner_id`: only if it is that owner's. */
export const revokeApiKey = command(
  'identity.revoke_api_key',
  z.object({ api_key_id: Id, owner_id: z.string().optional() }),
  z.object({ api_key_id: Id, revoked_at: Time }),
);
/** The secret is in clear only in this answer. */
export const createOAuthClient = command(
  'identity.create_oauth_client',
  NewCredential,
  z.object({ client_id: Id, client_secret: z.string(), created_at: Time }),
);
export const revokeOAuthClient = command(
  'identity.revoke_oauth_client',
  z.object({ client_id: Id }),
  z.object({ client_id: Id, revoked_at: Time }),
);
/** RFC 6749 section 4.4; `scope` asks for fewer than the client has. */
export const issueClientToken = command(
  'identity.issue_client_token',
  z.object({
    client_id: z.string().max(256),
    client_secret: z.string().max(1_024),
    scope: z.string().max(4_096).optional(),
    address: z.string().max(64),
  }),
  z.discriminatedUnion('outcome', [
    z.object({ outcome: z.literal('granted'), access_token: z.string(), expires_in: z.int(), scope: z.string() }),
    z.object({
      outcome: z.literal('refused'),
      error: z.enum(['invalid_client', 'invalid_scope', 'throttled']),
      retry_after_seconds: z.int().optional(),
    }),
  ]),
);

/** The token of an enrolled agent, asked for by the registry, which alone knows agents and their certificates. */
export const issueAgentToken = command(
  'identity.issue_agent_token',
  z.object({ agent_id: Id, serial: CertificateSerial, expires_at: Time }),
  z.object({ token: z.string() }),
);

/**
 * A new key, which signs once every gateway has heard of it. The one before is trusted until what it signed has expired, and
 * is retired then.
 */
export const rotateSigningKey = command('identity.rotate_signing_key', z.object({}), z.object({ key_id: Id }));
