import { eventually, testStack, type TestStack } from '@ao/testing';
import { cardFaults } from '../apps/gateway/src/faces/a2a/agent-card.testing';
import { IdentityClient } from './identity-api.fixture';

const CONTROL_PLANE = '/.well-known/agent-card.json';
const UNKNOWN = '01890a5d-ac96-774b-bcce-b302099a8057';

interface Card {
  readonly name: string;
  readonly description: string;
  readonly skills: readonly { readonly id: string; readonly examples?: readonly string[] }[];
  readonly supportedInterfaces: readonly { readonly url: string; readonly tenant?: string }[];
}

/** Agent cards of A2A, and the capabilities that they and everything else go by, against everything real. */
describe('what agents can do, as others are told', () => {
  let stack: TestStack;
  let api: IdentityClient;

  beforeAll(async () => {
    stack = await testStack({ services: ['gateway', 'identity', 'registry', 'discovery', 'tasks'] });
    api = new IdentityClient(stack);
    const settings = { 'rate_limits.requests_per_minute': 100_000, 'rate_limits.requests_per_hour': 1_000_000 };
    await eventually(async () => {
      expect((await api.operator('PUT', '/api/v1/settings/bulk', { settings })).status).toBe(200);
    });
  });
  afterAll(async () => {
    await stack?.stop();
  });

  const call = (method: string, route: string, body?: unknown) => api.operator(method, route, body);
  const get = (route: string, headers: Record<string, string> = {}) => fetch(`${stack.url}${route}`, { headers });
  const asOperator = (route: string, headers: Record<string, string> = {}) =>
    get(route, { authorization: `Bearer ${stack.apiKey}`, ...headers });
  const cardOf = (id: string) => `/api/v1/agents/${id}${CONTROL_PLANE}`;
  const register = async (agent_id: string, more: object = {}) => {
    expect((await call('POST', '/agents/register', { agent_id, agent_type: 'worker', ...more })).status).toBe(200);
    return String((await call('GET', `/api/v1/agents/${agent_id}`)).body.id);
  };
  const record = async (agent_id: string, capability: string, metadata: object = {}) => {
    const answer = await call('POST', '/api/v1/discovery/capabilities', { agent_id, capability, metadata });
    expect(answer.status).toBe(201);
    return String((answer.body.data as { id: string }).id);
  };
  const remove = async (capabilityId: string) =>
    expect((await call('DELETE', `/api/v1/discovery/capabilities/${capabilityId}`)).status).toBe(200);
  const able = async (capability: string) => {
    const answer = await call('GET', `/api/v1/agents?capability=${capability}`);
    expect(answer.status).toBe(200);
    return (answer.body as unknown as { external_id: string; capabilities: string[] }[]).map((a) => a.external_id);
  };

  it('should show the card of the control plane to anyone, and nothing of the fleet on it', async () => {
    await register('confidential-agent', { capabilities: ['confidential.work'] });
    const answer = await get(CONTROL_PLANE);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
    expect(answer.headers.get('cache-control')).toBe('public, max-age=300');
    const text = await answer.text();
    expect(text).not.toMatch(/confidential/);
    const card = JSON.parse(text) as Card;
    expect(cardFaults(card)).toEqual([]);
    expect(card.supportedInterfaces).toMatchObject([{ url: `${stack.url}/api/v1/tasks` }]);

    const etag = answer.headers.get('etag')!;
    const again = await get(CONTROL_PLANE, { 'if-none-match': `W/${etag}, "other"` });
    expect([again.status, again.headers.get('etag'), await again.text()]).toEqual([304, etag, '']);
    expect((await get(CONTROL_PLANE, { 'if-none-match': '"other"' })).status).toBe(200);
    expect((await fetch(`${stack.url}${CONTROL_PLANE}`, { method: 'POST' })).status).toBe(405);
  });

  it('should name what operators named', async () => {
    const settings = { 'general.public_url': 'https://ao.example.org/', 'general.installation_name': 'Ours' };
    expect((await call('PUT', '/api/v1/settings/bulk', { settings })).status).toBe(200);
    await eventually(async () => {
      const card = (await (await get(CONTROL_PLANE)).json()) as Card;
      expect(card).toMatchObject({
        name: 'Ours',
        documentationUrl: 'https://ao.example.org/docs',
        supportedInterfaces: [{ url: 'https://ao.example.org/api/v1/tasks' }],
      });
    });
    const before = { 'general.public_url': '' };
    expect((await call('PUT', '/api/v1/settings/bulk', { settings: before })).status).toBe(200);
  });

  it('should show the card of an agent, its skills from its profile and its records, to who may read agents', async () => {
    const id = await register('reader', { capabilities: ['translate'], version: '2.0' });
    const metadata = { description: 'Extracts text', representative_queries: ['Read this scan'], tags: ['pdf'] };
    await record('reader', 'document.ocr', metadata);
    const answer = await asOperator(cardOf('reader'));
    expect(answer.status).toBe(200);
    expect(answer.headers.get('cache-control')).toBe('private, no-cache');
    const card = (await answer.json()) as Card;
    expect(cardFaults(card)).toEqual([]);
    expect(card).toMatchObject({ version: '2.0', supportedInterfaces: [{ tenant: id }] });
    expect(card.skills).toEqual([
      {
        ...{ id: 'document.ocr', name: 'document.ocr', description: 'Extracts text' },
        ...{ tags: ['document', 'ocr', 'pdf'], examples: ['Read this scan'] },
      },
      { id: 'translate', name: 'translate', description: 'Capability translate', tags: ['translate'] },
    ]);

    const etag = answer.headers.get('etag')!;
    expect((await asOperator(cardOf(id), { 'if-none-match': etag })).status).toBe(304);
    await record('reader', 'document.ocr', { ...metadata, description: 'Extracts more' });
    const changed = await asOperator(cardOf(id), { 'if-none-match': etag });
    expect([changed.status, changed.headers.get('etag')]).not.toEqual([304, etag]);

    const head = changed.headers.get('etag');
    const waited = await asOperator(`${cardOf(id)}?at_least=1`);
    expect([waited.status, waited.headers.get('etag')]).toEqual([200, head]);

    const refused = await get(cardOf('reader'), { 'if-none-match': '*' });
    expect([refused.status, refused.headers.get('cache-control')]).toEqual([401, 'no-store']);
    for (const unknown of [UNKNOWN, 'nobody', 'a b']) {
      const none = await asOperator(cardOf(encodeURIComponent(unknown)), { 'if-none-match': '*' });
      expect([none.status, await none.json()]).toMatchObject([404, { code: 'agent_not_found' }]);
    }
    expect((await call('DELETE', `/api/v1/agents/${id}`)).status).toBe(200);
    expect((await asOperator(cardOf(id))).status).toBe(404);
  });

  it('should find agents by what was registered for them as by words of their profile, until it is removed', async () => {
    await register('by-profile', { capabilities: ['paint'] });
    await register('by-record');
    const id = await record('by-record', 'paint', { colours: 7 });
    expect(await able('paint')).toEqual(['by-record', 'by-profile']);
    expect((await call('GET', '/api/v1/agents/by-record')).body).toMatchObject({ capabilities: ['paint'] });
    expect((await call('GET', '/agents/by-record')).body).toMatchObject({ agent: { capabilities: ['paint'] } });
    expect((await call('GET', '/v1/agents/by-record')).body).toMatchObject({ data: { capabilities: ['paint'] } });
    const changed = await call('PATCH', '/api/v1/agents/by-record', { description: 'Paints' });
    expect(changed.body).toMatchObject({ description: 'Paints', capabilities: ['paint'] });

    await remove(id);
    expect(await able('paint')).toEqual(['by-profile']);
    // The profile says it still.
    await remove(await record('by-profile', 'paint'));
    expect(await able('paint')).toEqual(['by-profile']);
    // And the other way round: the profile says it no more, the record does.
    await record('by-profile', 'paint');
    expect((await call('PATCH', '/api/v1/agents/by-profile', { capabilities: [] })).status).toBe(200);
    expect(await able('paint')).toEqual(['by-profile']);
    expect((await call('DELETE', '/api/v1/discovery/agents/by-profile')).status).toBe(200);
    expect(await able('paint')).toEqual([]);
  });

  it('should give tasks to agents for what was registered for them', async () => {
    const id = await register('sculptor', { max_concurrent_tasks: 9 });
    const submit = async () => {
      const body = { type: 'any', requirements: { capabilities: ['sculpt'] } };
      return String((await call('POST', '/api/v1/tasks', body)).body.task_id);
    };
    const early = await submit();
    await record('sculptor', 'sculpt');
    const late = await submit();
    for (const task of [early, late])
      await eventually(async () =>
        expect((await call('GET', `/api/v1/tasks/${task}`)).body).toMatchObject({ status: 'assigned', agent_id: id }),
      );
  });
});
