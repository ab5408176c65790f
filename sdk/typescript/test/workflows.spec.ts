import { WorkflowDefinition as Definition } from '@ao/contracts';
import { Client, ConflictError, NotFoundError, WaitTimeoutError, cel, workflow } from '@agent-orchestration/sdk';
import { ProtocolServer } from './protocol-server';

const AT = '2026-01-01T00:00:00.000Z';

describe('the builder of workflows', () => {
  const deploy = workflow('deploy')
    .describe('Builds it, asks, ships it.')
    .parameters({ type: 'object', required: ['version'] })
    .task(
      'build',
      { type: 'build', payload: { someKey: cel('parameters.version') }, agentType: 'worker', priority: 'medium' },
      { timeoutSeconds: 60, retry: { maxAttempts: 2, nonRetryable: ['oom'] }, name: 'Build it' },
    )
    .approval('ok', { title: 'Ship ${{ parameters.version }}?', required: 2, allowSelf: false, expiresSeconds: 60 })
    .condition('check', { expression: 'steps.ok.output != null', then: ['ship'], else: ['hold'] })
    .task(
      'ship',
      { type: 'ship', onAgentLost: 'wait' },
      { compensation: { task: { type: 'unship' }, timeoutSeconds: 5 } },
    )
    .timer('hold', { seconds: cel('parameters.pause') }, { dependsOn: ['check'], onFailure: 'continue' })
    .parallel('fan', (to) => to.task('eu', { type: 'copy' }).signal('us', { name: 'copied', correlation: 'us' }), {
      limit: 1,
      when: 'true',
    })
    .map(
      'pages',
      cel('steps.fan.output.eu'),
      (page) => page.task('page', { type: 'page', payload: { n: cel('item') } }),
      {
        limit: 3,
        onItemFailure: 'continue',
      },
    )
    .workflow('child', { workflowId: '01890a5d-ac96-774b-bcce-b302099a8057', parameters: { aKey: 1 } })
    .webhook(
      'tell',
      { url: 'https://a.example', expectStatus: [204], headers: { 'X-Key': 'v' } },
      { compensation: { webhook: { url: 'https://b.example', method: 'DELETE' } }, order: 9 },
    )
    .step({ key: 'raw', name: 'Raw', type: 'task', task: { type: 'raw' }, depends_on: ['tell'] })
    .compensate('undo', ['ship'], { when: 'false' })
    .output({ pages: cel('steps.pages.output') })
    .onFailure('stop')
    .timeout(600)
    .maxParallel(4);

  it('should write what the control plane takes', () => {
    const definition = deploy.definition();
    expect(Definition.safeParse(definition).error?.issues).toBeUndefined();
    // What the control plane would leave out was never asked for, and nothing else was changed.
    expect(Definition.parse(definition)).toMatchObject(definition as object);
  });

  it('should rename what is of the API and leave alone what is the author`s', () => {
    const { steps, ...rest } = deploy.definition();
    expect(rest).toEqual({
      ...{ parameters: { type: 'object', required: ['version'] }, output: { pages: '${{ steps.pages.output }}' } },
      ...{ on_failure: 'stop', timeout_seconds: 600, max_parallel: 4 },
    });
    expect(steps[0]).toEqual({
      ...{ key: 'build', name: 'Build it', type: 'task', timeout_seconds: 60 },
      retry: { max_attempts: 2, non_retryable: ['oom'] },
      task: {
        ...{ type: 'build', agent_type: 'worker', priority: 40 },
        payload: { someKey: '${{ parameters.version }}' },
      },
    });
    expect(steps[3]).toMatchObject({ compensation: { type: 'task', task: { type: 'unship' }, timeout_seconds: 5 } });
    expect(steps[5]).toMatchObject({ parallel: { limit: 1, steps: [{ key: 'eu', type: 'task' }, { key: 'us' }] } });
    expect(steps[6]).toMatchObject({ map: { limit: 3, step: { key: 'page' }, on_item_failure: 'continue' } });
    expect(steps[7]).toMatchObject({ workflow: { parameters: { aKey: 1 } } });
    expect(steps[8]).toMatchObject({ order: 9, compensation: { type: 'webhook', webhook: { method: 'DELETE' } } });
  });

  it('rejects what cannot be a definition', () => {
    const build = () => workflow('w').task('a', { type: 'x' });
    expect(() => build().task('a', { type: 'y' })).toThrow(/two steps/);
    expect(() => build().task('A-1', { type: 'y' })).toThrow(/lower-case/);
    expect(() => build().map('m', [], (step) => step)).toThrow(/one step/);
    expect(() =>
      build()
        .task('b', { type: 'y' }, { dependsOn: ['c'] })
        .definition(),
    ).toThrow("depends on 'c'");
  });
});

describe('the workflows of a client', () => {
  let server: ProtocolServer;
  let client: Client;

  beforeEach(async () => {
    server = new ProtocolServer();
    client = new Client({ baseUrl: await server.start(), backoff: { baseMs: 2, capMs: 10 }, maxRetries: 1 });
  });
  afterEach(async () => {
    client.close();
    await server.stop();
  });

  const run = (overrides: object = {}) => ({
    ...{ id: 'r1', workflow_id: 'w1', workflow_name: 'deploy', status: 'running', updated_at: AT, output: null },
    ...{ parent: { run_id: 'r0', node: 'child' }, fork: null, parameters: { a_b: 1 }, signals: [], compensations: [] },
    steps: [{ key: 'a', depends_on: ['b'], output: { c_d: 2 }, items: [{ node: 'a/0', task_id: 't1' }] }],
    ...overrides,
  });

  it('should be made from what the builder gives, and executed', async () => {
    server.route('POST /api/v1/workflows', () => ({
      status: 201,
      body: { id: 'w1', is_template: false, version: 1, parameters: null, steps: [{ key: 'a', step_type: 'task' }] },
    }));
    await expect(client.workflows.create(workflow('deploy').task('a', { type: 'x' }))).resolves.toEqual({
      ...{ id: 'w1', isTemplate: false, version: 1 },
      definition: { parameters: null, steps: [{ key: 'a', step_type: 'task' }] },
    });
    expect(server.exchanges.at(-1)?.body).toEqual({
      name: 'deploy',
      steps: [{ key: 'a', name: 'a', type: 'task', task: { type: 'x' } }],
    });
    server.route('POST /api/v1/workflows/w1/execute', () => ({ status: 201, body: run() }));
    const started = await client.workflows.execute('w1', { parameters: { aKey: 1 }, priority: 'high' });
    expect(server.exchanges.at(-1)?.body).toEqual({ parameters: { aKey: 1 }, priority: 'high' });
    expect(started).toMatchObject({
      ...{ workflowName: 'deploy', parent: { runId: 'r0' }, parameters: { a_b: 1 } },
      steps: [{ key: 'a', dependsOn: ['b'], output: { c_d: 2 }, items: [{ taskId: 't1' }] }],
    });
  });

  it('should tell of a run until it has ended', async () => {
    const looks = [run(), run(), run({ status: 'paused', updated_at: '2026-01-02' }), run({ status: 'completed' })];
    const answer = () => ({ status: 200, body: looks.length > 1 ? looks.shift() : looks[0] });
    server.route('GET /api/v1/workflows/runs/r1', answer);
    const seen: string[] = [];
    await client.workflows.runs.watch('r1', ({ status }) => seen.push(status), { intervalMs: 5 }).ended;
    expect(seen).toEqual(['running', 'paused', 'completed']);
    await expect(client.workflows.runs.wait('r1')).resolves.toMatchObject({ status: 'completed' });
    server.route('GET /api/v1/workflows/runs/r2', () => ({ status: 200, body: run() }));
    await expect(client.workflows.runs.wait('r2', { withinMs: 30 })).rejects.toBeInstanceOf(WaitTimeoutError);
    await expect(client.workflows.runs.wait('r3')).rejects.toBeInstanceOf(NotFoundError);
    const stopped = client.workflows.runs.watch('r2', () => undefined, { signal: AbortSignal.abort() });
    await expect(stopped.ended).resolves.toBeUndefined();
  });

  it('should refuse as the control plane does', async () => {
    const problem = { status: 409, code: 'run_ended', detail: 'Expected to pause run …, but it has ended' };
    server.route('POST /api/v1/workflows/runs/r1/pause', () => ({ status: 409, body: problem }));
    await expect(client.workflows.runs.pause('r1', 'later')).rejects.toBeInstanceOf(ConflictError);
    expect(server.exchanges.at(-1)?.body).toEqual({ reason: 'later' });
  });

  it('should be iterated page by page, as they are wanted, each once', async () => {
    const all = Array.from({ length: 450 }, (_, n) => ({ id: `w${n}` }));
    server.route('GET /api/v1/workflows', ({ path }) => {
      const { searchParams } = new URL(path, 'http://x');
      const [limit, offset] = ['limit', 'offset'].map((name) => Number(searchParams.get(name)));
      const body = all.slice(offset, offset! + limit!);
      // The newest first: what is made meanwhile moves the rest on.
      all.unshift({ id: `n${all.length}` });
      return { status: 200, body };
    });
    const seen: string[] = [];
    for await (const { id } of client.workflows.iterate()) {
      if (seen.length === 0) expect(server.exchanges).toHaveLength(1);
      seen.push(id);
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.filter((id) => id.startsWith('w'))).toHaveLength(450);
    for await (const { id } of client.workflows.iterate()) if (id) break;
    expect(server.exchanges).toHaveLength(4);
  });
});
