import { eventually, testStack, type TestStack } from '@ao/testing';
import { IdentityClient, type Answer, type Person } from './identity-api.fixture';

const WORKFLOWS = '/api/v1/workflows';
const UNKNOWN = '01890a5d-ac96-774b-bcce-b302099a8057';
const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/) as unknown;

/** Rows 23 and 60 to 64, versions, validation and YAML, against everything real. */
describe('definitions of workflows', () => {
  let stack: TestStack;
  let api: IdentityClient;
  let admin: Person;

  beforeAll(async () => {
    stack = await testStack();
    api = new IdentityClient(stack);
    const settings = { 'rate_limits.requests_per_minute': 100_000, 'rate_limits.requests_per_hour': 1_000_000 };
    await eventually(async () => {
      expect((await api.operator('PUT', '/api/v1/settings/bulk', { settings })).status).toBe(200);
    });
    admin = await eventually(() => api.logIn(stack.admin));
  }, 240_000);
  afterAll(async () => {
    await stack?.stop();
  });

  const list = ({ text }: Answer) => JSON.parse(text) as Record<string, unknown>[];
  const errorsOf = ({ status, body }: Answer) => [
    status,
    (body['errors'] as { pointer: string }[]).map(({ pointer }) => pointer),
  ];
  const create = async (body: object): Promise<{ id: string; version: number } & Record<string, unknown>> => {
    const answer = await admin.call('POST', WORKFLOWS, body);
    expect([answer.status, answer.text]).toEqual([201, answer.text]);
    return answer.body as { id: string; version: number };
  };
  const task = (name: string, more: object = {}) => ({ name, step_type: 'task', config: { type: 'work' }, ...more });
  const prefixed = (id: string) => `workflow_${id.replaceAll('-', '')}`;

  it('should be created step by step as seed 003 has it, shown, listed and deleted', async () => {
    const made = await create({ name: 'nightly', description: 'd', is_template: true, config: { team: 'data' } });
    expect(made).toMatchObject({ status: 'draft', version: 1, config: { team: 'data' }, steps: [], is_template: true });
    const first = await admin.call('POST', `${WORKFLOWS}/${made.id}/steps`, {
      ...{ name: 'Data Extraction', step_type: 'task', order: 1, config: { agent_type: 'data_extractor' } },
      ...{ agent_id: null, depends_on: null },
    });
    expect(first.status).toBe(201);
    const answer = await admin.call('POST', `${WORKFLOWS}/${prefixed(made.id)}/steps`, {
      ...{ name: 'Data Processing', step_type: 'task', config: {}, depends_on: ['Data Extraction'] },
    });
    expect(answer.body).toMatchObject({
      ...{ version: 3, status: 'active', step_count: 2 },
      steps: [
        {
          ...{ key: 'data_extraction', type: 'task', step_type: 'task', order: 1, waits_for: [] },
          task: { type: 'data_extraction', agent_type: 'data_extractor', payload: {} },
        },
        { key: 'data_processing', depends_on: ['data_extraction'], waits_for: ['data_extraction'] },
      ],
    });
    expect((await admin.call('GET', `${WORKFLOWS}/${made.id}`)).body).toEqual(answer.body);
    const again = await admin.call('POST', `${WORKFLOWS}/${made.id}/steps`, task('Data Processing'));
    expect([again.status, again.body['code']]).toEqual([409, 'step_key_taken']);

    const operations = await admin.call('GET', `/v1/workflows/${prefixed(made.id)}`);
    expect(operations.body).toEqual({
      data: {
        ...{ id: prefixed(made.id), name: 'nightly', description: 'd', status: 'active', created_at: TIME },
        steps: [
          { id: 'data_extraction', name: 'Data Extraction', agent_type: 'data_extractor', order: 1 },
          { id: 'data_processing', name: 'Data Processing', agent_type: null, order: 2 },
        ],
      },
    });
    const listed = await admin.call('GET', '/v1/workflows?limit=100');
    expect(listed.body['pagination']).toMatchObject({ page: 1, limit: 100 });
    expect(listed.body['data']).toContainEqual(operations.body['data']);

    expect((await admin.call('DELETE', `${WORKFLOWS}/${made.id}`)).body).toMatchObject({ deleted: true, id: made.id });
    expect((await admin.call('GET', `${WORKFLOWS}/${made.id}`)).status).toBe(404);
    expect((await admin.call('DELETE', `${WORKFLOWS}/${made.id}`)).status).toBe(404);
  });

  it('should have a version for every change of the definition, and none for the same again', async () => {
    const steps = [task('a'), { ...task('b'), key: 'b_key' }];
    const made = await create({ name: 'versions', config: { steps, on_failure: 'stop' } });
    const route = `${WORKFLOWS}/${made.id}`;
    expect(made).toMatchObject({ version: 1, on_failure: 'stop', config: {} });
    const { body: shown, headers } = await admin.call('GET', route);
    expect(headers.get('etag')).toBe('"1"');
    expect((await admin.call('PUT', route, shown)).body).toEqual(shown);
    const renamed = await admin.call('PATCH', route, { name: 'renamed' });
    expect(renamed.body).toMatchObject({ version: 1, name: 'renamed' });
    expect(renamed.headers.get('etag')).toBe('"2"');
    expect((await admin.call('PATCH', route, { on_failure: null, timeout_seconds: 60 })).body).toMatchObject({
      ...{ version: 2, timeout_seconds: 60, steps: [{ key: 'a' }, { key: 'b_key' }] },
    });
    const change = (revision: string) =>
      api.call('PUT', route, {
        ...{ token: admin.token, body: { steps: [task('a')] }, headers: { 'if-match': revision } },
      });
    expect((await change('"2"')).status).toBe(412);
    expect((await change('"3"')).body).toMatchObject({ version: 3, step_count: 1 });

    const versions = await admin.call('GET', `${route}/versions?limit=2`);
    expect([versions.headers.get('x-total-count'), list(versions).map(({ version }) => version)]).toEqual([
      '3',
      [3, 2],
    ]);
    const first = await admin.call('GET', `${route}/versions/1`);
    expect(first.body).toMatchObject({ version: 1, on_failure: 'stop', steps: [{ key: 'a' }, { key: 'b_key' }] });
    expect(first.body).not.toHaveProperty('timeout_seconds');
    expect((await admin.call('GET', `${route}/versions/4`)).status).toBe(404);
    expect((await admin.call('GET', `${route}/versions/x`)).status).toBe(404);
  });

  it('should be made once under one key, however often it is asked for', async () => {
    const send = () =>
      api.call('POST', WORKFLOWS, {
        ...{ token: admin.token, body: { name: 'once', steps: [task('a')] } },
        headers: { 'idempotency-key': 'workflow-once' },
      });
    const first = await send();
    expect([first.status, (await send()).body['id']]).toEqual([201, first.body['id']]);
  });

  it('should name everything that is wrong, where the caller wrote it', async () => {
    const wrong = {
      name: 'wrong',
      config: {
        steps: [
          task('a', { depends_on: ['b'] }),
          task('b', { depends_on: ['a'] }),
          { name: 'c', step_type: 'condition', config: { expression: 'steps.nobody.output > 1 +' } },
          task('d', { config: { type: 'x', payload: { x: '${{ steps.e.output }}' } }, depends_on: [] }),
          task('e', { depends_on: [] }),
        ],
      },
    };
    const answer = await admin.call('POST', WORKFLOWS, wrong);
    const pointers = [
      '/config/steps/0/depends_on/0',
      '/config/steps/2/config/expression',
      '/config/steps/3/config/payload',
    ];
    expect(errorsOf(answer)).toEqual([422, pointers]);
    expect(answer.text).toContain('a -> b -> a');
    const validated = await admin.call('POST', `${WORKFLOWS}/validate`, wrong);
    expect([validated.status, validated.body['valid']]).toEqual([200, false]);
    expect((validated.body['errors'] as { pointer: string }[]).map(({ pointer }) => pointer)).toEqual(pointers);
    const good = await admin.call('POST', `${WORKFLOWS}/validate`, { steps: [task('a')] });
    expect(good.body).toEqual({ valid: true, errors: [] });

    const shape = {
      name: 'x',
      steps: [
        { name: 'a', step_type: 'task', config: { type: 7 } },
        { name: 'b', step_type: 'x' },
        { name: 'c', step_type: 'timer', type: 'signal', config: { seconds: 1 } },
      ],
    };
    const places = ['/steps/0/config/type', '/steps/1/step_type', '/steps/2/type'];
    expect(errorsOf(await admin.call('POST', WORKFLOWS, shape))).toEqual([422, places]);
    const { status, body } = await admin.call('POST', `${WORKFLOWS}/validate`, { steps: shape.steps });
    expect([status, body['valid']]).toEqual([200, false]);
    expect((body['errors'] as { pointer: string }[]).map(({ pointer }) => pointer)).toEqual(places);

    const urgent = await create({ name: 'urgent', steps: [task('a', { config: { type: 'x', priority: 'high' } })] });
    expect(urgent).toMatchObject({ steps: [{ task: { priority: 60 } }] });
    const made = await create({ name: 'right', steps: [task('a')] });
    const step = task('z', { config: { type: 'x', payload: '${{ nobody }}' }, depends_on: ['gone'] });
    expect(errorsOf(await admin.call('POST', `${WORKFLOWS}/${made.id}/steps`, step))).toEqual([
      422,
      ['/config/payload'],
    ]);
    const later = task('z', { depends_on: ['gone'] });
    expect(errorsOf(await admin.call('POST', `${WORKFLOWS}/${made.id}/steps`, later))).toEqual([
      422,
      ['/depends_on/0'],
    ]);
    expect((await admin.call('GET', `${WORKFLOWS}/${made.id}`)).body['version']).toBe(1);
  });

  it('should be taken as YAML, with lines for what is no YAML', async () => {
    const send = (text: string, type = 'application/yaml', route = WORKFLOWS) =>
      api.raw('POST', route, text, { 'content-type': type, authorization: `Bearer ${admin.token}` });
    const yaml = [
      'name: From a file # with a comment',
      'steps:',
      '  - name: Build it',
      '    task: { type: build, payload: { sha: "${{ parameters.sha }}" } }',
      '  - name: Sign off',
      '    approval:',
      '      title: Ship it?',
      'parameters:',
      '  type: object',
      '  properties: { sha: { type: string } }',
    ].join('\n');
    const made = await send(yaml);
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({
      ...{ name: 'From a file', parameters: { type: 'object' } },
      steps: [
        { key: 'build_it', type: 'task' },
        { key: 'sign_off', type: 'approval', waits_for: ['build_it'] },
      ],
    });
    expect((await send(yaml, 'text/yaml; charset=utf-8', `${WORKFLOWS}/validate`)).body).toEqual({
      valid: true,
      errors: [],
    });

    const broken = await send('name: x\nsteps:\n  - [a, b\n');
    expect([broken.status, broken.body['code']]).toEqual([400, 'malformed_yaml']);
    expect(broken.body['detail']).toMatch(/\(line \d+, column \d+\)/);
    for (const text of [
      'a: &x [1]\nname: *x',
      'name: !!binary aGk=',
      'name: x\nname: y',
      `name: ${'['.repeat(5_000)}`,
      '--- 1\n--- 2',
      'n: .inf',
    ])
      expect([text.slice(0, 20), (await send(text)).status]).toEqual([text.slice(0, 20), 400]);
    for (const text of ['__proto__: { a: 1 }\nname: x', 'name: \u0000'])
      expect([text, (await send(text)).status]).toEqual([text, 422]);
    expect((await send('name: x', 'application/yaml', '/api/v1/tasks')).status).toBe(415);
  });

  it('should know agents and workflows by any of their ids', async () => {
    const child = await create({ name: 'child', steps: [task('a')] });
    const steps = [{ key: 'run', step_type: 'workflow', config: { workflow_id: prefixed(child.id) } }];
    expect(await create({ name: 'parent', steps })).toMatchObject({ steps: [{ workflow: { workflow_id: child.id } }] });
    const { body } = await admin.call('POST', '/api/v1/agents', { name: 'of steps', type: 'worker' });
    const agentId = body['id'] as string;
    const by = (agent_id: string) => ({ name: 'by agent', steps: [{ ...task('a'), agent_id }] });
    expect(await create(by(`agent_${agentId.replaceAll('-', '')}`))).toMatchObject({
      ...{ steps: [{ task: { agent_id: agentId } }] },
    });
    for (const nobody of ['nobody-here', UNKNOWN])
      expect(errorsOf(await admin.call('POST', WORKFLOWS, by(nobody)))).toEqual([422, ['/steps/0/agent_id']]);
  });

  it('should be found by name, kind and status', async () => {
    await create({ name: 'Findable ONE', is_template: true });
    await create({ name: 'Findable two', steps: [task('a')] });
    const found = async (query: string) => {
      const answer = await admin.call('GET', `${WORKFLOWS}?${query}`);
      return [answer.headers.get('x-total-count'), list(answer).map(({ name }) => name)];
    };
    expect(await found('search=findable')).toEqual(['2', ['Findable two', 'Findable ONE']]);
    expect(await found('search=findable&is_template=true')).toEqual(['1', ['Findable ONE']]);
    expect(await found('search=findable&status=active')).toEqual(['1', ['Findable two']]);
    expect(await found('search=findable&limit=1&offset=1')).toEqual(['2', ['Findable ONE']]);
    expect(await found('search=%25')).toEqual(['0', []]);
  });
});
