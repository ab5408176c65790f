import { z } from 'zod';
import { event, type EventOf } from '../contract';
import { Id, Time, text } from '../text';
import { StoredScopes } from './access';
import { Digest, Sealed } from './sealed';

/** Requests that a credential may make; null leaves it to the settings `rate_limits.*`. */
export const RateLimit = z.object({
  requests_per_hour: z.int().min(1).max(100_000_000),
  requests_per_minute: z.int().min(1).max(10_000_000),
});
export type RateLimit = z.infer<typeof RateLimit>;

/** Whose a credential is: it may do no more than its owner may at the time, and dies with it. */
export const CredentialOwner = z.object({ type: z.enum(['user', 'bootstrap']), id: z.string().min(1).max(64) });
export type CredentialOwner = z.infer<typeof CredentialOwner>;

const ApiKey = z.object({
  api_key_id: Id,
  name: text(200, 1),
  secret_hash: Digest,
  scopes: StoredScopes,
  owner: CredentialOwner,
  rate_limit: RateLimit.nullable(),
  expires_at: Time.nullable(),
  created_at: Time,
});

/** API keys `ao_live_<id without dashes>_<secret>`: stream `apikey-<uuid>`. Only a SHA-256 of the secret (256 bits) is kept. */
export const apiKeyEvents = {
  ApiKeyCreated: event('apikey', 'ApiKeyCreated', 1, ApiKey),
  ApiKeyRevoked: event('apikey', 'ApiKeyRevoked', 1, z.object({ api_key_id: Id, at: Time })),
} as const;
export type ApiKeyEvent = EventOf<typeof apiKeyEvents>;

export const ApiKeyDocument = ApiKey.extend({ revoked_at: Time.nullable() });
export type ApiKeyDocument = z.infer<typeof ApiKeyDocument>;

export function evolveApiKey(key: ApiKeyDocument | undefined, event: ApiKeyEvent): ApiKeyDocument | undefined {
  if (event.type === 'ApiKeyCreated') return { ...event.data, revoked_at: null };
  if (key && event.type === 'ApiKeyRevoked') return { ...key, revoked_at: event.data.at };
  return key;
}

const OAuthClient = z.object({
  client_id: Id,
  name: text(200, 1),
  secret_hash: Digest,
  scopes: StoredScopes,
  owner: CredentialOwner,
  rate_limit: RateLimit.nullable(),
  created_at: Time,
});

/** OAuth 2 clients of the client-credentials grant: stream `oauthclient-<uuid>`; the stream's id is the client id. */
export const oauthClientEvents = {
  OAuthClientCreated: event('oauthclient', 'OAuthClientCreated', 1, OAuthClient),
  OAuthClientRevoked: event('oauthclient', 'OAuthClientRevoked', 1, z.object({ client_id: Id, at: Time })),
} as const;
export type OAuthClientEvent = EventOf<typeof oauthClientEvents>;

export const OAuthClientDocument = OAuthClient.extend({ revoked_at: Time.nullable() });
export type OAuthClientDocument = z.infer<typeof OAuthClientDocument>;

export function evolveOAuthClient(
  client: OAuthClientDocument | undefined,
  event: OAuthClientEvent,
): OAuthClientDocument | undefined {
  if (event.type === 'OAuthClientCreated') return { ...event.data, revoked_at: null };
  if (client && event.type === 'OAuthClientRevoked') return { ...client, revoked_at: event.data.at };
  return client;
}

/** Keys that sign access tokens (EdDSA): stream `signingkey-<uuid>`. Verifiers take the public halves from these events alone. */
export const signingKeyEvents = {
  SigningKeyCreated: event(
    'signingkey',
    'SigningKeyCreated',
    1,
    z.object({
      key_id: Id,
      /** The `x` of the public JWK (OKP, Ed25519). */
      public_key: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
      /** PKCS#8, sealed under `installation`. */
      private_key: Sealed,
      created_at: Time,
    }),
  ),
  /** Signs nothing new and is trusted no more. */
  SigningKeyRetired: event('signingkey', 'SigningKeyRetired', 1, z.object({ key_id: Id, at: Time })),
} as const;
export type SigningKeyEvent = EventOf<typeof signingKeyEvents>;
