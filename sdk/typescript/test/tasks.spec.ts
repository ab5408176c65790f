import { AgentOrchestrationClient, Client, ConflictError, NotFoundError, type Task } from '@agent-orchestration/sdk';
import { ProtocolServer } from './protocol-server';

const AT = '2026-01-01T00:00:00.000Z';

const task = (overrides: object = {}) => ({
  ...{ id: 't1', task_id: 't1', type: 'mail', payload: { a_b: 1 }, priority: 40, priority_name: 'normal' },
  ...{ requirements: { capabilities: ['smtp'], agent_id: 'a1' }, lease_seconds: 60, pool: 'default' },
  retry: { max_attempts: 3, initial_delay_ms: 0, factor: 1, max_delay_ms: 0, jitter: 0, non_retryable: ['oom'] },
  credentials: [{ name: 'registry', secret_id: 's1', version: 2 }],
  ...{ status: 'queued', submitted_at: AT, updated_at: AT, progress: null, progress_message: null },
  ...overrides,
});

describe('the tasks of a client', () => {
  let server: ProtocolServer;
  let client: Client;
  let baseUrl: string;

  beforeEach(async () => {
    server = new ProtocolServer();
    baseUrl = await server.start();
    client = new Client({ baseUrl, backoff: { baseMs: 2, capMs: 10 }, maxRetries: 1 });
  });
  afterEach(async () => {
    client.close();
    await server.stop();
  });

  const bodyOf = (route: string) => server.requests(route).at(-1)?.body;

  it('should send everything that may be asked of a task in the API`s words', async () => {
    server.route('POST /api/v1/tasks', () => ({ status: 201, body: { task_id: 't1', submitted_at: AT } }));
    await client.tasks.submit({
      ...{ title: 'Mail it', instructions: 'To everybody.', requiredTools: ['smtp'], agentId: 'mailer-1' },
      ...{ priority: 'medium', payload: { someKey: 1 }, requirements: { agentType: 'worker' } },
      ...{ notBefore: new Date(AT), deadline: AT, dependsOn: ['t0'], onDependencyFailure: 'run', onAgentLost: 'wait' },
      ...{ fairnessKey: 'tenant', concurrencyKey: 'target', retry: { nonRetryable: ['oom'] } },
      credentials: [{ name: 'registry', secret: 'docker-hub', version: 2 }],
    });
    expect(bodyOf('POST /api/v1/tasks')).toEqual({
      ...{ title: 'Mail it', instructions: 'To everybody.', required_tools: ['smtp'], agent_id: 'mailer-1' },
      ...{ priority: 'medium', payload: { someKey: 1 }, requirements: { agent_type: 'worker' } },
      ...{ not_before: AT, deadline: AT, depends_on: ['t0'], on_dependency_failure: 'run', on_agent_lost: 'wait' },
      ...{ fairness_key: 'tenant', concurrency_key: 'target', retry: { non_retryable: ['oom'] } },
      credentials: [{ name: 'registry', secret: 'docker-hub', version: 2 }],
    });
    await client.tasks.submit({ type: 'mail', delaySeconds: 5 });
    expect(bodyOf('POST /api/v1/tasks')).toEqual({ type: 'mail', delay_seconds: 5 });
  });

  it('should show a task in names of its own, and leave alone what is not its own', async () => {
    server.route('GET /api/v1/tasks/t1', () => ({ status: 200, body: task() }));
    await expect(client.tasks.get('t1')).resolves.toMatchObject({
      ...{ id: 't1', taskId: 't1', payload: { a_b: 1 }, requirements: { agentId: 'a1' } },
      ...{ retry: { nonRetryable: ['oom'] }, credentials: [{ name: 'registry', secretId: 's1', version: 2 }] },
    });
  });

  it.each<[string, () => Promise<Task>, string, unknown]>([
    [
      'change',
      () => client.tasks.change('t1', { priority: 'urgent', deadline: null, agentId: null, requiredTools: ['x'] }),
      'PATCH /api/v1/tasks/t1',
      { priority: 'urgent', deadline: null, agent_id: null, required_tools: ['x'] },
    ],
    ['pause', () => client.tasks.pause('t1', 'held'), 'POST /api/v1/tasks/t1/pause', { reason: 'held' }],
    ['resume', () => client.tasks.resume('t1'), 'POST /api/v1/tasks/t1/resume', {}],
    ['retry', () => client.tasks.retry('t1'), 'POST /api/v1/tasks/t1/retry', {}],
    [
      'retry later',
      () => client.tasks.retry('t1', { notBefore: new Date(AT) }),
      'POST /api/v1/tasks/t1/retry',
      { not_before: AT },
    ],
    [
      'answer',
      () => client.tasks.provideInput('t1', { yes: true }),
      'POST /api/v1/tasks/t1/input',
      { input: { yes: true } },
    ],
    ['accept a result of', () => client.tasks.acceptResult('t1'), 'POST /api/v1/tasks/t1/results/accept', {}],
    [
      'accept the result of one lease of',
      () => client.tasks.acceptResult('t1', 'l1'),
      'POST /api/v1/tasks/t1/results/accept',
      { lease_token: 'l1' },
    ],
  ])('should %s a task', async (_verb, act, route, body) => {
    server.route(route, () => ({ status: 200, body: task({ status: 'paused' }) }));
    await expect(act()).resolves.toMatchObject({ taskId: 't1', status: 'paused' });
    expect(bodyOf(route)).toEqual(body);
    server.route(route, () => ({ status: 409, body: { status: 409, code: 'task_open', detail: 'no' } }));
    await expect(act()).rejects.toBeInstanceOf(ConflictError);
  });

  it('should tell how many there are', async () => {
    const body = { total: 3, by_status: { queued: 3 }, by_priority: { high: 3 }, by_status_and_priority: {} };
    server.route('GET /api/v1/tasks/stats', () => ({ status: 200, body }));
    await expect(client.tasks.stats()).resolves.toMatchObject({
      total: 3,
      byStatus: { queued: 3 },
      byPriority: { high: 3 },
    });
  });

  describe('watching one', () => {
    /** What the server answers, look by look; the last one stays. */
    function lookings(...looks: (object | 'outage')[]): void {
      server.route('GET /api/v1/tasks/t1', () => {
        const look = looks.length > 1 ? looks.shift() : looks[0];
        return look === 'outage' ? { status: 503, body: {} } : { status: 200, body: task(look) };
      });
    }

    it('should tell of each change once, until it has ended', async () => {
      const running = { status: 'running', progress: 10 };
      lookings(
        {},
        {},
        running,
        running,
        { ...running, progress: 90 },
        { status: 'completed', progress: 100, result: 7 },
      );
      const seen: unknown[] = [];
      const watch = client.tasks.watch('t1', ({ status, progress }) => seen.push([status, progress]), {
        intervalMs: 5,
      });
      await expect(watch.ended).resolves.toMatchObject({ status: 'completed', result: 7 });
      expect(seen).toEqual([
        ['queued', 0],
        ['running', 10],
        ['running', 90],
        ['completed', 100],
      ]);
    });

    it('should outlast an outage', async () => {
      lookings({}, 'outage', 'outage', 'outage', { status: 'expired' });
      const watch = client.tasks.watch('t1', () => undefined, { intervalMs: 5 });
      await expect(watch.ended).resolves.toMatchObject({ status: 'expired' });
    });

    it('should stop when it is told to, with the task as it was last', async () => {
      lookings({ status: 'running' });
      const watch = await new Promise<ReturnType<Client['tasks']['watch']>>((resolve) => {
        const started = client.tasks.watch('t1', () => setImmediate(() => resolve(started)), { intervalMs: 5 });
      });
      watch.stop();
      await expect(watch.ended).resolves.toMatchObject({ status: 'running' });
      const looks = server.exchanges.length;
      await new Promise((resolve) => setTimeout(resolve, 30));
      expect(server.exchanges).toHaveLength(looks);
    });

    it('should end with what made it end', async () => {
      await expect(client.tasks.watch('nobody', () => undefined).ended).rejects.toBeInstanceOf(NotFoundError);
      lookings({});
      const failing = client.tasks.watch('t1', () => {
        throw new Error('mine');
      });
      await expect(failing.ended).rejects.toThrow('mine');
    });
  });

  it('should do what the operations document does with it, as printed', async () => {
    server.route('POST /api/v1/tasks', () => ({ status: 201, body: { task_id: 't1', submitted_at: AT } }));
    const looks = [
      {},
      {},
      { status: 'running', progress: 65 },
      { status: 'completed', progress: 100, result: { n: 1 } },
    ];
    server.route('GET /api/v1/tasks/t1', () => ({
      status: 200,
      body: task(looks.length > 1 ? looks.shift() : looks[0]),
    }));
    const client = new AgentOrchestrationClient({ apiKey: 'YOUR_API_KEY', baseUrl: `${baseUrl}/v1` });
    const created = await client.tasks.create({
      agentId: 'agent_123',
      type: 'data_processing',
      payload: { source: 'database' },
      priority: 'medium',
    });
    const said: string[] = [];
    const watch = client.tasks.watch(created.id, (updatedTask) => {
      said.push(`Task progress: ${updatedTask.progress}%`);
      if (updatedTask.status === 'completed') said.push(`Task completed: ${JSON.stringify(updatedTask.result)}`);
    });
    await watch.ended;
    expect(said[0]).toBe('Task progress: 0%');
    expect(said.slice(-3)).toEqual(['Task progress: 65%', 'Task progress: 100%', 'Task completed: {"n":1}']);
    expect(bodyOf('POST /api/v1/tasks')).toMatchObject({ agent_id: 'agent_123', priority: 'medium' });
    client.close();
  });
});

describe('the dead letters of a client', () => {
  let server: ProtocolServer;
  let client: Client;

  beforeEach(async () => {
    server = new ProtocolServer();
    client = new Client({ baseUrl: await server.start() });
  });
  afterEach(async () => {
    client.close();
    await server.stop();
  });

  const letter = task({ status: 'dead_lettered', dead_lettered_at: AT, failure_class: 'timeout' });

  it('should be listed by what they have in common', async () => {
    server.route('GET /api/v1/dead-letter', () => ({ status: 200, body: [letter] }));
    const filter = { failureClass: 'timeout', type: 'mail', agentId: 'a1', since: new Date(AT) };
    const [found] = await client.deadLetters.list({ ...filter, limit: 10, offset: 20 });
    expect(found).toMatchObject({ taskId: 't1', failureClass: 'timeout', deadLetteredAt: AT });
    const asked = new URL(server.exchanges[0]?.path ?? '', 'http://x').searchParams;
    expect(Object.fromEntries(asked)).toEqual({
      ...{ class: 'timeout', type: 'mail', agent_id: 'a1', since: AT, limit: '10', offset: '20' },
    });
  });

  it('should be added, retried and removed one by one', async () => {
    server.route('POST /api/v1/dead-letter', () => ({ status: 201, body: letter }));
    await expect(client.deadLetters.add('t1', 'gone')).resolves.toMatchObject({ failureClass: 'timeout' });
    expect(server.exchanges.at(-1)?.body).toEqual({ task_id: 't1', reason: 'gone' });
    server.route('POST /api/v1/dead-letter/t1/retry', () => ({ status: 200, body: task() }));
    await expect(client.deadLetters.retry('t1', { notBefore: AT })).resolves.toMatchObject({ status: 'queued' });
    expect(server.exchanges.at(-1)?.body).toEqual({ not_before: AT });
    server.route('DELETE /api/v1/dead-letter/t1', () => ({ status: 200, body: { deleted: true } }));
    await client.deadLetters.remove('t1');
    expect(server.requests('DELETE /api/v1/dead-letter/t1')).toHaveLength(1);
  });

  it('should be counted, retried all at once and followed', async () => {
    server.route('POST /api/v1/dead-letter/retry-all', ({ body }) => ({
      status: 202,
      body: { count: 7, retry_id: (body as { dry_run?: boolean }).dry_run ? null : 'r1', started_at: AT },
    }));
    await expect(client.deadLetters.count({ type: 'mail' })).resolves.toBe(7);
    expect(server.exchanges.at(-1)?.body).toEqual({ type: 'mail', dry_run: true });
    await expect(client.deadLetters.retryAll({ type: 'mail' }, { ratePerSecond: 5 })).resolves.toEqual({
      ...{ count: 7, retryId: 'r1' },
    });
    expect(server.exchanges.at(-1)?.body).toEqual({ type: 'mail', rate_per_second: 5 });
    const body = { retry_id: 'r1', status: 'finished', count: 7, retried: 6, skipped: 1, finished_at: AT };
    server.route('GET /api/v1/dead-letter/retries/r1', () => ({ status: 200, body }));
    await expect(client.deadLetters.showRetry('r1')).resolves.toMatchObject({ retryId: 'r1', finishedAt: AT });
  });

  it('should be told of in sums', async () => {
    const body = { total: 1, by_class: [{ class: 'timeout', count: 1 }], by_type: [], by_age: {}, oldest_at: AT };
    server.route('GET /api/v1/dead-letter/stats', () => ({ status: 200, body }));
    await expect(client.deadLetters.stats()).resolves.toMatchObject({
      ...{ total: 1, byClass: [{ class: 'timeout', count: 1 }], oldestAt: AT },
    });
  });
});
