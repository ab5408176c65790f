import { eventually, testStack, type TestStack } from '@ao/testing';
import { IdentityClient, type Answer, type Person } from './identity-api.fixture';

const UUID = expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/) as unknown;
const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/) as unknown;
const UNKNOWN = '01890a5d-ac96-774b-bcce-b302099a8057';

const node = (name: string, changes: object = {}) => ({
  ...{ name, hostname: 'rack-1', ip_address: '10.0.0.7', max_agents: 2, cpu_cores: 8, memory_total_mb: 16_384 },
  ...{ os_info: 'Ubuntu 24.04' },
  ...changes,
});

/** Rows 74 to 77, 80 and 81 of the inventory, against everything real. */
describe('worker nodes', () => {
  let stack: TestStack;
  let api: IdentityClient;
  let admin: Person;

  beforeAll(async () => {
    stack = await testStack();
    api = new IdentityClient(stack);
    // The limits have a spec of their own.
    const settings = { 'rate_limits.requests_per_minute': 100_000, 'rate_limits.requests_per_hour': 1_000_000 };
    await eventually(async () => {
      expect((await api.operator('PUT', '/api/v1/settings/bulk', { settings })).status).toBe(200);
    });
    admin = await api.logIn(stack.admin);
  });
  afterAll(async () => {
    await stack?.stop();
  });

  const code = (answer: Answer) => [answer.status, answer.body.code];
  const register = async (name: string, changes?: object) => {
    const answer = await admin.call('POST', '/api/v1/workers/register', node(name, changes));
    expect(answer.status).toBe(201);
    return answer.body as { id: string } & Record<string, unknown>;
  };
  const approve = (id: string, body: object = { is_approved: true }) =>
    admin.call('PATCH', `/api/v1/admin/workers/${id}/approve`, body);
  const beat = (id: string, body: object = {}) => admin.call('POST', `/api/v1/workers/${id}/heartbeat`, body);
  const list = async () => {
    const answer = await admin.call('GET', '/api/v1/admin/workers');
    expect(answer.status).toBe(200);
    return JSON.parse(answer.text) as ({ id: string } & Record<string, unknown>)[];
  };
  const listed = async (id: string) => (await list()).find((worker) => worker.id === id);
  const createAgent = (name: string, worker_id: string) =>
    admin.call('POST', '/api/v1/agents/', { name, role: 'worker', worker_id });

  it('should register as pending, renew, be approved into a group and be rejected', async () => {
    const worker = await register('one');
    expect(worker).toEqual({
      ...node('one'),
      ...{ id: UUID, worker_id: worker.id, status: 'pending', approval: 'pending', is_approved: false, group: null },
      ...{ liveness: 'online', heartbeat_interval_seconds: 30, registered_at: TIME },
      last_heartbeat: worker.last_heartbeat,
      ...{ cpu_usage_percent: null, memory_usage_percent: null, disk_usage_percent: null },
      ...{ agent_count: 0, online_agents: 0 },
    });
    expect(await register('one', { max_agents: 3 })).toMatchObject({ id: worker.id, max_agents: 3 });

    const approved = await approve(worker.id, { is_approved: true, group: 'gpu' });
    expect(approved).toMatchObject({ status: 200, body: { status: 'online', is_approved: true, group: 'gpu' } });
    const rejected = await approve(worker.id, { is_approved: false });
    expect(rejected).toMatchObject({ status: 200, body: { status: 'rejected', is_approved: false, group: 'gpu' } });
    expect(await listed(worker.id)).toMatchObject({ status: 'rejected' });
  });

  it('should show what beats report, in the list and in the overview', async () => {
    const before = (await admin.call('GET', '/api/v1/workers/overview')).body as Record<string, never>;
    const [first, second] = [await register('busy', { max_agents: 5 }), await register('idle', { max_agents: 7 })];
    await approve(first.id, { is_approved: true, group: 'blue' });
    await approve(second.id, { is_approved: true, group: 'blue' });
    const usage = { cpu_usage_percent: 90, memory_usage_percent: 50.5, disk_usage_percent: 10 };
    const taken = await beat(first.id, usage);
    expect(taken).toMatchObject({ status: 200 });
    expect(taken.body).toEqual({ worker_id: first.id, received_at: TIME, heartbeat_interval_seconds: 30 });
    await beat(second.id, { cpu_usage_percent: 10 });
    await eventually(async () => {
      expect(await listed(first.id)).toMatchObject({ ...usage, last_heartbeat: TIME });
      expect(await listed(second.id)).toMatchObject({ cpu_usage_percent: 10, disk_usage_percent: null });
    });
    const overview = await admin.call('GET', '/api/v1/workers/overview');
    expect(overview).toMatchObject({
      status: 200,
      body: {
        total_workers: Number(before.total_workers) + 2,
        by_group: { blue: 2 },
        avg_cpu_usage_percent: 50,
        avg_memory_usage_percent: 50.5,
        avg_disk_usage_percent: 10,
        agent_capacity: Number(before.agent_capacity) + 12,
        available_capacity: Number(before.available_capacity) + 12,
      },
    });
  });

  it('should take no more agents than it said, count them, and show the tasks that wait at them', async () => {
    const { id } = await register('host', { max_agents: 1 });
    expect(code(await createAgent('too-early', id))).toEqual([409, 'worker_not_approved']);
    await approve(id);
    const made = await createAgent('resident', id);
    expect(made.status).toBe(201);
    expect(code(await createAgent('one-too-many', id))).toEqual([409, 'worker_full']);
    expect(await listed(id)).toMatchObject({ agent_count: 1 });

    const agentId = String(made.body.id);
    const tasks = async () => JSON.parse((await admin.call('GET', `/api/v1/workers/${id}/tasks`)).text) as unknown;
    expect(await tasks()).toEqual([]);
    expect((await admin.call('POST', `/api/v1/agents/${agentId}/heartbeat`, {})).status).toBe(200);
    const submitted = await admin.call('POST', '/api/v1/tasks', {
      ...{ type: 'anything', requirements: { agent_id: agentId } },
    });
    expect(submitted.status).toBe(201);
    await eventually(async () =>
      expect(await tasks()).toMatchObject([
        { id: submitted.body.task_id, status: 'assigned', agent_id: agentId, priority_name: expect.any(String) },
      ]),
    );

    // It takes one at a time: what comes now stays queued, and what is for others is not shown.
    const queued: unknown[] = [];
    for (const priority of ['low', 'urgent']) {
      const more = { type: 'anything', priority, requirements: { agent_id: agentId } };
      queued.unshift((await admin.call('POST', '/api/v1/tasks', more)).body.task_id);
    }
    const other = { type: 'anything', requirements: { capabilities: ['nobody-has-it'] } };
    expect((await admin.call('POST', '/api/v1/tasks', other)).status).toBe(201);
    const [urgent, low] = queued;
    const pending = await tasks();
    expect(pending).toMatchObject([
      { id: urgent, status: 'queued' },
      { id: submitted.body.task_id, status: 'assigned' },
      { id: low, status: 'queued' },
    ]);
    const page = await admin.call('GET', `/api/v1/workers/${id}/tasks?limit=2`);
    expect(JSON.parse(page.text)).toMatchObject([{ id: urgent }, { id: submitted.body.task_id }]);
    const cancelled = await admin.call('POST', `/api/v1/tasks/${String(urgent)}/cancel`, {});
    expect(cancelled.status).toBe(200);
    await eventually(async () =>
      expect(await tasks()).toMatchObject([{ id: submitted.body.task_id }, { id: low, status: 'queued' }]),
    );
  });

  it('should degrade, be lost and come back, its agents lost with it and their tasks given back', async () => {
    const { id } = await register('flaky', { heartbeat_interval_seconds: 1 });
    await approve(id);
    const made = await createAgent('passenger', id);
    const agentId = String(made.body.id);
    await admin.call('POST', `/api/v1/agents/${agentId}/heartbeat`, {});
    const { body: task } = await admin.call('POST', '/api/v1/tasks', {
      ...{ type: 'anything', requirements: { agent_id: agentId } },
    });
    await eventually(async () => expect(await listed(id)).toMatchObject({ status: 'degraded' }));
    await eventually(async () => expect(await listed(id)).toMatchObject({ status: 'offline', online_agents: 0 }));
    await eventually(async () => {
      const { body } = await admin.call('GET', `/api/v1/tasks/${String(task.task_id)}`);
      expect(body).toMatchObject({ status: 'queued' });
    });
    await beat(id);
    await eventually(async () => expect(await listed(id)).toMatchObject({ status: 'online' }));
  });

  it('should answer 404 for a worker that is none, and 422 for what is no judgement', async () => {
    for (const id of [UNKNOWN, 'nobody']) {
      expect(code(await approve(id))).toEqual([404, 'worker_not_found']);
      expect(code(await beat(id))).toEqual([404, 'worker_not_found']);
      expect(code(await admin.call('GET', `/api/v1/workers/${id}/tasks`))).toEqual([404, 'worker_not_found']);
    }
    const { id } = await register('unjudged');
    expect((await approve(id, { is_approved: 'yes' })).status).toBe(422);
    expect((await beat(id, { cpu_usage_percent: 101 })).status).toBe(422);
  });
});
