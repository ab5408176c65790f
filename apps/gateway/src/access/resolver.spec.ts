import { DEFAULT_SECURITY_SETTINGS, ROLE_PERMISSIONS, SCOPES, type Permission } from '@ao/contracts';
import { newId } from '@ao/kernel';
import type { Principal } from '../http/principal';
import { AccessTokenSource } from './access-token.source';
import { TestAuthentication, TestIdentity } from './access.testing';
import { apiKeySource } from './api-key.source';
import { bootstrapKeySource } from './bootstrap-key.source';
import { MAX_TOKEN_BYTES, PrincipalResolver, sameDigest, sha256 } from './resolver';

const BOOTSTRAP_KEY = 'a-bootstrap-key-for-this-test';

function harness() {
  const clock = { at: Date.parse('2026-01-01T00:00:00.000Z'), now: () => clock.at };
  const authentication = new TestAuthentication();
  const identity = new TestIdentity(clock);
  const used: string[] = [];
  const tokens = new AccessTokenSource(authentication, clock, 3);
  const resolver = new PrincipalResolver([
    bootstrapKeySource(BOOTSTRAP_KEY),
    apiKeySource(authentication, clock, (id) => used.push(id)),
    tokens,
  ]);
  const user = newId();
  const session = newId();
  authentication.fold(identity.signingKey(), identity.user(user, 'operator'), identity.session(session, user));
  return {
    ...{ clock, authentication, identity, used, tokens, resolver, user, session },
    token: () => identity.sign(identity.userClaims(user, session)),
  };
}
const may = (principal: Principal | undefined) => [...(principal?.permissions ?? [])].sort();
const OWN_KEY: readonly Permission[] = ['agents:read', 'tasks:submit', 'users:manage'];

describe('the resolver of principals', () => {
  it('should know the bootstrap key at once, and nothing that is like it', () => {
    const { resolver } = harness();
    expect(resolver.resolve(BOOTSTRAP_KEY)).toMatchObject({
      ...{ kind: 'bootstrap', actor: { type: 'api_key', id: 'bootstrap' } },
      owner: { type: 'bootstrap', id: 'bootstrap' },
      permissions: new Set(SCOPES),
    });
    for (const token of ['', BOOTSTRAP_KEY.slice(1), `${BOOTSTRAP_KEY} `, BOOTSTRAP_KEY.toUpperCase(), '\ud800']) {
      expect(resolver.resolve(token)).toBeUndefined();
    }
  });

  it('should know a bootstrap key that has the form of another kind', () => {
    const { authentication, clock } = harness();
    for (const key of ['ao_live_but-the-operators', 'eyJust-a-bootstrap-key']) {
      const resolver = new PrincipalResolver([bootstrapKeySource(key), apiKeySource(authentication, clock)]);
      expect(resolver.resolve(key)).toMatchObject({ kind: 'bootstrap' });
      expect(resolver.resolve(`${key}s`)).toBeUndefined();
    }
  });

  it('should look at nothing that is longer than a token can be', () => {
    const looked: string[] = [];
    const source = { recognises: (token: string) => looked.push(token) > 0, prove: () => undefined };
    const resolver = new PrincipalResolver([source]);
    expect(resolver.resolve('a'.repeat(MAX_TOKEN_BYTES + 1))).toBeUndefined();
    expect(looked).toEqual([]);
    resolver.resolve('a'.repeat(MAX_TOKEN_BYTES));
    expect(looked).toHaveLength(1);
  });

  it('should compare digests of any length without throwing', () => {
    expect(sameDigest(sha256('a'), sha256('a'))).toBe(true);
    expect(sameDigest(sha256('a'), sha256('b'))).toBe(false);
    expect(sameDigest(sha256('a'), sha256('a').subarray(1))).toBe(false);
  });
});

describe('API keys', () => {
  it('should be worth their scopes, as far as their owner may do the same', () => {
    const { resolver, identity, authentication, user, used } = harness();
    const { fact, key, id } = identity.apiKey(OWN_KEY, { type: 'user', id: user });
    authentication.fold(fact);
    // Known to the view: nothing is awaited.
    expect(resolver.resolve(key)).toMatchObject({
      ...{ kind: 'api_key', actor: { type: 'api_key', id }, sealSubject: `user-${user}` },
    });
    expect(may(resolver.resolve(key) as Principal)).toEqual(['agents:read', 'tasks:submit']);
    authentication.fold(identity.userChange(user, 'UserRoleChanged', { role: 'viewer', previous_role: 'operator' }));
    expect(may(resolver.resolve(key) as Principal)).toEqual(['agents:read']);
    authentication.fold(identity.userChange(user, 'UserRoleChanged', { role: 'admin', previous_role: 'viewer' }));
    expect(may(resolver.resolve(key) as Principal)).toEqual([...OWN_KEY].sort());
    expect(used).toEqual([id, id, id, id]);
  });

  it.each([
    ['it is revoked', (h, id) => h.authentication.fold(h.identity.apiKeyEnd(id))],
    ['its time is over', (h) => (h.clock.at += 60_001)],
    ['its owner is disabled', (h) => h.authentication.fold(h.identity.userChange(h.user, 'UserDisabled'))],
    ['its owner is erased', (h) => h.authentication.fold(h.identity.userChange(h.user, 'UserErased'))],
  ] as [string, (h: ReturnType<typeof harness>, id: string) => void][])(
    'should be worth nothing once %s',
    async (_, end) => {
      const h = harness();
      const expires_at = new Date(h.clock.at + 60_000).toISOString();
      const { fact, key, id } = h.identity.apiKey(['agents:read'], { type: 'user', id: h.user }, { expires_at });
      h.authentication.fold(fact);
      const proven = await h.resolver.prove(key);
      expect(may(proven?.())).toEqual(['agents:read']);
      end(h, id);
      expect(proven?.()).toBeUndefined();
      expect(await h.resolver.resolve(key)).toBeUndefined();
    },
  );

  it('should be refused with another secret, and count as used only when they are right', async () => {
    const { resolver, identity, authentication, used } = harness();
    const [one, two] = [0, 1].map(() => identity.apiKey(['agents:read'], { type: 'bootstrap', id: 'bootstrap' }));
    authentication.fold(one!.fact, two!.fact);
    const swapped = `${one!.key.slice(0, 41)}${two!.key.slice(41)}`;
    for (const key of [swapped, one!.key.slice(0, -1), `${one!.key}a`, 'ao_live_', one!.key.toUpperCase()]) {
      expect(await resolver.resolve(key)).toBeUndefined();
    }
    expect(used).toEqual([]);
    expect(resolver.resolve(one!.key)).toMatchObject({ kind: 'api_key' });
  });

  it('should be found although they were made a moment ago elsewhere', async () => {
    const { resolver, identity, authentication } = harness();
    const { fact, key } = identity.apiKey(['agents:read'], { type: 'bootstrap', id: 'bootstrap' });
    authentication.onCaughtUp = () => authentication.fold(fact);
    expect(await resolver.resolve(key)).toMatchObject({ kind: 'api_key' });
  });
});

describe('access tokens of users', () => {
  it('should be verified once, and then be known at once', async () => {
    const { resolver, user, session, token } = harness();
    const text = await token();
    const first = resolver.resolve(text);
    expect(first).toBeInstanceOf(Promise);
    expect(await first).toMatchObject({
      ...{ kind: 'user', actor: { type: 'user', id: user }, role: 'operator', mfaEnabled: false },
      ...{ owner: { type: 'user', id: user }, sealSubject: `user-${user}` },
      session: { id: session, mfa: false, authTime: Date.parse('2026-01-01T00:00:00.000Z') / 1000 },
    });
    expect(resolver.resolve(text)).toMatchObject({ kind: 'user' });
  });

  it.each([
    ['the session ends', (h) => h.authentication.fold(h.identity.sessionEnd(h.session, h.user))],
    ['the password changes', (h) => h.authentication.fold(h.identity.userChange(h.user, 'UserPasswordChanged'))],
    ['MFA is switched off', (h) => h.authentication.fold(h.identity.userChange(h.user, 'MfaDisabled'))],
    ['the user is disabled', (h) => h.authentication.fold(h.identity.userChange(h.user, 'UserDisabled'))],
    ['the user is erased', (h) => h.authentication.fold(h.identity.userChange(h.user, 'UserErased'))],
    ['its time is over', (h) => (h.clock.at += 900_000)],
  ] as [string, (h: ReturnType<typeof harness>) => void][])('should be worth nothing once %s', async (_, end) => {
    const h = harness();
    const text = await h.token();
    expect(await h.resolver.resolve(text)).toBeDefined();
    end(h);
    expect(await h.resolver.resolve(text)).toBeUndefined();
  });

  it('should stay worth nothing when a disabled user is enabled again', async () => {
    const { authentication, identity, resolver, token, user } = harness();
    const text = await token();
    authentication.fold(identity.userChange(user, 'UserDisabled'), identity.userChange(user, 'UserEnabled'));
    expect(await resolver.resolve(text)).toBeUndefined();
  });

  it('should follow the role that the user has now', async () => {
    const { authentication, identity, resolver, token, user } = harness();
    const text = await token();
    expect(may(await resolver.resolve(text))).toEqual([...ROLE_PERMISSIONS.operator].sort());
    authentication.fold(identity.userChange(user, 'UserRoleChanged', { role: 'auditor', previous_role: 'operator' }));
    expect(may(resolver.resolve(text) as Principal)).toEqual([...ROLE_PERMISSIONS.auditor].sort());
  });

  it('should let a person whose role asks for MFA do nothing but set it up', async () => {
    const { authentication, identity, resolver, token, user } = harness();
    const text = await token();
    const { key, fact } = identity.apiKey(['agents:read'], { type: 'user', id: user });
    authentication.fold(fact, identity.security({ ...DEFAULT_SECURITY_SETTINGS, mfa_required_roles: ['operator'] }));
    expect(may(await resolver.resolve(text))).toEqual(['profile:own']);
    expect(may(await resolver.resolve(key))).toEqual([]);
    authentication.fold(identity.userChange(user, 'MfaActivated'));
    expect(may(await resolver.resolve(text))).toEqual([...ROLE_PERMISSIONS.operator].sort());
    expect(may(await resolver.resolve(key))).toEqual(['agents:read']);
  });

  it('should be refused with the session of somebody else', async () => {
    const { authentication, identity, resolver, user } = harness();
    const [other, session] = [newId(), newId()];
    authentication.fold(identity.user(other, 'admin'), identity.session(session, other));
    expect(await resolver.resolve(await identity.sign(identity.userClaims(user, session)))).toBeUndefined();
    expect(await resolver.resolve(await identity.sign(identity.userClaims(other, session)))).toBeDefined();
  });

  it('should be found although the session began a moment ago elsewhere, or its key was', async () => {
    const { identity, resolver, authentication, clock } = harness();
    const other = new TestIdentity(clock);
    const [user, session] = [newId(), newId()];
    authentication.onCaughtUp = () =>
      authentication.fold(other.signingKey(), identity.user(user, 'viewer'), identity.session(session, user));
    expect(await resolver.resolve(await other.sign(other.userClaims(user, session)))).toMatchObject({ kind: 'user' });
    expect(authentication.caughtUpTimes).toBe(1);
  });

  it('should remember a bounded number of them, and none that fails', async () => {
    const { identity, tokens, resolver, token } = harness();
    for (let n = 0; n < 10; n += 1) expect(await resolver.resolve(await token())).toBeDefined();
    expect(tokens.size).toBe(3);
    const forged = new TestIdentity();
    for (let n = 0; n < 10; n += 1) {
      await resolver.resolve(await forged.sign(forged.userClaims(newId(), newId()), { kid: identity.kid }));
    }
    expect(tokens.size).toBe(3);
  });

  it('should end with the trust in the key that signed them', async () => {
    const { authentication, resolver, token } = harness();
    const text = await token();
    expect(await resolver.resolve(text)).toBeDefined();
    authentication.view.signingKey = () => undefined;
    expect(await resolver.resolve(text)).toBeUndefined();
  });
});

describe('access tokens of clients', () => {
  it('should be worth what is in the token, the client, and the role of its owner', async () => {
    const { authentication, identity, resolver, user } = harness();
    const client = newId();
    authentication.fold(
      identity.client(client, ['agents:read', 'tasks:submit', 'users:manage'], { type: 'user', id: user }),
    );
    const text = await identity.sign(identity.clientClaims(client, ['tasks:submit', 'users:manage', 'tasks:read']));
    expect(may(await resolver.resolve(text))).toEqual(['tasks:submit']);
    expect(resolver.resolve(text)).toMatchObject({ kind: 'oauth_client', actor: { type: 'oauth_client', id: client } });
    authentication.fold(identity.clientEnd(client));
    expect(resolver.resolve(text)).toBeUndefined();
  });
});
