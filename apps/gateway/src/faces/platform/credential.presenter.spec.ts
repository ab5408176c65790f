import { ANONYMOUS, type Principal } from '../../http/principal';
import {
  ownerOf,
  presentApiKey,
  presentOAuthClient,
  requireMaySetLimit,
  requireScopesHeld,
} from './credential.presenter';

const ID = '01890a5d-ac96-774b-bcce-b302099a8057';
const key = {
  ...{ api_key_id: ID, name: 'n', secret_hash: 'a'.repeat(64), scopes: ['tasks:read' as const], rate_limit: null },
  ...{ owner: { type: 'user' as const, id: 'u' }, expires_at: '2026-01-01T00:00:00Z', created_at: 'then' },
  ...{ revoked_at: null, last_used_at: null },
};

describe('credentials that are shown', () => {
  it('should say whether a key still holds', () => {
    const end = Date.parse(key.expires_at);
    expect(presentApiKey(key, end - 1)).toMatchObject({
      id: ID,
      status: 'active',
      prefix: `ao_live_${ID.replaceAll('-', '')}`,
    });
    expect(presentApiKey(key, end).status).toBe('expired');
    expect(presentApiKey({ ...key, revoked_at: 'now' }, end).status).toBe('revoked');
  });

  it('should never hold the hash of the secret', () => {
    expect(JSON.stringify(presentApiKey(key, 0))).not.toContain('aaaa');
    const client = { ...key, client_id: ID };
    expect(JSON.stringify(presentOAuthClient(client))).not.toContain('aaaa');
  });
});

describe('making a credential', () => {
  const caller: Principal = { ...ANONYMOUS, permissions: new Set(['tasks:read', 'api_keys:own']) };

  it('rejects scopes that the maker does not hold, by their place', () => {
    expect(() => requireScopesHeld(caller, ['tasks:read'])).not.toThrow();
    expect(() => requireScopesHeld(caller, ['tasks:read', 'users:manage'])).toThrow(
      expect.objectContaining({ status: 403, code: 'scope_not_held', detail: expect.stringContaining('/scopes/1') }),
    );
  });

  it('rejects a limit of its own from whom the limits are for', () => {
    const limit = { requests_per_hour: 1, requests_per_minute: 1 };
    expect(() => requireMaySetLimit(caller, null)).not.toThrow();
    expect(() => requireMaySetLimit(caller, limit)).toThrow(expect.objectContaining({ status: 403 }));
    const keeper = { ...caller, permissions: new Set(['security:manage' as const]) };
    expect(() => requireMaySetLimit(keeper, limit)).not.toThrow();
  });

  it('rejects a maker in whose name nothing can be', () => {
    expect(() => ownerOf(caller)).toThrow(expect.objectContaining({ status: 403 }));
    expect(ownerOf({ ...caller, owner: { type: 'user', id: 'u' } })).toEqual({ type: 'user', id: 'u' });
  });
});
