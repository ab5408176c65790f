import { createHash, createPublicKey } from 'node:crypto';
import {
  API_KEY,
  changeUser,
  ClientTokenClaims,
  createApiKey,
  createOAuthClient,
  issueClientToken,
  recordRefusals,
  revokeApiKey,
  revokeOAuthClient,
  rotateSigningKey,
  TOKEN_AUDIENCE,
  TOKEN_ISSUER,
  type ApiKeyDocument,
  type DataOf,
  type RefusalEvent,
} from '@ao/contracts';
import { newId } from '@ao/kernel';
import { eventually, type StartedService } from '@ao/testing';
import { decodeProtectedHeader, jwtVerify } from 'jose';
import { startIdentity, type IdentityHarness } from './identity-harness';

const bootstrap = { type: 'bootstrap', id: 'bootstrap' } as const;
const keyOf = (changes: Partial<DataOf<typeof createApiKey>> = {}): DataOf<typeof createApiKey> => ({
  name: 'ci',
  scopes: ['agents:read'],
  owner: bootstrap,
  rate_limit: null,
  expires_at: null,
  ...changes,
});
const clientOf = (changes: Partial<DataOf<typeof createOAuthClient>> = {}): DataOf<typeof createOAuthClient> => ({
  name: 'robot',
  scopes: ['agents:read', 'tasks:submit'],
  owner: bootstrap,
  rate_limit: null,
  ...changes,
});
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

describe('credentials', () => {
  let identity: IdentityHarness;
  let replica: StartedService;
  const shown: string[] = [];

  beforeAll(async () => {
    identity = await startIdentity();
    replica = await identity.secondReplica();
  });

  afterAll(() => identity?.stop());

  async function newClient(changes: Partial<DataOf<typeof createOAuthClient>> = {}) {
    const client = await identity.expectDone(createOAuthClient, clientOf(changes));
    shown.push(client.client_secret);
    return client;
  }
  const token = (client: { client_id: string; client_secret: string }, changes: object = {}) =>
    identity.expectDone(issueClientToken, { ...client, address: '192.0.2.1', ...changes });
  const refusals = () => identity.told<RefusalEvent['data']>('refusal');

  it('should create a key that is shown once and kept as a digest', async () => {
    const { key, api_key_id, created_at } = await identity.expectDone(createApiKey, keyOf());
    shown.push(key);
    const [, id, secret] = API_KEY.exec(key)!;
    expect(id).toBe(api_key_id.replaceAll('-', ''));
    const [created] = await identity.told<ApiKeyDocument>(`apikey-${api_key_id}`);
    expect(created!.data).toEqual({ ...keyOf(), api_key_id, created_at, secret_hash: sha256(secret!) });
  });

  it('should tell a repetition that the secret was shown, and create nothing more', async () => {
    const before = (await identity.told('apikey')).length;
    const command_id = newId();
    const first = await identity.expectDone(createApiKey, keyOf(), { command_id });
    shown.push(first.key);
    for (let again = 0; again < 4; again += 1) {
      const repeated = await identity.ask(createApiKey, keyOf(), { command_id });
      expect(repeated).toMatchObject({ rejection: 'conflict', code: 'secret_already_shown' });
    }
    const other = await identity.ask(createApiKey, keyOf({ name: 'other' }), { command_id });
    expect(other).toMatchObject({ code: 'idempotency_key_reused' });
    expect(await identity.told('apikey')).toHaveLength(before + 1);

    const clientId = newId();
    shown.push((await identity.expectDone(createOAuthClient, clientOf(), { command_id: clientId })).client_secret);
    expect(await identity.ask(createOAuthClient, clientOf(), { command_id: clientId })).toMatchObject({
      code: 'secret_already_shown',
    });
  });

  it('should give one secret for one command, however many ask at once', async () => {
    const command_id = newId();
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => identity.ask(createApiKey, keyOf(), { command_id })),
    );
    const given = answers.flatMap((answer) => (answer.kind === 'done' ? [answer.result.key] : []));
    shown.push(...given);
    expect(given).toHaveLength(1);
    expect(answers.filter((answer) => answer.kind === 'rejected').map(({ code }) => code)).toEqual(
      new Array(9).fill('secret_already_shown'),
    );
  });

  it('should take nothing from the sender that is not its to say', async () => {
    const mine = {
      secret_hash: sha256('mine'),
      api_key_id: newId(),
      created_at: '2000-01-01T00:00:00Z',
      revoked_at: null,
    };
    const { key, api_key_id } = await identity.expectDone(createApiKey, { ...keyOf(), ...mine });
    shown.push(key);
    expect(api_key_id).not.toBe(mine.api_key_id);
    const [created] = await identity.told<ApiKeyDocument>(`apikey-${api_key_id}`);
    expect(created!.data.secret_hash).not.toBe(mine.secret_hash);
    expect(created!.data.created_at).not.toBe(mine.created_at);
    expect(await identity.told(`apikey-${mine.api_key_id}`)).toEqual([]);
  });

  it('rejects scopes beyond what the owner may now', async () => {
    const viewer = { type: 'user', id: await identity.user('viewer') } as const;
    const own = await identity.expectDone(createApiKey, keyOf({ owner: viewer, scopes: ['agents:read'] }));
    shown.push(own.key);
    const beyond = { rejection: 'forbidden', code: 'scope_not_allowed', pointer: '/scopes' };
    const scopes = ['agents:read' as const, 'users:manage' as const];
    expect(await identity.ask(createApiKey, keyOf({ owner: viewer, scopes }))).toMatchObject(beyond);
    expect(await identity.ask(createOAuthClient, clientOf({ owner: viewer, scopes }))).toMatchObject(beyond);
    const gone = await identity.user('admin');
    await identity.expectDone(changeUser, { user_id: gone, disabled: true });
    for (const id of [newId(), 'nobody', gone])
      expect(await identity.ask(createApiKey, keyOf({ owner: { type: 'user', id } }))).toMatchObject(beyond);
    // The control: an admin may give them.
    const admin = { type: 'user', id: await identity.user('admin') } as const;
    shown.push((await identity.expectDone(createApiKey, keyOf({ owner: admin, scopes }))).key);
  });

  it('rejects a key that would give on more than it was given', async () => {
    const small = await identity.expectDone(createApiKey, keyOf({ scopes: ['api_keys:own', 'agents:read'] }));
    shown.push(small.key);
    const actor = { type: 'api_key', id: small.api_key_id } as const;
    expect(await identity.ask(createApiKey, keyOf({ scopes: ['users:manage'] }), { actor })).toMatchObject({
      code: 'scope_not_allowed',
    });
    shown.push((await identity.expectDone(createApiKey, keyOf({ scopes: ['agents:read'] }), { actor })).key);
    await identity.expectDone(revokeApiKey, { api_key_id: small.api_key_id });
    expect(await identity.ask(createApiKey, keyOf({ scopes: ['agents:read'] }), { actor })).toMatchObject({
      code: 'scope_not_allowed',
    });
  });

  it.each([
    [{ expires_at: '2020-01-01T00:00:00Z' }, '/expires_at'],
    [{ scopes: ['profile:own'] }, '/scopes/0'],
    [{ scopes: ['agents:read', 'agents:read'] }, '/scopes'],
    [{ scopes: [] }, '/scopes'],
    [{ name: 'a\u0000b' }, '/name'],
    [{ owner: { type: 'root', id: 'x' } }, '/owner/type'],
  ])('rejects %j, naming the field', async (changes, pointer) => {
    expect(await identity.ask(createApiKey, keyOf(changes as never))).toMatchObject({ rejection: 'invalid', pointer });
  });

  it('should revoke once, and only for the owner', async () => {
    const owner = { type: 'user', id: await identity.user('operator') } as const;
    const { api_key_id, key } = await identity.expectDone(createApiKey, keyOf({ owner }));
    shown.push(key);
    const stranger = await identity.ask(revokeApiKey, { api_key_id, owner_id: newId() });
    expect(stranger).toMatchObject({ rejection: 'not_found', code: 'api_key_not_found' });
    const [first, ...others] = await Promise.all(
      Array.from({ length: 5 }, () => identity.expectDone(revokeApiKey, { api_key_id, owner_id: owner.id })),
    );
    for (const other of others) expect(other).toEqual(first);
    expect((await identity.told(`apikey-${api_key_id}`)).map(({ type }) => type)).toEqual([
      'ApiKeyCreated',
      'ApiKeyRevoked',
    ]);
  });

  it('should give clients tokens that the key in the log verifies, made once by both replicas', async () => {
    const client = await newClient();
    const issued = await token(client, { scope: 'agents:read' });
    if (issued.outcome !== 'granted') throw new Error(issued.error);
    shown.push(issued.access_token);
    expect(issued).toMatchObject({ expires_in: 900, scope: 'agents:read' });
    const [created, ...others] = await identity.told<{ key_id: string; public_key: string }>('signingkey');
    expect(others).toEqual([]);
    expect(decodeProtectedHeader(issued.access_token)).toEqual({
      alg: 'EdDSA',
      typ: 'at+jwt',
      kid: created!.data.key_id,
    });
    const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: created!.data.public_key }, format: 'jwk' });
    const { payload } = await jwtVerify(issued.access_token, key, { issuer: TOKEN_ISSUER, audience: TOKEN_AUDIENCE });
    expect(ClientTokenClaims.parse(payload)).toMatchObject({ sub: client.client_id, scopes: ['agents:read'] });
    expect(await token(client, { scope: 'users:manage' })).toEqual({ outcome: 'refused', error: 'invalid_scope' });
  });

  it('rejects revoked clients, and those whose owner is gone', async () => {
    const client = await newClient();
    await identity.expectDone(revokeOAuthClient, { client_id: client.client_id });
    expect(await token(client)).toEqual({ outcome: 'refused', error: 'invalid_client' });
    const owner = { type: 'user', id: await identity.user('operator') } as const;
    const owned = await newClient({ owner });
    expect(await token(owned)).toMatchObject({ outcome: 'granted' });
    await identity.expectDone(changeUser, { user_id: owner.id, role: 'viewer' });
    expect(await token(owned)).toMatchObject({ outcome: 'granted', scope: 'agents:read' });
    await identity.expectDone(changeUser, { user_id: owner.id, disabled: true });
    expect(await token(owned)).toEqual({ outcome: 'refused', error: 'invalid_client' });
    expect(await identity.ask(revokeOAuthClient, { client_id: newId() })).toMatchObject({ rejection: 'not_found' });
  });

  it('should hold up who guesses secrets, keep nobody else out, and tell of it', async () => {
    const client = await newClient();
    const address = '203.0.113.99';
    const wrong = { client_secret: `ao_secret_${'A'.repeat(43)}`, address };
    const answers = [];
    for (let guess = 0; guess < 12; guess += 1) answers.push(await token(client, wrong));
    expect(answers.slice(0, 10)).toEqual(new Array(10).fill({ outcome: 'refused', error: 'invalid_client' }));
    expect(answers.slice(10)).toEqual([
      { outcome: 'refused', error: 'throttled', retry_after_seconds: expect.any(Number) },
      { outcome: 'refused', error: 'throttled', retry_after_seconds: expect.any(Number) },
    ]);
    expect(await token(client, { address })).toMatchObject({ error: 'throttled' });
    expect(await token(client, { address: '203.0.113.98' })).toMatchObject({ outcome: 'granted' });

    await eventually(async () => {
      const noted = (await refusals()).filter(({ data }) => data.principal?.id === client.client_id);
      expect(noted.map(({ data }) => data.code)).toEqual(expect.arrayContaining(['invalid_client', 'throttled']));
      expect(noted[0]!.data.address).toMatch(/^s1\.installation\./);
    });
    expect(await identity.rowsWith(address)).toBe(0);
  });

  it('should note what gateways refused, in words that forge no line', async () => {
    const first_at = new Date().toISOString();
    const refusal = {
      kind: 'permission' as const,
      code: 'forbidden',
      route: 'GET /x\r\n{"level":60,"forged":true}',
      permission: 'users:manage',
      principal: { type: 'api_key', id: newId() },
      address: '198.51.100.200',
      count: 3,
      first_at,
      last_at: first_at,
    };
    expect(await identity.expectDone(recordRefusals, { refusals: [refusal] })).toEqual({ recorded: 1 });
    await eventually(async () => {
      const noted = (await refusals()).find(({ data }) => data.principal?.id === refusal.principal.id);
      expect(noted?.data).toMatchObject({
        ...refusal,
        route: 'GET /x{"level":60,"forged":true}',
        address: expect.any(String),
      });
    });
    expect(await identity.rowsWith(refusal.address)).toBe(0);
  });

  it('should bound the events of a flood', async () => {
    const before = (await refusals()).length;
    const at = new Date().toISOString();
    for (let batch = 0; batch < 5; batch += 1)
      await identity.expectDone(recordRefusals, {
        refusals: Array.from({ length: 100 }, (_, index) => ({
          ...{ kind: 'rate_limit' as const, code: 'rate_limited', route: 'GET /', permission: null, principal: null },
          ...{ address: `10.${batch}.0.${index}`, count: 1, first_at: at, last_at: at },
        })),
      });
    // Whatever is still counted is written at the end: both replicas are asked to end.
    await Promise.all([identity.stack.service('identity').stop(), replica.stop()]);
    const flood = (await refusals()).slice(before).filter(({ data }) => data.kind === 'rate_limit');
    expect(flood.reduce((sum, { data }) => sum + data.count, 0)).toBeGreaterThanOrEqual(500);
    // At most two replicas, and two minutes when one has just begun.
    expect(flood.length).toBeLessThanOrEqual(4 * 61);
    expect(flood.some(({ data }) => data.route === null)).toBe(true);
    await identity.stack.restart('identity');
  });

  it('should sign with a new key after a rotation, and keep the trust in the old one', async () => {
    const client = await newClient();
    const command_id = newId();
    const { key_id } = await identity.expectDone(rotateSigningKey, {}, { command_id });
    expect(await identity.expectDone(rotateSigningKey, {}, { command_id })).toEqual({ key_id });
    const keys = await identity.told<{ key_id: string }>('signingkey');
    expect(keys.map(({ type }) => type)).toEqual(['SigningKeyCreated', 'SigningKeyCreated']);
    expect(keys[1]!.data.key_id).toBe(key_id);
    await eventually(
      async () => {
        const issued = await token(client);
        if (issued.outcome !== 'granted') throw new Error(issued.error);
        expect(decodeProtectedHeader(issued.access_token).kid).toBe(key_id);
      },
      { timeoutMs: 15_000 },
    );
  });

  it('should keep no secret that it has shown, anywhere', async () => {
    expect(shown.length).toBeGreaterThan(10);
    for (const secret of shown) {
      expect(await identity.rowsWith(secret)).toBe(0);
      // The secret part alone as well.
      expect(await identity.rowsWith(secret.slice(-43))).toBe(0);
      expect(identity.stack.service('identity').output.join('\n')).not.toContain(secret.slice(-43));
    }
    // The control: what is kept of them is found.
    const [, id, secret] = API_KEY.exec(shown[0]!)!;
    expect(await identity.rowsWith(sha256(secret!))).toBe(1);
    expect(id).toBeDefined();
  });
});
