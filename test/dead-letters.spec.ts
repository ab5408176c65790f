import { eventually, testStack, type TestStack } from '@ao/testing';
import { IdentityClient, type Answer } from './identity-api.fixture';

const UUID = expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/) as unknown;
const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/) as unknown;
const UNKNOWN = '01890a5d-ac96-774b-bcce-b302099a8057';

/** Rows 117 to 122 of the inventory, against everything real. */
describe('dead letters', () => {
  let stack: TestStack;
  let api: IdentityClient;

  beforeAll(async () => {
    stack = await testStack();
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
  const list = async (query = '') => {
    const answer = await call('GET', `/api/v1/dead-letter?${query}`);
    expect(answer.status).toBe(200);
    return answer.body as unknown as Record<string, unknown>[];
  };
  const ids = async (query = '') => (await list(query)).map(({ id }) => id);
  const taskOf = async (id: string) => (await call('GET', `/api/v1/tasks/${id}`)).body;

  async function newAgent(name: string): Promise<void> {
    const body = { agent_id: name, agent_type: 'worker', capabilities: [name], heartbeat_interval_seconds: 600 };
    expect((await call('POST', '/agents/register', { ...body, max_concurrent_tasks: 50 })).status).toBe(200);
  }
  async function submit(body: object): Promise<string> {
    const answer = await call('POST', '/api/v1/tasks', { type: 'job', ...body });
    expect(answer.status).toBe(201);
    return String(answer.body.id);
  }
  /** So many tasks whose only attempt this agent failed, oldest first. */
  async function failed(
    agent: string,
    type: string,
    failureClass: string | undefined,
    count: number,
  ): Promise<string[]> {
    const submitted: string[] = [];
    const requirements = { capabilities: [agent] };
    for (let number = 0; number < count; number += 1)
      submitted.push(await submit({ type, requirements, retry: { max_attempts: 1 } }));
    for (const id of submitted) {
      await eventually(async () => expect((await taskOf(id)).status).toBe('assigned'));
      const error = { message: 'no', ...(failureClass !== undefined && { class: failureClass }) };
      const answer = await call('POST', `/api/v1/agents/${agent}/tasks/${id}/complete`, { success: false, error });
      expect(answer.status).toBe(200);
    }
    return submitted;
  }
  const finished = (answer: Answer) =>
    eventually(async () => {
      const { body } = await call('GET', `/api/v1/dead-letter/retries/${String(answer.body.retry_id)}`);
      expect(body).toMatchObject({ status: 'finished' });
      return body;
    });

  it('should be listed by class, type, agent and time, newest first, a page at a time', async () => {
    await newAgent('lister-1');
    await newAgent('lister-2');
    const [timeout] = await failed('lister-1', 'mail', 'timeout', 1);
    const since = String((await taskOf(timeout!)).ended_at);
    const [unclassified] = await failed('lister-1', 'mail', undefined, 1);
    const [other] = await failed('lister-2', 'ocr', 'timeout', 1);
    const all = [other, unclassified, timeout];
    expect(await ids()).toEqual(all);
    expect((await list('limit=1'))[0]).toMatchObject({
      ...{ id: other, task_id: other, type: 'ocr', status: 'dead_lettered', failure_class: 'timeout' },
      ...{ failure: { class: 'timeout', message: 'no' }, failed_attempts: 1, dead_lettered_at: TIME },
    });
    expect(await ids('class=timeout')).toEqual([other, timeout]);
    expect(await ids('reason=unclassified')).toEqual([unclassified]);
    expect(await ids('type=mail')).toEqual([unclassified, timeout]);
    expect(await ids('agent_id=lister-2')).toEqual([other]);
    expect(await ids('agent_id=who-is-this')).toEqual([]);
    expect(await ids(`since=${since}`)).toEqual(all);
    expect(await ids('since=2090-01-01T00:00:00Z')).toEqual([]);
    const page = await call('GET', '/api/v1/dead-letter?limit=1&offset=1');
    expect([page.headers.get('x-total-count'), (page.body as unknown as { id: string }[])[0]?.id]).toEqual([
      ...['3', unclassified],
    ]);
    expect((await call('GET', '/api/v1/dead-letter/stats')).body).toEqual({
      total: 3,
      by_class: [
        { class: 'timeout', count: 2 },
        { class: 'unclassified', count: 1 },
      ],
      by_type: [
        { type: 'mail', count: 2 },
        { type: 'ocr', count: 1 },
      ],
      by_age: { hour: 3, day: 0, week: 0, older: 0 },
      ...{ oldest_at: since, newest_at: TIME },
    });
    for (const id of all) expect((await call('DELETE', `/api/v1/dead-letter/${id}`)).status).toBe(200);
  });

  it('should be made by hand, retried and removed one by one', async () => {
    const id = await submit({ requirements: { capabilities: ['nobody-has-this'] } });
    const made = await call('POST', '/api/v1/dead-letter', { task_id: id, reason: 'the target is gone' });
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({
      ...{ id, status: 'dead_lettered', failure_class: 'moved_by_operator', dead_lettered_at: TIME },
      failure: { message: 'the target is gone' },
    });
    expect(await call('POST', '/api/v1/dead-letter', { task_id: id })).toMatchObject({ status: 409 });

    const retried = await call('POST', `/api/v1/dead-letter/${id}/retry`);
    expect(retried).toMatchObject({ status: 200, body: { id, status: 'queued', failed_attempts: 0 } });
    expect(await ids()).toEqual([]);
    expect(await call('POST', `/api/v1/dead-letter/${id}/retry`)).toMatchObject({
      ...{ status: 409, body: { code: 'task_not_dead_lettered' } },
    });

    await call('POST', '/api/v1/dead-letter', { task_id: id });
    expect((await call('DELETE', `/api/v1/dead-letter/${id}`)).body).toEqual({ deleted: true, id, deleted_at: TIME });
    expect(await taskOf(id)).toMatchObject({ status: 'failed' });
    expect(await call('DELETE', `/api/v1/dead-letter/${id}`)).toMatchObject({ status: 409 });
    // What is no dead letter is not retried as one, though as a task it may be.
    expect(await call('POST', `/api/v1/dead-letter/${id}/retry`)).toMatchObject({ status: 409 });
    expect(await call('POST', `/api/v1/tasks/${id}/retry`)).toMatchObject({ status: 200 });
    await call('POST', `/api/v1/tasks/${id}/cancel`);

    for (const answer of [
      await call('POST', '/api/v1/dead-letter', { task_id: UNKNOWN }),
      await call('POST', `/api/v1/dead-letter/${UNKNOWN}/retry`),
      await call('DELETE', `/api/v1/dead-letter/${UNKNOWN}`),
      await call('GET', `/api/v1/dead-letter/retries/${UNKNOWN}`),
    ])
      expect(answer.status).toBe(404);
  });

  it('should be retried all at once, those that the filter names and no other', async () => {
    await newAgent('retrier');
    const mails = await failed('retrier', 'mail', 'timeout', 3);
    const [ocr] = await failed('retrier', 'ocr', 'timeout', 1);
    const filter = { class: 'timeout', type: 'mail', agent_id: 'retrier' };

    const asked = await call('POST', '/api/v1/dead-letter/retry-all', { ...filter, dry_run: true });
    expect(asked).toMatchObject({ status: 200 });
    expect(asked.body).toEqual({ dry_run: true, count: 3, retry_id: null, started_at: null });
    expect(await ids()).toHaveLength(4);

    const headers = { 'idempotency-key': 'retry-the-mails' };
    const start = (body: object) =>
      api.call('POST', '/api/v1/dead-letter/retry-all', { token: stack.apiKey, body, headers });
    const started = await start(filter);
    expect(started).toMatchObject({ status: 202 });
    expect((await start(filter)).text).toBe(started.text);
    expect(await start({ class: 'timeout' })).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } });
    expect(started.body).toEqual({ dry_run: false, count: 3, retry_id: UUID, started_at: TIME });
    expect(await finished(started)).toMatchObject({
      ...{ count: 3, retried: 3, skipped: 0, rate_per_second: null, finished_at: TIME },
      filter: { failure_class: 'timeout', type: 'mail', agent_id: UUID },
    });
    await eventually(async () => expect(await ids()).toEqual([ocr]));
    const events = (await call('GET', `/api/v1/tasks/${mails[0]}/events`)).body.events as {
      type: string;
      metadata: { actor: unknown };
    }[];
    // Who started it answers for each of them.
    const [retried, ...more] = events.filter(({ type }) => type === 'TaskRetried');
    expect([retried?.metadata.actor, more]).toEqual([events[0]?.metadata.actor, []]);
    for (const id of mails) await eventually(async () => expect((await taskOf(id)).status).toBe('assigned'));
    for (const id of mails) await call('POST', `/api/v1/tasks/${id}/cancel`);
    await call('DELETE', `/api/v1/dead-letter/${ocr}`);
    const none = await call('POST', '/api/v1/dead-letter/retry-all', { agent_id: 'who-is-this' });
    expect(none.body).toEqual({ dry_run: false, count: 0, retry_id: null, started_at: null });
  });

  it('should come back one after another at the rate asked for', async () => {
    const dead: string[] = [];
    for (let number = 0; number < 4; number += 1) {
      const id = await submit({ type: 'paced', requirements: { capabilities: ['nobody-has-this'] } });
      await call('POST', '/api/v1/dead-letter', { task_id: id });
      dead.push(id);
    }
    const body = { type: 'paced', rate_per_second: 0.1 };
    const started = await call('POST', '/api/v1/dead-letter/retry-all', body);
    expect(await finished(started)).toMatchObject({ retried: 4, rate_per_second: 0.1 });
    const begun = Date.parse(String(started.body.started_at));
    const waits = await eventually(async () => {
      const tasks = await Promise.all(dead.map(taskOf));
      expect(tasks.every(({ status }) => status === 'queued')).toBe(true);
      return tasks.map(({ retry_at }) => (retry_at === null ? null : Date.parse(String(retry_at)) - begun));
    });
    expect(waits).toEqual([null, 10_000, 20_000, 30_000]);
    for (const id of dead) await call('POST', `/api/v1/tasks/${id}/cancel`);
  });

  it('should go on with a retry that was cut off', async () => {
    const dead: string[] = [];
    for (let number = 0; number < 3; number += 1) {
      const id = await submit({ type: 'cut-off', requirements: { capabilities: ['nobody-has-this'] } });
      await call('POST', '/api/v1/dead-letter', { task_id: id });
      dead.push(id);
    }
    const started = await call('POST', '/api/v1/dead-letter/retry-all', { type: 'cut-off' });
    await stack.restart('tasks');
    await finished(started);
    for (const id of dead) {
      await eventually(async () => expect((await taskOf(id)).status).toBe('queued'));
      const { events } = (await call('GET', `/api/v1/tasks/${id}/events`)).body as { events: { type: string }[] };
      expect(events.filter(({ type }) => type === 'TaskRetried')).toHaveLength(1);
      await call('POST', `/api/v1/tasks/${id}/cancel`);
    }
  });
});
