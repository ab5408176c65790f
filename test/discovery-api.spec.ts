import { eventually, type TestStack } from '@ao/testing';
import { enrolmentStack, type EnrolmentStack } from './enrolment.fixture';

type Json = Record<string, unknown>;
interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Json;
  readonly data: Json;
}

const UNKNOWN = '01890a5d-ac96-774b-bcce-b302099a8057';

/** Rows 194 to 199 and 201 to 204, as seed 004 prints them, with everything running. */
describe('the discovery API', () => {
  let enrolment: EnrolmentStack;
  let stack: TestStack;
  beforeAll(async () => {
    enrolment = await enrolmentStack();
    stack = enrolment.stack;
  });
  afterAll(() => enrolment?.stop());

  async function call(method: string, path: string, body?: Json): Promise<Answer> {
    const response = await fetch(`${stack.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${stack.apiKey}`, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const json = (text === '' ? {} : JSON.parse(text)) as Json;
    return { status: response.status, headers: response.headers, body: json, data: json['data'] as Json };
  }
  async function done(method: string, path: string, body?: Json): Promise<Answer> {
    const answer = await call(method, path, body);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer;
  }
  const discovery = (path: string) => `/api/v1/discovery${path}`;
  async function agent(agent_id: string, more: Json = {}): Promise<void> {
    await done('POST', '/agents/register', { agent_id, agent_type: 'worker', ...more });
  }
  const capability = (agent_id: string, name: string, more: Json = {}) =>
    done('POST', discovery('/capabilities'), { agent_id, capability: name, ...more });
  async function routes(query: string): Promise<string[]> {
    const { data } = await done('GET', discovery(`/agents?${query}`));
    return (data['agents'] as Json[]).map(({ agent_id }) => agent_id as string);
  }
  async function namesOf(agent_id: string): Promise<string[]> {
    const { data } = await done('GET', discovery(`/capabilities?agent_id=${agent_id}`));
    return (data['capabilities'] as Json[]).map(
      ({ capability: name, origin }) => `${name as string} ${origin as string}`,
    );
  }
  const uuidOf = async (alias: string) => (await done('GET', `/api/v1/agents/${alias}`)).body['id'] as string;

  it("should register the seed's capability, show it and find its agent", async () => {
    await agent('document-processor');
    const request = {
      agent_id: 'document-processor',
      capability: 'document.ocr',
      metadata: { supported_formats: ['pdf', 'png', 'jpg'], max_file_size_mb: 50, version: '1.0.0' },
      groups: ['production', 'us-east'],
    };
    const made = await call('POST', discovery('/capabilities'), request);
    expect(made.status).toBe(201);
    const { id } = made.data;
    expect(made.data).toEqual({
      ...request,
      id: expect.stringMatching(/^cap_[0-9a-f]{32}$/) as string,
      origin: 'record',
      created_at: expect.stringMatching(/^\d{4}-.*Z$/) as string,
    });
    expect(Number(made.headers.get('log-position'))).toBeGreaterThan(0);

    const plain = (id as string).slice(4);
    const uuid = plain.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
    for (const written of [id as string, plain, uuid, uuid.toUpperCase()])
      expect((await done('GET', discovery(`/capabilities/${written}`))).data).toEqual(made.data);
    const list = await done('GET', discovery('/capabilities?agent_id=document-processor'));
    expect(list.data).toEqual({ capabilities: [made.data] });
    expect(list.headers.get('x-total-count')).toBe('1');

    const found = await done('GET', discovery('/agents?capability=document.ocr&strategy=round_robin'));
    expect(found.data).toEqual({
      agents: [
        {
          agent_id: 'document-processor',
          capability: 'document.ocr',
          metadata: request.metadata,
          load: 0,
          health: 'healthy',
          last_heartbeat: expect.stringMatching(/Z$/) as string,
        },
      ],
      strategy: 'round_robin',
    });
  });

  it('should change a record that is registered again, and keep its id', async () => {
    await agent('changing');
    const first = await capability('changing', 'c.one', { groups: ['a'] });
    const second = await capability('changing', 'c.one', { metadata: { v: 2 }, groups: ['b'] });
    expect(second.data).toEqual({ ...first.data, metadata: { v: 2 }, groups: ['b'] });
    expect(await routes('capability=c.one&group=a')).toEqual([]);
    expect(await routes('capability=c.one&group=b')).toEqual(['changing']);
  });

  it('should take an agent by any of its ids, and show its own', async () => {
    await agent('many-names');
    const uuid = await uuidOf('many-names');
    for (const [index, written] of [
      uuid,
      uuid.toUpperCase(),
      'many-names',
      `agent_${uuid.replaceAll('-', '')}`,
    ].entries()) {
      expect((await capability(written, `m.${index}`)).data['agent_id']).toBe('many-names');
      expect(await namesOf(written)).toHaveLength(index + 1);
      expect((await done('GET', discovery(`/agents/${written}/health`))).data['agent_id']).toBe('many-names');
    }
  });

  it('should remove one capability, or all of an agent, which stays', async () => {
    await agent('removing');
    const { data } = await capability('removing', 'r.1');
    await capability('removing', 'r.2');
    await capability('removing', 'r.3');
    const removed = await done('DELETE', discovery(`/capabilities/${data['id'] as string}`));
    expect(removed.data).toMatchObject({ deleted: true, id: data['id'] });
    expect((await call('GET', discovery(`/capabilities/${data['id'] as string}`))).status).toBe(404);
    expect((await call('DELETE', discovery(`/capabilities/${data['id'] as string}`))).body).toMatchObject({
      ...{ status: 404, code: 'capability_not_found' },
      errors: [{ pointer: '/path/capability_id' }],
    });
    expect((await done('DELETE', discovery('/agents/removing'))).data).toEqual({ agent_id: 'removing', removed: 2 });
    expect(await namesOf('removing')).toEqual([]);
    expect((await call('GET', '/api/v1/agents/removing')).status).toBe(200);
  });

  it('should make records of the words of other faces, and take only those away with the words', async () => {
    await agent('worded', { capabilities: ['w.a', 'w.b'] });
    await eventually(async () => expect(await namesOf('worded')).toEqual(['w.a agent', 'w.b agent']));
    expect(await routes('capability=w.*')).toEqual(['worded']);
    await capability('worded', 'w.b', { groups: ['kept'] });
    await agent('worded', { capabilities: ['w.c'] });
    await eventually(async () => expect(await namesOf('worded')).toEqual(['w.b record', 'w.c agent']));
  });

  it('should find by what a name begins with', async () => {
    await agent('taxonomy-1');
    await agent('taxonomy-2');
    await capability('taxonomy-1', 'tax.read.pdf');
    await capability('taxonomy-1', 'tax.read.png');
    await capability('taxonomy-2', 'tax.write');
    expect((await routes('capability=tax.*')).sort()).toEqual(['taxonomy-1', 'taxonomy-2']);
    expect(await routes('capability=tax.read.*')).toEqual(['taxonomy-1']);
    expect(await routes('capability=tax.read')).toEqual([]);
    expect(await routes('capability=tax')).toEqual([]);
  });

  describe('with three that can do the same', () => {
    const names = ['three-1', 'three-2', 'three-3'];
    beforeAll(async () => {
      for (const name of names) {
        await agent(name);
        await capability(name, 'three', { groups: ['trio', name] });
      }
    });

    it('should go round', async () => {
      const turns: string[] = [];
      for (let turn = 0; turn < 9; turn += 1)
        turns.push(...(await routes('capability=three&strategy=round_robin&limit=1')));
      for (const name of names) expect(turns.filter((each) => each === name)).toHaveLength(3);
      expect(turns[0]).not.toBe(turns[1]);
    });

    it('should take each strategy, and no other', async () => {
      const strategies = ['round_robin', 'least_loaded', 'random', 'first_available', 'weighted', 'latency', 'trust'];
      for (const strategy of [...strategies, 'least_connections'])
        expect((await routes(`capability=three&strategy=${strategy}`)).sort()).toEqual(names);
      expect((await call('GET', discovery('/agents?capability=three&strategy=best'))).body).toMatchObject({
        ...{ status: 422, errors: [{ pointer: '/query/strategy' }] },
      });
      expect((await call('GET', discovery('/agents?strategy=random'))).body).toMatchObject({
        ...{ status: 422, errors: [{ pointer: '/query/capability' }] },
      });
    });

    it('should hear beats, and go by what they say', async () => {
      for (const [index, load] of [0.9, 0.2, 0.5].entries()) {
        const beat = await done('POST', discovery('/heartbeat'), {
          ...{ agent_id: names[index], load, metadata: { active_tasks: 5, memory_mb: 512, region: 'us' } },
        });
        expect(beat.data).toMatchObject({ agent_id: names[index], heartbeat_interval_seconds: 30 });
      }
      await eventually(async () => {
        const health = await done('GET', discovery('/agents/three-1/health'));
        expect(health.data).toEqual({
          agent_id: 'three-1',
          status: 'healthy',
          load: 0.9,
          last_heartbeat: expect.stringMatching(/Z$/) as string,
          uptime_seconds: expect.any(Number) as number,
        });
        expect(await routes('capability=three&strategy=least_loaded')).toEqual(['three-2', 'three-3', 'three-1']);
      });
      const shown = await done('GET', '/agents/three-1');
      expect(shown.body).toMatchObject({ agent: { load_metrics: { load: 0.9, active_tasks: 5, memory_mb: 512 } } });
    });

    it('should list groups and who is in one', async () => {
      const { data } = await done('GET', discovery('/groups?limit=1000'));
      expect(data['groups']).toEqual(
        expect.arrayContaining([
          { name: 'trio', agents: 3, capabilities: 3 },
          { name: 'three-2', agents: 1, capabilities: 1 },
        ]),
      );
      const members = await done('GET', discovery('/groups/trio/agents'));
      expect((members.data['agents'] as Json[]).map(({ agent_id }) => agent_id)).toEqual(names);
      expect((members.data['agents'] as Json[])[0]).toMatchObject({ capabilities: ['three'], health: 'healthy' });
      const second = await done('GET', discovery('/groups/trio/agents?limit=1&offset=1'));
      expect((second.data['agents'] as Json[]).map(({ agent_id }) => agent_id)).toEqual(['three-2']);
      expect(second.headers.get('x-total-count')).toBe('3');
      expect((await call('GET', discovery('/groups/nobody/agents'))).body).toMatchObject({
        ...{ status: 404, code: 'group_not_found', errors: [{ pointer: '/path/group_name' }] },
      });
    });

    it('should route to nobody who was stopped', async () => {
      await done('PUT', '/agents/three-3/status', { status: 'inactive' });
      expect((await routes('capability=three')).sort()).toEqual(['three-1', 'three-2']);
      expect((await done('GET', discovery('/agents/three-3/health'))).data).toMatchObject({ status: 'unhealthy' });
      await done('PUT', '/agents/three-3/status', { status: 'active' });
      expect(await routes('capability=three')).toHaveLength(3);
    });
  });

  it('should follow agents in their silence', async () => {
    await agent('silent', { heartbeat_interval_seconds: 0.2 });
    await capability('silent', 'silence');
    await eventually(async () => {
      expect(await routes('capability=silence')).toEqual([]);
      expect((await done('GET', discovery('/agents/silent/health'))).data).toMatchObject({
        ...{ status: 'unhealthy', uptime_seconds: 0 },
      });
    });
    await done('POST', discovery('/heartbeat'), { agent_id: 'silent', load: 0 });
    await eventually(async () => expect(await routes('capability=silence')).toEqual(['silent']));
  });

  it('should let an agent beat for itself alone', async () => {
    const [one, other] = [await enrolment.enrolled('beats-itself'), await enrolment.enrolled('beats-nobody')];
    const beat = (agent_id: string) =>
      enrolment.as(one, 'POST', discovery('/heartbeat'), { agent_id, load: 0.7, metadata: {} });
    expect(await beat(one.agentId)).toMatchObject({ status: 200 });
    expect(await beat(other.agentId)).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    await eventually(async () => {
      expect((await done('GET', discovery(`/agents/${one.agentId}/health`))).data).toMatchObject({ load: 0.7 });
    });
    expect((await done('GET', discovery(`/agents/${other.agentId}/health`))).data).toMatchObject({ load: 0 });
  });

  it('should show an agent without an own id by ours', async () => {
    const made = await done('POST', '/v1/agents', {
      name: 'nameless',
      type: 'worker',
      capabilities: ['nameless.word'],
    });
    const id = ((made.body['data'] ?? made.body) as Json)['id'] as string;
    const { data } = await capability(id, 'nameless.record');
    expect(data['agent_id']).toMatch(/^[0-9a-f]{8}-/);
    await done('DELETE', `/v1/agents/${id}`);
    await eventually(async () => {
      expect((await call('GET', discovery(`/capabilities/${data['id'] as string}`))).status).toBe(404);
      expect((await call('GET', discovery(`/agents/${id}/health`))).status).toBe(404);
    });
  });

  it('rejects agents that are not there, and says where they stood', async () => {
    const cases = [
      ['POST', '/capabilities', { agent_id: UNKNOWN, capability: 'x' }, '/agent_id'],
      ['POST', '/capabilities', { agent_id: 'nobody', capability: 'x' }, '/agent_id'],
      ['GET', '/capabilities?agent_id=nobody', undefined, '/query/agent_id'],
      ['GET', `/capabilities?agent_id=${UNKNOWN}`, undefined, '/query/agent_id'],
      ['DELETE', `/agents/${UNKNOWN}`, undefined, '/path/agent_id'],
      ['GET', `/agents/${UNKNOWN}/health`, undefined, '/path/agent_id'],
      ['POST', '/heartbeat', { agent_id: UNKNOWN, load: 0.3 }, '/agent_id'],
      ['POST', '/heartbeat', { agent_id: 'nobody', load: 0.3 }, '/agent_id'],
    ] as const;
    for (const [method, path, body, pointer] of cases)
      expect([path, (await call(method, discovery(path), body)).body]).toMatchObject([
        path,
        { status: 404, code: 'agent_not_found', errors: [{ pointer }] },
      ]);
    for (const id of ['cap_xxx', 'cap_', UNKNOWN, `agent_${UNKNOWN}`])
      expect((await call('GET', discovery(`/capabilities/${id}`))).body).toMatchObject({
        code: 'capability_not_found',
      });
  });

  it('rejects metadata that a page could not hold', async () => {
    await agent('large');
    const metadata = { note: 'x'.repeat(20_000) };
    const { body } = await call('POST', discovery('/capabilities'), { agent_id: 'large', capability: 'l', metadata });
    expect(body).toMatchObject({ status: 413, code: 'metadata_too_large', errors: [{ pointer: '/metadata' }] });
  });

  it('should do a request once that is sent twice with one key', async () => {
    await agent('keyed');
    const send = () =>
      fetch(`${stack.url}${discovery('/capabilities')}`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${stack.apiKey}`,
          'content-type': 'application/json',
          'idempotency-key': 'capability-once',
        },
        body: JSON.stringify({ agent_id: 'keyed', capability: 'k.1' }),
      });
    const [first, second] = [await send(), await send()];
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(await second.json()).toEqual(await first.json());
  });
});
