import {
  Client,
  ConflictError,
  ConnectionError,
  InvalidRequestError,
  NotFoundError,
  OrchestrationError,
  OutcomeUnknownError,
  TimeoutError,
  UnavailableError,
  WaitTimeoutError,
} from '@agent-orchestration/sdk';
import { ProtocolServer } from './protocol-server';

const QUICK = { backoff: { baseMs: 2, capMs: 10 } };

function task(overrides: object = {}) {
  return {
    task_id: 't1',
    type: 'text.count',
    payload: { snake_key: 1, nested: { camelKey: 2 } },
    priority: 40,
    requirements: { capabilities: ['text'], agent_type: 'worker' },
    retry: { max_attempts: 3, initial_delay_ms: 1000, factor: 2, max_delay_ms: 300000, jitter: 0.2 },
    lease_seconds: 60,
    pool: 'default',
    status: 'queued',
    submitted_at: '2026-01-01T00:00:00.000Z',
    failed_attempts: 0,
    ...overrides,
  };
}

describe('Client', () => {
  let server: ProtocolServer;
  let client: Client;
  let baseUrl: string;

  beforeEach(async () => {
    server = new ProtocolServer();
    baseUrl = await server.start();
    client = new Client({ baseUrl, apiKey: 'secret', ...QUICK });
  });

  afterEach(async () => {
    client.close();
    await server.stop();
  });

  it('should send snake_case, the credential and an idempotency key, and answer in camelCase', async () => {
    const registered = await client.agents.register({
      agentId: 'reader-1',
      agentType: 'worker',
      capabilities: ['text'],
      metadata: { someKey: 1 },
      maxConcurrentTasks: 3,
    });
    expect(registered.agentId).toBe('reader-1');
    expect(registered.registeredAt).toBe('2026-01-01T00:00:00.000Z');
    const [request] = server.requests('POST /agents/register');
    expect(request?.body).toEqual({
      agent_id: 'reader-1',
      agent_type: 'worker',
      capabilities: ['text'],
      metadata: { someKey: 1 },
      max_concurrent_tasks: 3,
    });
    expect(request?.headers.authorization).toBe('Bearer secret');
    expect(request?.headers['idempotency-key']).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('should rename names of the API and never keys of the caller', async () => {
    server.route('GET /api/v1/tasks/t1', () => ({ status: 200, body: task() }));
    const found = await client.tasks.get('t1');
    expect(found.payload).toEqual({ snake_key: 1, nested: { camelKey: 2 } });
    expect(found.requirements).toEqual({ capabilities: ['text'], agentType: 'worker' });
    expect(found.retry.maxDelayMs).toBe(300_000);
    expect(found.failedAttempts).toBe(0);
  });

  it('should call any route by its path, and rename nothing', async () => {
    server.route('GET /api/v1/workflows/runs/a%2Fb/events', () => ({ status: 200, body: { events: [] } }));
    const read = { path: { id: 'a/b' }, query: { limit: 2 } };
    const answer = await client.call('GET', '/api/v1/workflows/runs/{id}/events', read);
    expect(answer).toEqual({ events: [] });
    expect(server.exchanges.at(-1)?.path).toBe('/api/v1/workflows/runs/a%2Fb/events?limit=2');

    server.route('PUT /api/v1/agents/one', () => ({ status: 200, body: { tool_list: [] } }));
    const change = { path: { id: 'one' }, body: { description: 'x' } };
    expect(await client.call('PUT', '/api/v1/agents/{id}', change)).toEqual({ tool_list: [] });
    expect(server.exchanges.at(-1)?.body).toEqual({ description: 'x' });

    // @ts-expect-error there is no such route
    await expect(client.call('GET', '/api/v1/nothing', {})).rejects.toThrow();
    // @ts-expect-error it needs an id
    expect(() => client.call('GET', '/api/v1/workflows/runs/{id}', {})).toThrow('needs path.id');
  });

  it('should ask for what it has written when it reads', async () => {
    server.route('POST /api/v1/tasks', () => ({
      status: 201,
      headers: { 'log-position': '42' },
      body: { task_id: 't1', submitted_at: 'x' },
    }));
    server.route('GET /api/v1/tasks/t1', () => ({ status: 200, body: task() }));
    await client.tasks.submit({ type: 'text.count' });
    await client.tasks.get('t1');
    expect(client.position).toBe(42);
    expect(server.exchanges.at(-1)?.path).toBe('/api/v1/tasks/t1?at_least=42');
  });

  it('should repeat 503 and broken connections with one idempotency key until it is decided', async () => {
    const answers = [
      { status: 503, body: { detail: 'busy' }, headers: { 'retry-after': '0' } },
      { status: 0, reset: true },
      { status: 503, body: { detail: 'unknown', code: 'outcome_unknown' } },
      { status: 201, body: { task_id: 't1', submitted_at: 'x' } },
    ];
    server.route('POST /api/v1/tasks', () => answers.shift() ?? { status: 500 });
    await expect(client.tasks.submit({ type: 'a' })).resolves.toMatchObject({ taskId: 't1' });
    const keys = server.requests('POST /api/v1/tasks').map(({ headers }) => headers['idempotency-key']);
    expect(keys).toHaveLength(4);
    expect(new Set(keys).size).toBe(1);
  });

  it('should send no idempotency key with a question or a heartbeat', async () => {
    server.route('POST /agents/discover', () => ({ status: 200, body: { agents: [] } }));
    server.route('POST /agents/a/heartbeat', () => ({ status: 200, body: {} }));
    await client.agents.discover({ agentType: 'worker' });
    await client.agents.heartbeat('a', { activeConnections: 1 });
    expect(server.exchanges.map(({ headers }) => headers['idempotency-key'])).toEqual([undefined, undefined]);
    expect(server.exchanges[1]?.body).toEqual({ load_metrics: { active_connections: 1 } });
  });

  it('should use the caller`s idempotency key', async () => {
    server.route('POST /api/v1/tasks', () => ({ status: 201, body: { task_id: 't1', submitted_at: 'x' } }));
    await client.tasks.submit({ type: 'a' }, { idempotencyKey: 'order-7' });
    expect(server.exchanges[0]?.headers['idempotency-key']).toBe('order-7');
  });

  it.each([
    [404, 'not_found', NotFoundError],
    [409, 'task_ended', ConflictError],
    [422, 'validation_failed', InvalidRequestError],
  ])('should turn %i into its own error class and not repeat it', async (status, code, errorClass) => {
    const problem = {
      status,
      code,
      detail: 'Expected to …, but …',
      errors: [{ pointer: '/type', message: 'is empty' }],
      request_id: 'r1',
    };
    server.route('POST /api/v1/tasks', () => ({ status, body: problem }));
    const error = await client.tasks.submit({ type: '' }).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(errorClass);
    expect(error).toMatchObject({ status, code, message: 'Expected to …, but …', requestId: 'r1' });
    expect(server.requests('POST /api/v1/tasks')).toHaveLength(1);
  });

  it('should give up after its repetitions and say which failure it was', async () => {
    client = new Client({ baseUrl, maxRetries: 2, ...QUICK });
    server.route('GET /health', () => ({ status: 503, body: { detail: 'no', code: 'service_unavailable' } }));
    await expect(client.health()).rejects.toBeInstanceOf(UnavailableError);
    expect(server.requests('GET /health')).toHaveLength(3);
    server.route('GET /health', () => ({ status: 503, body: { detail: 'no', code: 'outcome_unknown' } }));
    await expect(client.health()).rejects.toBeInstanceOf(OutcomeUnknownError);
    server.route('GET /health', () => ({ status: 0, reset: true }));
    await expect(client.health()).rejects.toBeInstanceOf(ConnectionError);
    server.route('GET /health', () => ({ status: 0, silent: true }));
    await expect(client.health({ timeoutMs: 20 })).rejects.toBeInstanceOf(TimeoutError);
  });

  it('should call an answer that stops in the middle a timeout', async () => {
    server.route('GET /health', () => ({ status: 200, half: true }));
    client = new Client({ baseUrl, maxRetries: 0, timeoutMs: 50 });
    await expect(client.health()).rejects.toBeInstanceOf(TimeoutError);
  });

  it('should stop at once when its signal aborts, in a request and in a pause', async () => {
    server.route('GET /health', () => ({ status: 0, silent: true }));
    const reason = new Error('enough');
    const controller = new AbortController();
    const waiting = client.health({ signal: controller.signal });
    controller.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    server.route('GET /health', () => ({ status: 503, body: {}, headers: { 'retry-after': '20' } }));
    await expect(client.health({ signal: AbortSignal.timeout(30) })).rejects.toMatchObject({ name: 'TimeoutError' });
  });

  it('should read a history page by page and log lines after the last one seen', async () => {
    server.route('GET /api/v1/tasks/t1/history', ({ path }) => {
      const first = path.endsWith('from_version=1');
      const event = { position: 7, version: first ? 1 : 2, type: 'X', data: { task_id: 't1' }, recorded_at: 'r' };
      return { status: 200, body: { events: [event], next_version: first ? 2 : null } };
    });
    const history = await client.tasks.history('t1');
    expect(history.map(({ version }) => version)).toEqual([1, 2]);
    expect(history[0]).toMatchObject({ recordedAt: 'r', data: { task_id: 't1' } });
    server.route('GET /api/v1/tasks/t1/logs', ({ path }) => ({
      status: 200,
      body: { logs: [{ id: 5, agent_id: 'a', message: path.split('?')[1] }], last: 5 },
    }));
    await expect(client.tasks.logs('t1', 4)).resolves.toEqual([{ id: 5, agentId: 'a', message: 'after=4' }]);
  });

  it('should wait for a task to end, and no longer than told', async () => {
    const statuses = ['queued', 'running', 'completed'];
    server.route('GET /api/v1/tasks/t1', () => ({
      status: 200,
      body: task({ status: statuses.length > 1 ? statuses.shift() : statuses[0], result: { words: 3 } }),
    }));
    await expect(client.tasks.wait('t1')).resolves.toMatchObject({ status: 'completed', result: { words: 3 } });
    server.route('GET /api/v1/tasks/t2', () => ({ status: 200, body: task({ status: 'running' }) }));
    await expect(client.tasks.wait('t2', { withinMs: 60 })).rejects.toBeInstanceOf(WaitTimeoutError);
    let outage = 3;
    server.route('GET /api/v1/tasks/t3', () =>
      (outage -= 1) >= 0 ? { status: 0, reset: true } : { status: 200, body: task({ status: 'failed' }) },
    );
    const impatient = new Client({ baseUrl, maxRetries: 0 });
    await expect(impatient.tasks.wait('t3')).resolves.toMatchObject({ status: 'failed' });
    await expect(impatient.tasks.wait('t4')).rejects.toBeInstanceOf(NotFoundError);
    impatient.close();
  });

  it('should send many tasks in requests that fit, each with its own idempotency key', async () => {
    let next = 0;
    server.route('POST /api/v1/tasks/bulk', ({ body }) => ({
      status: 201,
      body: {
        task_ids: (body as { tasks: unknown[] }).tasks.map(() => `t${(next += 1)}`),
        submitted_at: 'x',
      },
    }));
    const many = Array.from({ length: 1_100 }, (_, n) => ({ type: 'a', payload: { n } }));
    const submitted = await client.tasks.submitMany(many, { idempotencyKey: 'batch' });
    expect(submitted).toHaveLength(1_100);
    expect(submitted.at(-1)?.taskId).toBe('t1100');
    const requests = server.requests('POST /api/v1/tasks/bulk');
    expect(requests.map(({ body }) => (body as { tasks: unknown[] }).tasks.length)).toEqual([500, 500, 100]);
    expect(requests.map(({ headers }) => headers['idempotency-key'])).toEqual(['batch-0', 'batch-1', 'batch-2']);
    const large = Array.from({ length: 5 }, () => ({ type: 'a', payload: { text: 'x'.repeat(90_000) } }));
    await client.tasks.submitMany(large);
    expect(server.requests('POST /api/v1/tasks/bulk').length - requests.length).toBe(3);
  });

  it('rejects a base URL that is none, and an answer that is not JSON', async () => {
    expect(() => new Client({ baseUrl: 'localhost:3000' })).toThrow(OrchestrationError);
    server.route('GET /health', () => ({ status: 200, text: '<html>' }));
    await expect(client.health()).rejects.toThrow('the answer is not JSON');
  });
});
