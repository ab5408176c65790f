import { execFileSync } from 'node:child_process';
import { newId } from '@ao/kernel';
import { eventually, testStack, type TestStack } from '@ao/testing';
import { IdentityClient, type Answer } from './identity-api.fixture';

const UUID = expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/) as unknown;
const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/) as unknown;
const PREFIXED = expect.stringMatching(/^task_[0-9a-f]{32}$/) as unknown;
const UNKNOWN = '01890a5d-ac96-774b-bcce-b302099a8057';

/** The examples of the operations document, less what its scan lost: underscores, and the ends of the second. */
const EXAMPLES = {
  create: `curl -X POST \\
     -H "Authorization: Bearer YOUR_API_KEY" \\
     -H "Content-Type: application/json" \\
     -d '{
       "agent_id": "agent_123",
       "type": "data_processing",
       "payload": {"source": "database"},
       "priority": "medium"
     }' \\
     "https://api.agent-orchestration-ops.com/v1/tasks"`,
  show: `curl -H "Authorization: Bearer YOUR_API_KEY" \\
     "https://api.agent-orchestration-ops.com/v1/tasks/task_789"`,
} as const;

/** Rows 20 to 22 and 54 to 59 of the inventory, and what stands beside them, against everything real. */
describe('tasks as each document speaks of them', () => {
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
  const data = ({ body }: Answer) => body.data as Record<string, unknown>;
  const taskOf = async (id: string) => (await call('GET', `/api/v1/tasks/${id}`)).body;

  let agents = 0;
  /** A registered agent, its id, and a capability that only it has. */
  async function newAgent(): Promise<{ name: string; id: string; capability: string }> {
    const name = `worker-no.${(agents += 1)}`;
    const capability = `only-${name}`;
    const body = { agent_id: name, agent_type: 'worker', capabilities: [capability], heartbeat_interval_seconds: 600 };
    expect((await call('POST', '/agents/register', body)).status).toBe(200);
    return { name, id: String((await call('GET', `/api/v1/agents/${name}`)).body.id), capability };
  }
  async function submit(body: object): Promise<string> {
    const answer = await call('POST', '/api/v1/tasks', { type: 'job', ...body });
    expect([answer.status, answer.text]).toEqual([201, expect.anything()]);
    expect(answer.body).toEqual({ id: answer.body.task_id, task_id: UUID, submitted_at: TIME });
    return String(answer.body.task_id);
  }
  const nobody = { requirements: { capabilities: ['nobody-has-this'] } };
  /** Has the agent take the one task that is there for it. */
  const lease = (agent: string) =>
    eventually(async () => {
      const { tasks } = (await call('GET', `/api/v1/agents/${agent}/tasks?lease=true`)).body as {
        tasks: { taskId: string; leaseToken: string }[];
      };
      expect(tasks).toHaveLength(1);
      return tasks[0]!;
    });
  const act = (agent: string, task: string, verb: string, body: object = {}) =>
    call('POST', `/api/v1/agents/${agent}/tasks/${task}/${verb}`, body);

  describe('the operations document', () => {
    /** Runs a printed example through a shell, as a reader would, with ids that there are. */
    function asPrinted(example: string, ids: Record<string, string>): Record<string, unknown> {
      let command = example
        .replaceAll('https://api.agent-orchestration-ops.com', stack.url)
        .replaceAll('YOUR_API_KEY', stack.apiKey);
      for (const [printed, real] of Object.entries(ids)) command = command.replaceAll(printed, real);
      const printed = execFileSync('sh', ['-c', `${command} --silent --show-error --fail-with-body`], {
        encoding: 'utf8',
      });
      return (JSON.parse(printed) as { data: Record<string, unknown> }).data;
    }

    it('should run its examples as printed', async () => {
      const { name, id } = await newAgent();
      const agentId = `agent_${id.replaceAll('-', '')}`;
      const created = asPrinted(EXAMPLES.create, { agent_123: agentId });
      expect(created).toEqual({
        ...{ id: PREFIXED, agent_id: agentId, type: 'data_processing', status: 'pending', priority: 'medium' },
        ...{ status_detail: expect.stringMatching(/^(queued|assigned)$/), payload: { source: 'database' } },
        ...{ created_at: TIME, started_at: null, completed_at: null, duration: null, result: null, failure: null },
        ...{ progress: 0, estimated_completion: null, scheduled_for: null, reason: null, logs: [] },
      });
      const { taskId } = await lease(name);
      const logs = [{ timestamp: '2024-01-01T10:01:30.000Z', level: 'info', message: 'Processing batch 1 of 10' }];
      expect((await act(name, taskId, 'progress', { progress: 65 })).body).toEqual({ acknowledged: true });
      expect((await act(name, taskId, 'logs', { logs })).body).toEqual({ acknowledged: true });
      const running = await eventually(() => {
        const shown = asPrinted(EXAMPLES.show, { task_789: String(created.id) });
        expect(shown).toMatchObject({ status: 'running', progress: 65, started_at: TIME, logs });
        return Promise.resolve(shown);
      });
      expect(running.id).toBe(created.id);
      await act(name, taskId, 'complete', { success: true, result: { records_processed: 1000, success: true } });
      const done = asPrinted(EXAMPLES.show, { task_789: String(created.id) });
      expect(done).toMatchObject({
        ...{ status: 'completed', progress: 100, completed_at: TIME, estimated_completion: null },
        ...{ duration: expect.any(Number), result: { records_processed: 1000, success: true } },
      });
    });

    it('should list by each of its filters, newest first, a page at a time', async () => {
      const { name, id } = await newAgent();
      const before = new Date(Date.now() - 3_600_000).toISOString();
      const ids: string[] = [];
      for (const priority of ['low', 'high', 'critical', 'low']) {
        const created = await call('POST', '/v1/tasks', { agent_id: name, type: 'listed', priority });
        expect(created.status).toBe(201);
        ids.unshift(String(data(created).id));
      }
      const found = async (query: string) => {
        const answer = await call('GET', `/v1/tasks?agent_id=${name}${query}`);
        expect([answer.status, answer.body.pagination]).toEqual([200, expect.anything()]);
        return (answer.body.data as { id: string }[]).map((task) => task.id);
      };
      expect(await found('')).toEqual(ids);
      expect(await found('&priority=low')).toEqual([ids[0], ids[3]]);
      expect(await found('&priority=medium')).toEqual([]);
      expect(await found('&status=pending')).toEqual(ids);
      expect(await found('&status=running')).toEqual([]);
      expect(await found(`&created_after=${before}`)).toEqual(ids);
      expect(await found(`&created_before=${before}`)).toEqual([]);
      expect(await found(`&created_after=${encodeURIComponent('2020-01-01T00:00:00+02:00')}&limit=1`)).toEqual([
        ids[0],
      ]);
      const page = await call('GET', `/v1/tasks?agent_id=agent_${id.replaceAll('-', '')}&limit=3&page=2`);
      expect(page.body.pagination).toEqual({ page: 2, limit: 3, total: 4, pages: 2 });
      expect((page.body.data as { id: string }[]).map((task) => task.id)).toEqual([ids[3]]);
      expect((await call('GET', '/v1/tasks?agent_id=who-is-this')).body.data).toEqual([]);
      // Whoever is pinned to an agent that has no room yet is found by it too.
      const pinned = await submit({ ...nobody, agent_id: name });
      expect(await found('&limit=1')).toEqual([`task_${pinned.replaceAll('-', '')}`]);
      for (const task of [...ids, pinned])
        expect((await call('POST', `/api/v1/tasks/${task}/cancel`)).status).toBe(200);
      expect(await found('&status=failed')).toHaveLength(5);
    });

    it('should schedule for a time or after a delay, once per key', async () => {
      const at = '2090-01-01T00:00:00.000Z';
      const scheduled = await call('POST', '/v1/tasks', { type: 'later', schedule: { type: 'at', at } });
      expect(data(scheduled)).toMatchObject({ status: 'pending', status_detail: 'scheduled', scheduled_for: at });
      const body = { type: 'later', schedule: { type: 'delay', delay_seconds: 3_600 } };
      const headers = { 'idempotency-key': newId() };
      const send = () => api.call('POST', '/v1/tasks', { token: stack.apiKey, body, headers });
      const [first, second] = [await send(), await send()];
      expect(second.text).toBe(first.text);
      const { created_at, scheduled_for } = data(first) as { created_at: string; scheduled_for: string };
      expect(Date.parse(scheduled_for) - Date.parse(created_at)).toBe(3_600_000);
      const past = { type: 'now', schedule: { type: 'at', at: '2020-01-01T00:00:00Z' }, ...nobody };
      expect(data(await call('POST', '/v1/tasks', past))).toMatchObject({
        status_detail: 'queued',
        scheduled_for: null,
      });
    });

    it('should estimate when a running task is done, from what its type took before', async () => {
      const { name } = await newAgent();
      const create = () => call('POST', '/v1/tasks', { agent_id: name, type: `timed-${name}` });
      for (let number = 0; number < 5; number += 1) {
        await create();
        await act(name, (await lease(name)).taskId, 'complete', { success: true });
      }
      const id = String(data(await create()).id);
      await lease(name);
      // So short they were that this one has outlasted them all: then nothing is known.
      await eventually(async () => {
        const shown = data(await call('GET', `/v1/tasks/${id}`));
        expect(shown).toMatchObject({ status: 'running', estimated_completion: null });
        expect(Date.now() - Date.parse(String(shown.started_at))).toBeGreaterThan(1_000);
      });
      // As if they had taken an hour each.
      await stack.database
        .pool()
        .query(
          `update read_models.tasks set ended_at = started_at + interval '1 hour' where type = $1 and status = 'completed'`,
          [`timed-${name}`],
        );
      const shown = data(await call('GET', `/v1/tasks/${id}`)) as { started_at: string; estimated_completion: string };
      expect(Date.parse(shown.estimated_completion) - Date.parse(shown.started_at)).toBe(3_600_000);
    });

    it('should make what comes again and again as a schedule, once per key', async () => {
      const schedule = { type: 'cron', expression: '30 2 * * *', time_zone: 'Europe/Berlin' };
      const body = { type: 'nightly', payload: { n: 1 }, priority: 'high', schedule };
      const headers = { 'idempotency-key': newId() };
      const send = () => api.call('POST', '/v1/tasks', { token: stack.apiKey, body, headers });
      const first = await send();
      const { schedule_id } = data(first) as { schedule_id: string };
      expect([first.status, data(first)]).toEqual([
        201,
        {
          ...{ id: `schedule_${schedule_id.replaceAll('-', '')}`, schedule_id, agent_id: null, type: 'nightly' },
          ...{ status: 'pending', status_detail: 'scheduled', priority: 'high', payload: { n: 1 }, created_at: TIME },
          ...{ started_at: null, completed_at: null, duration: null, result: null, failure: null, progress: 0 },
          ...{ estimated_completion: null, scheduled_for: TIME, reason: null, logs: [] },
        },
      ]);
      expect(data(await send())).toEqual(data(first));
      const shown = (await call('GET', `/api/v1/schedules/${schedule_id}`)).body;
      expect(shown).toMatchObject({ timing: schedule, task: { type: 'nightly', priority: 60 }, status: 'active' });
      const { task_id } = (await call('POST', `/api/v1/schedules/${schedule_id}/trigger`, {})).body as Record<
        string,
        string
      >;
      const made = data(await call('GET', `/v1/tasks/${task_id}`));
      expect(made).toMatchObject({ type: 'nightly', schedule_id });
      await call('DELETE', `/api/v1/schedules/${schedule_id}`);
    });

    it('should answer 400 to what it cannot take, and name it', async () => {
      for (const [body, pointer] of [
        [{}, '/type'],
        [{ type: 'x', priority: 'urgent' }, '/priority'],
        [{ type: 'x', schedule: { type: 'daily' } }, '/schedule/type'],
        [{ type: 'x', schedule: { type: 'cron', expression: '0 0 30 2 *' } }, '/schedule/expression'],
        [{ type: 'x', schedule: { type: 'at' } }, '/schedule/at'],
      ] as const) {
        const answer = await call('POST', '/v1/tasks', body);
        expect(answer).toMatchObject({ status: 400, body: { code: 'validation_failed', errors: [{ pointer }] } });
        expect(answer.body.error).toEqual({ code: 'validation_failed', message: answer.body.detail });
      }
      for (const agent_id of ['who-is-this', UNKNOWN])
        expect(await call('POST', '/v1/tasks', { type: 'x', agent_id })).toMatchObject({
          ...{ status: 404, body: { code: 'agent_not_found', errors: [{ pointer: '/agent_id' }] } },
        });
      expect((await call('GET', `/v1/tasks/${UNKNOWN}`)).body).toMatchObject({ error: { code: 'task_not_found' } });
    });
  });

  describe('the platform document', () => {
    it('should create a task that is told in words, for an agent with the tools', async () => {
      const deadline = '2090-01-01T00:00:00Z';
      const words = { title: 'Review it', description: 'The pull request', instructions: 'Look for leaks.' };
      const created = await call('POST', '/api/v1/tasks/', {
        ...words,
        ...{ priority: 'medium', deadline, required_tools: ['git', 'nobody-has-this'] },
      });
      expect(created.status).toBe(201);
      expect(await taskOf(String(created.body.id))).toMatchObject({
        ...words,
        ...{ type: 'instruction', payload: {}, priority: 40, priority_name: 'normal', status: 'queued', result: null },
        ...{ lease_seconds: 60, retry: { max_attempts: 3, factor: 2 } },
        ...{ deadline: '2090-01-01T00:00:00.000Z', requirements: { capabilities: ['git', 'nobody-has-this'] } },
      });
    });

    it('should be counted by status and priority', async () => {
      const before = (await call('GET', '/api/v1/tasks/stats')).body as unknown as Stats;
      await submit({ ...nobody, priority: 'urgent' });
      await submit({ ...nobody, priority: 'urgent', delay_seconds: 3_600 });
      const after = (await call('GET', '/api/v1/tasks/stats')).body as unknown as Stats;
      expect(after.total).toBe(before.total + 2);
      expect(after.by_status.scheduled).toBe(before.by_status.scheduled + 1);
      expect(after.by_priority.urgent).toBe(before.by_priority.urgent + 2);
      expect(after.by_status_and_priority.queued.urgent).toBe(before.by_status_and_priority.queued.urgent + 1);
      // What is scheduled waits in no queue.
      const sizes = (await call('GET', '/tasks/queues')).body.queue_sizes as Record<string, number>;
      expect(sizes.urgent).toBe(after.by_status_and_priority.queued.urgent);
    });

    it('should change a task, field by field', async () => {
      const id = await submit({ ...nobody, title: 'Old', deadline: '2090-01-01T00:00:00Z' });
      const change = async (body: object) => {
        const answer = await call('PATCH', `/api/v1/tasks/${id}`, body);
        expect([answer.status, answer.text]).toEqual([200, expect.anything()]);
        expect(await taskOf(id)).toEqual(answer.body);
        return answer.body;
      };
      expect(await change({ title: 'New', priority: 'urgent' })).toMatchObject({
        ...{ title: 'New', priority: 100, deadline: '2090-01-01T00:00:00.000Z' },
      });
      expect((await change({ deadline: null })).deadline).toBeUndefined();
      expect(await change({ required_tools: ['ocr'], payload: { n: 2 } })).toMatchObject({
        ...{ requirements: { capabilities: ['ocr'] }, payload: { n: 2 }, title: 'New' },
      });
      const events = async () => ((await call('GET', `/api/v1/tasks/${id}/events`)).body.events as object[]).length;
      const known = await events();
      await change({});
      expect(await events()).toBe(known);
      expect((await call('PATCH', `/api/v1/tasks/${UNKNOWN}`, { title: 'x' })).status).toBe(404);
      expect((await call('PATCH', `/api/v1/tasks/${UNKNOWN}`, {})).status).toBe(404);
    });

    it('should leave an agent what it works at, but for words, priority and deadline', async () => {
      const { name, capability } = await newAgent();
      const id = await submit({ requirements: { capabilities: [capability] } });
      const { leaseToken } = await lease(name);
      expect((await call('PATCH', `/api/v1/tasks/${id}`, { instructions: 'Faster.' })).status).toBe(200);
      expect(await call('PATCH', `/api/v1/tasks/${id}`, { payload: { n: 2 } })).toMatchObject({
        ...{ status: 409, body: { code: 'task_assigned' } },
      });
      expect((await act(name, id, 'complete', { success: true, leaseToken })).status).toBe(200);
    });

    it('should be paused, resumed, cancelled and retried', async () => {
      const id = await submit(nobody);
      const done = (verb: string, body?: object) => call('POST', `/api/v1/tasks/${id}/${verb}`, body);
      expect((await done('pause', { reason: 'not now' })).body).toMatchObject({ status: 'paused', reason: 'not now' });
      expect((await done('resume')).body).toMatchObject({ id, status: 'queued', reason: null });
      expect(await done('retry')).toMatchObject({ status: 409 });
      expect((await done('cancel')).body).toMatchObject({ status: 'cancelled' });
      expect(await done('resume')).toMatchObject({ status: 409, body: { code: 'task_ended' } });
      const not_before = '2090-01-01T00:00:00.000Z';
      expect((await done('retry', { not_before })).body).toMatchObject({ status: 'queued', retry_at: not_before });
      expect((await done('cancel')).status).toBe(200);
      for (const verb of ['pause', 'resume', 'retry', 'results/accept'])
        expect((await call('POST', `/api/v1/tasks/${UNKNOWN}/${verb}`)).status).toBe(404);
    });

    it('should wait for the tasks that it depends on', async () => {
      const { name, capability } = await newAgent();
      const first = await submit({ requirements: { capabilities: [capability] } });
      const second = await submit({ ...nobody, depends_on: [`task_${first.replaceAll('-', '')}`] });
      expect(await taskOf(second)).toMatchObject({ status: 'scheduled', waits_for: [first] });
      await act(name, (await lease(name)).taskId, 'complete', { success: true });
      await eventually(async () => expect(await taskOf(second)).toMatchObject({ status: 'queued', waits_for: [] }));
      const unknown = await call('POST', '/api/v1/tasks', { type: 'x', depends_on: [first, UNKNOWN] });
      expect([unknown.status, unknown.body.errors]).toEqual([
        422,
        [{ pointer: '/depends_on/1', message: expect.anything() }],
      ]);
    });

    it('should take references to secrets from who may manage them, and never show a value', async () => {
      const value = `canary-${newId()}`;
      const made = await call('POST', '/api/v1/secrets', { name: 'docker-hub', value, category: 'registry' });
      expect(made.status).toBe(201);
      const credentials = [{ name: 'registry', secret: 'docker-hub' }];
      const id = await submit({ ...nobody, credentials });
      const shown = await call('GET', `/api/v1/tasks/${id}`);
      expect(shown.body.credentials).toEqual([{ name: 'registry', secret_id: made.body.id }]);
      expect(shown.text).not.toContain(value);
      expect(
        await call('POST', '/api/v1/tasks', { type: 'x', credentials: [{ name: 'a', secret: 'none' }] }),
      ).toMatchObject({ status: 404, body: { errors: [{ pointer: '/credentials/0/secret' }] } });
      const operator = await api.person('operator');
      const refused = await operator.call('POST', '/api/v1/tasks', { type: 'x', credentials });
      expect(refused).toMatchObject({ status: 403, body: { permission: 'secrets:manage' } });
      expect((await operator.call('POST', '/api/v1/tasks', { type: 'x', ...nobody })).status).toBe(201);
    });
  });

  describe('an agent without a socket', () => {
    it('should start, renew, ask, be answered and give back', async () => {
      const { name, capability } = await newAgent();
      const id = await submit({ requirements: { capabilities: [capability] }, lease_seconds: 600 });
      await eventually(async () => expect((await taskOf(id)).status).toBe('assigned'));
      expect((await act(name, id, 'start')).body).toEqual({ startedAt: TIME });
      expect((await taskOf(id)).status).toBe('running');
      expect((await act(name, id, 'renew')).body).toEqual({ leaseExpiresAt: TIME });
      expect(await act(name, id, 'renew', { leaseToken: UNKNOWN })).toMatchObject({
        ...{ status: 409, body: { code: 'lease_superseded' } },
      });

      for (const [verb, body] of [
        ['progress', { progress: 1 }],
        ['logs', { logs: [{ timestamp: '2024-01-01T00:00:00Z', level: 'info', message: 'x' }] }],
      ] as const) {
        expect((await act(name, id, verb, { ...body, leaseToken: UNKNOWN })).status).toBe(409);
        expect((await act(name, UNKNOWN, verb, body)).status).toBe(404);
      }

      const input = () => call('GET', `/api/v1/agents/${name}/tasks/${id}/input`);
      expect((await input()).status).toBe(404);
      const prompt = 'May I delete the old backups?';
      expect((await act(name, id, 'input-required', { prompt })).body).toEqual({ requiredAt: TIME });
      expect(await taskOf(id)).toMatchObject({ status: 'input_required', prompt });
      expect((await input()).body).toEqual({ prompt, input: null, providedAt: null });
      const answered = await call('POST', `/api/v1/tasks/${id}/input`, { input: { yes: true } });
      expect(answered.body).toMatchObject({ status: 'running', prompt: null });
      expect((await input()).body).toEqual({ prompt, input: { yes: true }, providedAt: TIME });
      expect(await call('POST', `/api/v1/tasks/${id}/input`, { input: 1 })).toMatchObject({ status: 409 });

      expect((await act(name, id, 'return', { reason: 'shutting down' })).body).toEqual({ returnedAt: TIME });
      await eventually(async () => expect(['queued', 'assigned']).toContain((await taskOf(id)).status));
      expect((await act(name, UNKNOWN, 'start')).status).toBe(404);
      await call('POST', `/api/v1/tasks/${id}/cancel`);
    });

    it('should have a late result accepted by who decides that', async () => {
      const { name, capability } = await newAgent();
      const id = await submit({ requirements: { capabilities: [capability] } });
      const { leaseToken } = await lease(name);
      await call('POST', `/api/v1/tasks/${id}/cancel`);
      const late = await act(name, id, 'complete', { success: true, result: { n: 7 }, leaseToken });
      expect(late).toMatchObject({ status: 409, body: { code: 'task_ended' } });
      await eventually(async () => expect(await taskOf(id)).toMatchObject({ status: 'cancelled', late_results: 1 }));
      const accepted = await call('POST', `/api/v1/tasks/${id}/results/accept`, { lease_token: leaseToken });
      expect(accepted.body).toMatchObject({ status: 'completed', result: { n: 7 } });
      expect(await call('POST', `/api/v1/tasks/${id}/results/accept`)).toMatchObject({ status: 409 });
    });
  });

  it('should leave each step to who may take it', async () => {
    const id = await submit(nobody);
    const [operator, viewer] = [await api.person('operator'), await api.person('viewer')];
    expect((await viewer.call('GET', `/v1/tasks/${id}`)).status).toBe(200);
    for (const [method, route, body] of [
      ['POST', '/v1/tasks', { type: 'x' }],
      ['POST', '/api/v1/tasks', { type: 'x' }],
      ['PATCH', `/api/v1/tasks/${id}`, { title: 'x' }],
      ['POST', `/api/v1/tasks/${id}/pause`, {}],
      ['GET', '/api/v1/dead-letter', undefined],
    ] as const)
      expect((await viewer.call(method, route, body)).status).toBe(403);
    expect((await operator.call('POST', `/api/v1/tasks/${id}/pause`)).status).toBe(200);
    expect((await operator.call('POST', '/api/v1/dead-letter', { task_id: id })).status).toBe(403);
    expect((await operator.call('POST', `/api/v1/tasks/${id}/cancel`)).status).toBe(200);
  });
});

interface Stats {
  readonly total: number;
  readonly by_status: Record<string, number> & { readonly scheduled: number };
  readonly by_priority: { readonly urgent: number };
  readonly by_status_and_priority: { readonly queued: { readonly urgent: number } };
}
