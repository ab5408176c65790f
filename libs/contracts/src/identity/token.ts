import { z } from 'zod';
import { CertificateSerial } from '../registry/certificate';
import { Id } from '../text';
import { StoredScopes } from './access';

export const TOKEN_ISSUER = 'agent-orchestration';
export const TOKEN_AUDIENCE = 'agent-orchestration';
/** Of what only identity itself reads. */
export const MFA_TOKEN_AUDIENCE = 'agent-orchestration/mfa';
/** The one algorithm: nothing else is ever accepted (RFC 8725). */
export const TOKEN_ALGORITHM = 'EdDSA';
/** `typ` of an access token (RFC 9068). */
export const ACCESS_TOKEN_TYPE = 'at+jwt';
/** `typ` of what stands for the password between the two steps of a login; accepted by identity alone. */
export const MFA_TOKEN_TYPE = 'mfa+jwt';

const Common = z.object({
  iss: z.literal(TOKEN_ISSUER),
  aud: z.literal(TOKEN_AUDIENCE),
  jti: Id,
  iat: z.int(),
  exp: z.int(),
});

/** Of a person: the role is not in it, so that a change of role holds at once. */
export const UserTokenClaims = Common.extend({
  kind: z.literal('user'),
  /** The user. */
  sub: Id,
  /** The session. */
  sid: Id,
  /** Whether the session began with a second factor. */
  mfa: z.boolean(),
  /** When the person gave the password, in Unix seconds: refreshes do not move it. */
  auth_time: z.int(),
});
export type UserTokenClaims = z.infer<typeof UserTokenClaims>;

export const ClientTokenClaims = Common.extend({
  kind: z.literal('client'),
  /** The OAuth client. */
  sub: Id,
  scopes: StoredScopes,
});
export type ClientTokenClaims = z.infer<typeof ClientTokenClaims>;

/** Of an enrolled agent: as good as its certificate, and for as long. */
export const AgentTokenClaims = Common.extend({
  kind: z.literal('agent'),
  /** The agent. */
  sub: Id,
  /** Of the certificate. */
  serial: CertificateSerial,
});
export type AgentTokenClaims = z.infer<typeof AgentTokenClaims>;

export const AccessTokenClaims = z.discriminatedUnion('kind', [UserTokenClaims, ClientTokenClaims, AgentTokenClaims]);
export type AccessTokenClaims = z.infer<typeof AccessTokenClaims>;

/** `ao_live_<id of 32 hex>_<secret>` */
export const API_KEY = /^ao_live_([0-9a-f]{32})_([A-Za-z0-9_-]{43})$/;
