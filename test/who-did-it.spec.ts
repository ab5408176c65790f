import { Sealed } from '@ao/contracts';
import { eventually, testStack, type TestStack } from '@ao/testing';
import type { Pool } from 'pg';

interface Recorded {
  readonly stream_id: string;
  readonly type: string;
  readonly data: Record<string, unknown>;
  readonly metadata: { readonly actor: object; readonly address?: string };
}

/** Every event says who caused it and, sealed, from where; what was refused is in the log too. */
describe('who did it, and from where', () => {
  let stack: TestStack;
  let pool: Pool;

  beforeAll(async () => {
    stack = await testStack({
      services: ['identity', 'registry', 'gateway'],
      env: { COORDINATOR_OPEN: 'false', TRUSTED_PROXIES: '127.0.0.0/8' },
    });
    pool = stack.database.pool();
  });
  afterAll(async () => {
    await stack?.stop();
  });

  const FROM = '203.0.113.99';
  async function call(method: string, route: string, token?: string, body?: object) {
    const answer = await fetch(stack.url + route, {
      method,
      headers: {
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(body && { 'content-type': 'application/json' }),
        'x-forwarded-for': FROM,
      },
      body: body && JSON.stringify(body),
    });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  }
  const events = async (type: string): Promise<Recorded[]> =>
    (
      await pool.query<Recorded>(
        'select stream_id, type, data, metadata from event_log.events where type = $1 order by position',
        [type],
      )
    ).rows;
  const logIn = async () => {
    const { status, body } = await call('POST', '/api/v1/auth/login', undefined, stack.admin);
    expect(status).toBe(200);
    return String(body.access_token);
  };
  const registerAgent = (agent_id: string, token: string) =>
    call('POST', '/agents/register', token, { agent_id, agent_type: 'worker' });
  const registered = async (agentId: string) =>
    (await events('AgentRegistered')).find(({ data }) => data.external_id === agentId);

  it('should name a person, a key, and the operator’s key, and seal where they called from', async () => {
    const token = await logIn();
    const me = (await call('GET', '/api/v1/auth/me', token)).body;
    expect((await registerAgent('by-a-person', token)).status).toBe(200);
    const made = await call('POST', '/api/v1/security/api-keys', token, { name: 'k', scopes: ['agents:register'] });
    expect(made.status).toBe(201);
    const keyText = JSON.stringify(made.body);
    const key = /ao_live_[0-9a-f]{32}_[A-Za-z0-9_-]{43}/.exec(keyText)![0];
    expect((await registerAgent('by-a-key', key)).status).toBe(200);
    expect((await registerAgent('by-the-operator', stack.apiKey)).status).toBe(200);

    const [person, byKey, operator] = await Promise.all(
      ['by-a-person', 'by-a-key', 'by-the-operator'].map((agentId) => registered(agentId)),
    );
    expect(person!.metadata.actor).toEqual({ type: 'user', id: me.id ?? me.user_id });
    expect(byKey!.metadata.actor).toMatchObject({ type: 'api_key' });
    expect(operator!.metadata.actor).toEqual({ type: 'api_key', id: 'bootstrap' });
    for (const event of [person, byKey, operator]) expect(Sealed.safeParse(event!.metadata.address).success).toBe(true);
    const user = (person!.metadata.actor as { id: string }).id;
    expect(person!.metadata.address).toContain(`s1.user-${user}.`);
    expect(byKey!.metadata.address).toContain(`s1.user-${user}.`);
    expect(operator!.metadata.address).toContain('s1.installation.');
  });

  it('should record what was refused, counted, and nothing of it in clear', async () => {
    const token = await logIn();
    const made = await call('POST', '/api/v1/admin/users', token, {
      ...{ email: 'viewer@example.org', password: 'correct horse battery staple', full_name: 'V', role: 'viewer' },
    });
    expect(made.status).toBe(201);
    const viewer = String(
      (
        await call('POST', '/api/v1/auth/login', undefined, {
          ...{ email: 'viewer@example.org', password: 'correct horse battery staple' },
        })
      ).body.access_token,
    );
    for (let n = 0; n < 3; n += 1) {
      expect((await call('GET', '/api/v1/tasks', `ao_live_${'0'.repeat(32)}_${'x'.repeat(43)}`)).status).toBe(401);
      expect((await call('GET', '/api/v1/admin/users', viewer)).status).toBe(403);
    }
    await eventually(async () => {
      const refused = (await events('AccessRefused')).map(({ data }) => data);
      expect(refused.find(({ kind }) => kind === 'credential')).toMatchObject({
        ...{ code: 'unauthenticated', route: 'GET /api/v1/tasks', principal: null },
      });
      expect(refused.find(({ kind }) => kind === 'permission')).toMatchObject({
        ...{ code: 'forbidden', route: 'GET /api/v1/admin/users', permission: 'users:manage' },
        principal: { type: 'user' },
      });
    });
    const refused = await events('AccessRefused');
    const of = (kind: string) => refused.filter(({ data }) => data.kind === kind);
    expect(of('credential').reduce((sum, { data }) => sum + Number(data.count), 0)).toBe(3);
    expect(of('permission').reduce((sum, { data }) => sum + Number(data.count), 0)).toBe(3);
    const everything = JSON.stringify((await pool.query('select data, metadata from event_log.events')).rows);
    for (const clear of [FROM, 'x'.repeat(43), 'viewer@example.org']) expect(everything).not.toContain(clear);
  });

  it('should write without the address, and hardly later, while identity is away', async () => {
    await stack.service('identity').kill();
    const since = performance.now();
    const { status } = await call('POST', '/agents/register', stack.apiKey, {
      ...{ agent_id: 'known-address', agent_type: 'worker' },
    });
    // Sealed before, for the same caller: still there.
    expect(status).toBe(200);
    expect((await registered('known-address'))!.metadata.address).toContain('s1.installation.');
    const elsewhere = await fetch(`${stack.url}/agents/register`, {
      method: 'POST',
      headers: {
        ...{ authorization: `Bearer ${stack.apiKey}`, 'content-type': 'application/json' },
        'x-forwarded-for': '198.51.100.4',
      },
      body: JSON.stringify({ agent_id: 'new-address', agent_type: 'worker' }),
    });
    expect(elsewhere.status).toBe(200);
    expect((await registered('new-address'))!.metadata.address).toBeUndefined();
    expect(performance.now() - since).toBeLessThan(5_000);
  });
});
