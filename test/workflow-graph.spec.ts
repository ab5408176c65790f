import { newId } from '@ao/kernel';
import { eventually, testStack, type TestStack } from '@ao/testing';
import { IdentityClient, type Answer, type Person } from './identity-api.fixture';
import { WorkflowsClient } from './workflow.fixture';

const UUID = expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/) as unknown;
const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/) as unknown;
const UNKNOWN = '01890a5d-ac96-774b-bcce-b302099a8057';
const RUNS = '/api/v1/workflows/runs';
const AGENT = 'extractor';

type Body = Record<string, unknown>;
interface Node extends Body {
  readonly id: string;
  readonly kind: string;
}
interface Graph extends Body {
  readonly nodes: readonly Node[];
  readonly edges: readonly { readonly from: string; readonly to: string; readonly kind: string }[];
  readonly critical_path: { readonly total_ms: number; readonly steps: readonly Body[] };
}

const task = (key: string) => ({ key, name: key, type: 'task', task: { type: key, capabilities: [AGENT] } });
const prefixed = (kind: string, id: string) => `${kind}_${id.replaceAll('-', '')}`;

/** Runs over HTTP, and what the log tells of them, with everything real. */
describe('runs of workflows over HTTP', () => {
  let stack: TestStack;
  let api: IdentityClient;
  let admin: Person;
  let client: WorkflowsClient;
  let workflow: string;
  /** One that completed: a task, a signal, a task. */
  let run: string;

  beforeAll(async () => {
    stack = await testStack({ services: ['gateway', 'identity', 'registry', 'tasks', 'workflows'] });
    api = new IdentityClient(stack);
    const settings = { 'rate_limits.requests_per_minute': 100_000, 'rate_limits.requests_per_hour': 1_000_000 };
    await eventually(async () => {
      expect((await api.operator('PUT', '/api/v1/settings/bulk', { settings })).status).toBe(200);
    });
    admin = await eventually(() => api.logIn(stack.admin));
    const { url: natsUrl, credentials } = stack.nats;
    client = await WorkflowsClient.connect({ natsUrl, credentials: credentials('gateway') }, () =>
      stack.database.pool('admin'),
    );
    const agent = { agent_id: AGENT, agent_type: 'worker', capabilities: [AGENT], max_concurrent_tasks: 10 };
    expect((await api.operator('POST', '/agents/register', agent)).status).toBe(200);
    workflow = await client.workflow([
      { ...task('extract'), task: { ...task('extract').task, payload: { of: '${{ parameters.of }}' } } },
      { key: 'wait', name: 'wait', type: 'signal', signal: { name: 'go', correlation: '${{ parameters.of }}' } },
      task('load'),
    ]);
  }, 120_000);
  afterAll(async () => {
    await client?.stop();
    await stack?.stop();
  });

  const code = ({ status, body }: Answer) => [status, body['code']];
  const pointers = ({ body }: Answer) => (body['errors'] as { pointer: string }[]).map(({ pointer }) => pointer);
  async function get<Shown = Body>(route: string): Promise<Shown> {
    const answer = await admin.call('GET', route);
    expect([route, answer.status, answer.status === 200 ? '' : answer.text]).toEqual([route, 200, '']);
    return JSON.parse(answer.text) as Shown;
  }
  async function post(route: string, body: object = {}, status = 200): Promise<Body> {
    const answer = await admin.call('POST', route, body);
    expect([route, answer.status, answer.status === status ? '' : answer.text]).toEqual([route, status, '']);
    return answer.body;
  }
  const execute = async (body: object, of = workflow) =>
    (await post(`/api/v1/workflows/${of}/execute`, body, 201)) as { id: string } & Body;
  /** The agent does the task of a step, once it is there. */
  async function work(step: string, of: string, usage?: object): Promise<string> {
    const { task_id } = await eventually(
      async () => {
        const { steps } = await get<{ steps: { key: string; task_id: string | null }[] }>(`${RUNS}/${of}`);
        const found = steps.find(({ key, task_id }) => key === step && task_id !== null);
        if (!found) throw new Error(`no task for ${step}`);
        return found as { task_id: string };
      },
      { timeoutMs: 20_000 },
    );
    await eventually(
      async () => {
        const { tasks } = await get<{ tasks: { taskId: string }[] }>(`/api/v1/agents/${AGENT}/tasks?lease=true`);
        const status = (await get(`/api/v1/tasks/${task_id}`))['status'];
        if (!tasks.some(({ taskId }) => taskId === task_id) && status !== 'assigned' && status !== 'running')
          throw new Error(`the agent does not have ${task_id}`);
      },
      { timeoutMs: 20_000 },
    );
    const at = `/api/v1/agents/${AGENT}/tasks/${task_id}`;
    if (usage) expect((await api.operator('POST', `${at}/usage`, { reports: [usage] })).status).toBe(200);
    expect((await api.operator('POST', `${at}/complete`, { success: true, result: { did: step } })).status).toBe(200);
    return task_id;
  }
  const becomes = (id: string, status: string) =>
    eventually(async () => expect((await get(`${RUNS}/${id}`))['status']).toBe(status), { timeoutMs: 20_000 });

  it("should be started in the operations document's words, and shown and listed in them", async () => {
    const route = `/v1/workflows/${prefixed('workflow', workflow)}`;
    const made = await admin.call('POST', `${route}/execute`, { parameters: { of: 'order-1' }, priority: 'high' });
    const { data } = made.body as { data: Body & { id: string } };
    expect([made.status, data]).toEqual([
      201,
      expect.objectContaining({
        ...{ id: expect.stringMatching(/^run_[0-9a-f]{32}$/) as unknown, workflow_id: prefixed('workflow', workflow) },
        ...{ status: 'running', status_detail: 'running', priority: 'high', parameters: { of: 'order-1' } },
        ...{ started_at: TIME, completed_at: null, version: 1 },
      }),
    ]);
    expect(data['run_id']).toBe(data.id);
    expect(made.headers.get('location')).toBe(`/v1/workflows/runs/${data.id}`);
    const position = made.headers.get('log-position');
    const page = await get<{ data: Body[]; pagination: Body }>(`${route}/runs?at_least=${position}&status=running`);
    expect(page.data[0]).toMatchObject({ id: data.id, status: 'running' });
    expect(page.pagination).toEqual({ page: 1, limit: 20, total: 1, pages: 1 });
    expect((await get<{ data: Body }>(`/v1/workflows/runs/${data.id}`)).data).toMatchObject({
      id: data.id,
      steps: [{ id: 'extract', status: 'running' }, { id: 'wait', status: 'pending' }, { id: 'load' }],
    });
    const bad = await admin.call('POST', `${route}/execute`, { priority: 'urgent' });
    expect([bad.status, pointers(bad), bad.body['error']]).toMatchObject([
      400,
      ['/priority'],
      { code: 'validation_failed' },
    ]);
    expect(code(await admin.call('POST', `/v1/workflows/${UNKNOWN}/execute`, {}))).toEqual([404, 'workflow_not_found']);
    expect(code(await admin.call('GET', `/v1/workflows/runs/${UNKNOWN}`))).toEqual([404, 'run_not_found']);
    await post(`${RUNS}/${data.id}/cancel`, { reason: 'only looked at' });
    await eventually(async () => {
      expect((await get<{ data: Body }>(`/v1/workflows/runs/${data.id}`)).data).toMatchObject({
        ...{ status: 'failed', status_detail: 'cancelled', completed_at: TIME, failure: { message: 'only looked at' } },
      });
    });
  });

  it('should go from step to step, and be the person’s whose key started it', async () => {
    const scopes = ['workflows:run', 'workflows:read'];
    const made = await admin.call('POST', '/api/v1/security/api-keys', { name: 'starter', scopes });
    const key = made.body['key'] as string;
    const body = { parameters: { of: 'order-2' }, priority: 'low' };
    const started = await api.call('POST', `/api/v1/workflows/${workflow}/execute`, { token: key, body });
    run = started.body['id'] as string;
    expect([started.status, started.body]).toEqual([
      201,
      expect.objectContaining({
        ...{ id: UUID, workflow_id: workflow, version: 1, status: 'running', priority: 20, priority_name: 'low' },
        ...{ started_by: `user:${admin.id}`, cause: { kind: 'request', id: null }, parent: null, ended_at: null },
      }),
    ]);
    const cost = { amount: 0.5, currency: 'USD' };
    const tokens = { inputTokens: 10, outputTokens: 1, durationMs: 5 };
    await work('extract', run, { reportId: newId(), provider: 'own', model: 'm', ...tokens, cost });
    await eventually(async () =>
      expect((await get(`${RUNS}/${run}`))['steps']).toMatchObject([{}, { status: 'running' }, {}]),
    );
    const paused = await post(`${RUNS}/${run}/pause`, { reason: 'lunch' });
    expect(paused).toMatchObject({ status: 'paused', paused_at: TIME });
    // By its correlation, which is worked out from the parameters; kept until the run goes on.
    const sent = await post('/api/v1/workflows/signals', {
      name: 'go',
      correlation: 'order-2',
      payload: { parcels: 2 },
    });
    expect(sent).toMatchObject({ signal_id: UUID, received_at: TIME });
    expect(await post(`${RUNS}/${run}/resume`)).toMatchObject({ paused_at: null });
    await work('load', run);
    await becomes(run, 'completed');
    expect(await get(`${RUNS}/${prefixed('run', run)}`)).toMatchObject({
      ...{ id: run, output: { load: { did: 'load' } }, duration_seconds: expect.any(Number) as unknown, signals: [] },
      steps: [
        { key: 'extract', status: 'completed', attempts: 1, input: { of: 'order-2' }, output: { did: 'extract' } },
        { key: 'wait', type: 'signal', output: { parcels: 2 }, depends_on: ['extract'] },
        { key: 'load', status: 'completed', task_id: UUID, withheld: false, items: [] },
      ],
    });
  });

  it('should be listed by status, workflow, parent and time, and be shown as it was', async () => {
    const list = async (query: string) => (await get<{ id: string }[]>(`${RUNS}?${query}`)).map(({ id }) => id);
    await eventually(async () => expect(await list(`status=completed&workflow_id=${workflow}`)).toEqual([run]));
    expect(await list(`status=completed&workflow_id=${UNKNOWN}`)).toEqual([]);
    expect(await list(`parent=${run}`)).toEqual([]);
    const [shown] = await get<Body[]>(`/api/v1/workflows/${workflow}/runs?limit=1`);
    expect(shown).toMatchObject({
      ...{ id: run, status: 'completed', current_steps: [], waiting_approvals: [] },
      steps: { total: 3, completed: 3, running: 0, waiting: 0 },
    });
    const { started_at } = shown as { started_at: string };
    expect(await list(`started_after=${started_at}`)).toEqual([]);
    expect((await list(`started_before=${started_at}`)).length).toBe(1);

    const { events, next_version } = await get<{ events: Body[]; next_version: number }>(
      `${RUNS}/${run}/events?limit=2`,
    );
    expect([events.map(({ type }) => type), next_version]).toEqual([['RunStarted', 'StepStarted'], 3]);
    const rest = await get<{ events: Body[]; next_version: null }>(`${RUNS}/${run}/events?from_version=3`);
    expect([rest.events.at(-1)!['type'], rest.next_version]).toEqual(['RunCompleted', null]);
    const then = await get<Body & { steps: Body[] }>(`${RUNS}/${run}?as_of=${String(events[1]!['position'])}`);
    expect([then['status'], then.steps.map(({ status }) => status)]).toEqual([
      ...['running', ['running', 'not_started', 'not_started']],
    ]);
    const before = Number(events[0]!['position']) - 1;
    expect(code(await admin.call('GET', `${RUNS}/${run}?as_of=${before}`))).toEqual([404, 'run_not_found']);
    for (const route of ['', '/events', '/graph'])
      expect(code(await admin.call('GET', `${RUNS}/${UNKNOWN}${route}`))).toEqual([404, 'run_not_found']);
    expect(code(await admin.call('GET', `/api/v1/workflows/${UNKNOWN}/runs`))).toEqual([404, 'workflow_not_found']);
  });

  it('should have a graph of what really ran, with causes, costs and a critical path', async () => {
    const graph = await get<Graph>(`${RUNS}/${run}/graph`);
    const { nodes, edges, critical_path: path } = graph;
    expect(graph).toMatchObject({ run_id: run, status: 'completed', currency: 'USD', truncated: null });
    const one = (kind: string, label: string) => nodes.find((node) => node.kind === kind && node['label'] === label)!;
    const [extract, load] = [one('task', 'extract'), one('task', 'load')];
    expect(extract).toMatchObject({
      status: 'completed',
      cost: { cost: 0.5 },
      assignments: [{ outcome: 'completed' }],
    });
    expect([one('run', 'test')['cost'], one('step', 'extract')['cost'], load['cost']]).toMatchObject([
      ...[{ cost: 0.5 }, { cost: 0.5 }, null],
    ]);
    expect(one('signal', 'go')).toMatchObject({ status: 'taken', sent_by: `user:${admin.id}` });
    const has = (kind: string, from: Node, to: Node) =>
      edges.some((edge) => edge.kind === kind && edge.from === from.id && edge.to === to.id);
    const attempt = (step: string) => one('attempt', `${step} #1`);
    expect({
      spawned: has('spawned', attempt('extract'), extract),
      submitted: has('caused', attempt('extract'), extract),
      completed: has('caused', extract, attempt('extract')),
      next: has('caused', extract, attempt('wait')),
      waited: has('waits', one('signal', 'go'), attempt('wait')),
      depends: has('depends', one('step', 'wait'), one('step', 'load')),
    }).toEqual({ spawned: true, submitted: true, completed: true, next: true, waited: true, depends: true });
    const { duration_ms } = one('run', 'test');
    expect(path.total_ms).toBe(duration_ms);
    expect(path.steps.map(({ label }) => label).filter((label) => label !== 'test')).toEqual([
      'extract',
      'wait',
      'load',
    ]);

    const reader = await admin.call('POST', '/api/v1/security/api-keys', {
      name: 'reader',
      scopes: ['workflows:read'],
    });
    const token = reader.body['key'] as string;
    const without = await api.call('GET', `${RUNS}/${run}/graph`, { token });
    expect((without.body as unknown as Graph).nodes.map(({ cost }) => cost)).toEqual(nodes.map(() => null));
    const early = await get<Graph>(
      `${RUNS}/${run}/graph?as_of=${String((extract['assignments'] as Body[])[0]!['assigned_at'])}`,
    );
    expect([early['status'], early.nodes.find(({ id }) => id === extract.id)?.['status']]).not.toContain('completed');
  });

  it('should be drawn, for Mermaid and for Graphviz', async () => {
    const mermaid = await admin.call('GET', `${RUNS}/${run}/graph?format=mermaid`);
    expect([mermaid.status, mermaid.headers.get('content-type')]).toEqual([200, 'text/plain; charset=utf-8']);
    expect(mermaid.text).toMatch(/^flowchart TD\n {2}n0\(\["test<br\/>run · completed/);
    const dot = await admin.call('GET', `${RUNS}/${run}/graph?format=dot`);
    expect(dot.text).toMatch(/^digraph run \{\n[^]*n\d+ -> n\d+;\n[^]*\}\n$/);
  });

  it('should be cancelled, retried and forked, the original staying as it is', async () => {
    const { id } = await execute({ parameters: { of: 'order-3' } });
    const graph = await get<Graph>(`${RUNS}/${id}/graph`);
    expect(graph).toMatchObject({ status: 'running', ended_at: null });
    await work('extract', id);
    expect(code(await admin.call('POST', `${RUNS}/${id}/retry`, {}))[0]).toBe(409);
    await post(`${RUNS}/${id}/cancel`, { reason: 'not now' });
    await becomes(id, 'cancelled');
    await post(`${RUNS}/${id}/retry`);
    await becomes(id, 'running');
    const sent = await post(`${RUNS}/${id}/signal`, { name: 'go', payload: 7 });
    // Without the correlation it waits for it is not the one.
    expect(sent).toMatchObject({ run_id: id });
    await post('/api/v1/workflows/signals', { name: 'go', correlation: 'order-3', payload: 8 });
    await work('load', id);
    await becomes(id, 'completed');
    const before = await get(`${RUNS}/${id}`);
    const fork = (await post(`${RUNS}/${id}/fork`, { from: 'load' }, 201)) as { id: string } & Body;
    expect(fork).toMatchObject({
      fork: { run_id: id, from: 'load' },
      cause: { kind: 'fork', id },
      parameters: { of: 'order-3' },
    });
    await work('load', fork.id);
    await becomes(fork.id, 'completed');
    expect(await get(`${RUNS}/${fork.id}`)).toMatchObject({
      steps: [
        { carried: true, output: { did: 'extract' } },
        { carried: true, output: 8 },
        { carried: false, attempts: 1 },
      ],
    });
    expect(await get(`${RUNS}/${id}`)).toEqual(before);
    expect(code(await admin.call('POST', `${RUNS}/${UNKNOWN}/cancel`, {}))).toEqual([404, 'run_not_found']);
    expect(pointers(await admin.call('POST', `${RUNS}/${id}/fork`, { from: 'Load' }))).toEqual(['/from']);
  });
});
