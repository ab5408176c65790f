import { ROLE_PERMISSIONS, SCOPES, type ApiKeyEvent, type OAuthClientEvent, type UserDocument } from '@ao/contracts';
import { newId } from '@ao/kernel';
import { deciderSpec, testCommand } from '@ao/kernel/testing';
import { apiKeyDecider } from './api-key.decider';
import { grantableBy, scopesOfToken, whyNotGrantable, within } from './credential.rules';
import { oauthClientDecider } from './oauth-client.decider';
import { apiKeyText, clientSecretText, digestOf, newSecret, sameDigest, shownDigest } from './one-time-secret';

const at = '2026-01-01T00:00:00.000Z';
const owner = { type: 'user', id: newId() } as const;
const common = {
  name: 'ci',
  secret_hash: digestOf('secret'),
  scopes: ['agents:read' as const],
  owner,
  rate_limit: null,
};
const api_key_id = newId();
const key = { ...common, api_key_id, expires_at: null };
const keyCreated: ApiKeyEvent = { type: 'ApiKeyCreated', data: { ...key, created_at: at } };
const keyRevoked: ApiKeyEvent = { type: 'ApiKeyRevoked', data: { api_key_id, at } };

describe('an API key', () => {
  const { given } = deciderSpec(apiKeyDecider);

  it('should be created with an answer that holds neither secret nor hash', () => {
    const answer = given().when(testCommand('CreateApiKey', key)).then(keyCreated);
    expect(answer).toEqual({ api_key_id, created_at: at });
  });

  it.each([at, '2025-12-31T23:59:59.999Z'])('rejects an expiry at %s, which is over', (expires_at) => {
    given()
      .when(testCommand('CreateApiKey', { ...key, expires_at }))
      .thenRejected({ rejection: 'invalid', pointer: '/expires_at' });
  });

  it('should take an expiry to come', () => {
    given()
      .when(testCommand('CreateApiKey', { ...key, expires_at: '2026-01-01T00:00:00.001Z' }))
      .thenTypes('ApiKeyCreated');
  });

  it('rejects to be created twice', () => {
    given(keyCreated).when(testCommand('CreateApiKey', key)).thenRejected({ rejection: 'conflict' });
  });

  it('should be revoked once, by its owner or by anyone who may revoke any', () => {
    given(keyCreated).when(testCommand('RevokeApiKey', { api_key_id })).then(keyRevoked);
    given(keyCreated)
      .when(testCommand('RevokeApiKey', { api_key_id, owner_id: owner.id }))
      .then(keyRevoked);
    const again = given(keyCreated, keyRevoked).when(
      testCommand('RevokeApiKey', { api_key_id }, { time: '2027-01-01T00:00:00.000Z' }),
    );
    expect(again.then()).toEqual({ api_key_id, revoked_at: at });
  });

  it("rejects to revoke another's key as if there were none", () => {
    const command = testCommand('RevokeApiKey', { api_key_id, owner_id: newId() });
    const [nobodys, anothers, revoked] = [given(), given(keyCreated), given(keyCreated, keyRevoked)].map(
      (before) => before.when(command).decision,
    );
    expect(nobodys).toMatchObject({ rejection: 'not_found', code: 'api_key_not_found' });
    expect(anothers).toEqual(nobodys);
    expect(revoked).toEqual(nobodys);
  });
});

describe('an OAuth client', () => {
  const { given } = deciderSpec(oauthClientDecider);
  const client_id = newId();
  const client = { ...common, client_id };
  const created: OAuthClientEvent = { type: 'OAuthClientCreated', data: { ...client, created_at: at } };
  const revoked: OAuthClientEvent = { type: 'OAuthClientRevoked', data: { client_id, at } };

  it('should be created and revoked, once each', () => {
    expect(given().when(testCommand('CreateOAuthClient', client)).then(created)).toEqual({ client_id, created_at: at });
    given(created).when(testCommand('CreateOAuthClient', client)).thenRejected({ rejection: 'conflict' });
    given(created).when(testCommand('RevokeOAuthClient', { client_id })).then(revoked);
    given(created, revoked).when(testCommand('RevokeOAuthClient', { client_id })).then();
    given().when(testCommand('RevokeOAuthClient', { client_id })).thenRejected({ code: 'oauth_client_not_found' });
  });
});

describe('scopes', () => {
  const user = (changes: Partial<UserDocument>) => ({ status: 'active', role: 'viewer', ...changes }) as UserDocument;

  it('should be no more than the owner may now', () => {
    expect(grantableBy({ type: 'bootstrap', id: 'bootstrap' }, undefined)).toBe('everything');
    expect(grantableBy(owner, user({}))).toBe(ROLE_PERMISSIONS.viewer);
    for (const gone of [undefined, user({ status: 'disabled' }), user({ status: 'erased' })])
      expect(grantableBy(owner, gone)).toEqual(new Set());
  });

  it('rejects those beyond, whoever of the two may not', () => {
    const viewer = ROLE_PERMISSIONS.viewer;
    expect(whyNotGrantable('a key', ['agents:read'], [viewer, 'everything'])).toBeUndefined();
    expect(whyNotGrantable('a key', [...SCOPES], ['everything', 'everything'])).toBeUndefined();
    for (const grantables of [[viewer, 'everything'] as const, ['everything', viewer] as const])
      expect(whyNotGrantable('a key', ['agents:read', 'users:manage'], grantables)).toMatchObject({
        rejection: 'forbidden',
        code: 'scope_not_allowed',
        pointer: '/scopes',
      });
    expect(within(['users:manage', 'agents:read'], viewer)).toEqual(['agents:read']);
  });

  it('should be those a token is asked for, or all', () => {
    const good = ['agents:read', 'tasks:read'] as const;
    expect(scopesOfToken(undefined, good)).toEqual(good);
    expect(scopesOfToken('', good)).toEqual(good);
    expect(scopesOfToken(' tasks:read  tasks:read', good)).toEqual(['tasks:read']);
    for (const asked of ['users:manage', 'agents:read users:manage', 'agents:read,tasks:read', 'AGENTS:READ'])
      expect(scopesOfToken(asked, good)).toBeUndefined();
    expect(scopesOfToken(undefined, [])).toBeUndefined();
  });
});

describe('secrets shown once', () => {
  it('should be 256 random bits in the words of the contract', () => {
    const [one, other] = [newSecret(), newSecret()];
    expect(one).not.toBe(other);
    expect(apiKeyText(api_key_id, one)).toMatch(/^ao_live_[0-9a-f]{32}_[A-Za-z0-9_-]{43}$/);
    expect(clientSecretText(one)).toBe(`ao_secret_${one}`);
  });

  it('should be known by their digest, and nothing else be', () => {
    const secret = newSecret();
    const kept = digestOf(secret);
    expect(sameDigest(shownDigest(clientSecretText(secret)), kept)).toBe(true);
    for (const wrong of [
      secret,
      kept,
      clientSecretText(newSecret()),
      `${clientSecretText(secret)} `,
      '',
      'x'.repeat(1_024),
    ])
      expect(sameDigest(shownDigest(wrong), kept)).toBe(false);
  });
});
