import type { CredentialOwner, OAuthClientDocument, RateLimit, Scope } from '@ao/contracts';
import type { Principal } from '../../http/principal';
import { Problem } from '../../http/problem';
import type { ApiKeyNow } from '../../projections/api-keys/api-key.queries';
import type { ShownApiKey, ShownOAuthClient } from './credential.schemas';

/** Named one by one: what is not here (the hash of the secret) never leaves. */
export function presentApiKey(key: Omit<ApiKeyNow, 'secret_hash'>, now: number): ShownApiKey {
  const { api_key_id, name, scopes, owner, rate_limit, created_at, expires_at, revoked_at, last_used_at } = key;
  const expired = expires_at !== null && Date.parse(expires_at) <= now;
  return {
    ...{ id: api_key_id, name, scopes, owner, rate_limit, created_at },
    prefix: `ao_live_${api_key_id.replaceAll('-', '')}`,
    status: revoked_at !== null ? 'revoked' : expired ? 'expired' : 'active',
    ...{ expires_at, revoked_at, last_used_at },
  };
}

export function presentOAuthClient(client: Omit<OAuthClientDocument, 'secret_hash'>): ShownOAuthClient {
  const { client_id, name, scopes, owner, rate_limit, created_at, revoked_at } = client;
  return {
    ...{ id: client_id, client_id, name, scopes, owner, rate_limit, created_at },
    status: revoked_at === null ? 'active' : 'revoked',
    revoked_at,
  };
}

/** In whose name the caller makes credentials. @throws Problem 403 for one that has no such name */
export function ownerOf({ owner }: Principal): CredentialOwner {
  if (owner) return owner;
  throw new Problem(403, 'forbidden', 'This principal cannot own credentials');
}

/** Nobody gives away more than they may do themselves. @throws Problem 403 that names the scope */
export function requireScopesHeld({ permissions }: Principal, scopes: readonly Scope[]): void {
  const index = scopes.findIndex((scope) => !permissions.has(scope));
  if (index < 0) return;
  const pointer = `/scopes/${index}`;
  throw new Problem(403, 'scope_not_held', `${pointer}: must be a permission of the caller`, {
    errors: [{ pointer, message: 'must be a permission of the caller' }],
  });
}

/** A limit of its own can be a higher one, so it is for those who keep the limits. @throws Problem 403 that names the field */
export function requireMaySetLimit({ permissions }: Principal, limit: RateLimit | null): void {
  if (limit === null || permissions.has('security:manage')) return;
  const message = 'is set by those who may security:manage';
  throw new Problem(403, 'forbidden', `/rate_limit: ${message}`, { errors: [{ pointer: '/rate_limit', message }] });
}
