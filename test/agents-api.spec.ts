import { once } from 'node:events';
import { newId } from '@ao/kernel';
import { eventually, testStack, type TestStack } from '@ao/testing';
import { WebSocket } from 'ws';
import { IdentityClient, type Answer } from './identity-api.fixture';

const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/) as unknown;
const PREFIXED = expect.stringMatching(/^agent_[0-9a-f]{32}$/) as unknown;
const UNKNOWN = '01890a5d-ac96-774b-bcce-b302099a8057';

/** Rows 15 to 19, 29 to 32 and 47 to 53 of the inventory, and row 1 beside them, against everything real. */
describe('agents as each document speaks of them', () => {
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
  const matching = (method: string, route: string, etag: string, body?: unknown) =>
    api.call(method, route, { token: stack.apiKey, body, headers: { 'if-match': etag } });
  const data = ({ body }: Answer) => body.data as Record<string, unknown>;
  const list = (answer: Answer) => answer.body as unknown as Record<string, unknown>[];
  const register = async (agent_id: string, more: object = {}) => {
    const answer = await call('POST', '/agents/register', { agent_id, agent_type: 'worker', ...more });
    expect(answer.status).toBe(200);
    return String((await call('GET', `/api/v1/agents/${agent_id}`)).body.id);
  };

  describe('the operations document', () => {
    const example = {
      name: 'New Processing Agent',
      type: 'data_processor',
      configuration: { max_concurrent_tasks: 5, timeout: 300, retry_attempts: 3 },
      environment: 'production',
    };

    it('should create an agent that is initializing, show it, change part of it and delete it', async () => {
      const created = await call('POST', '/v1/agents', example);
      expect(created.status).toBe(201);
      expect(data(created)).toMatchObject({
        ...{ id: PREFIXED, name: 'New Processing Agent', type: 'data_processor' },
        ...{ status: 'initializing', created_at: TIME, environment: 'production' },
      });
      const id = String(data(created).id);

      const shown = await call('GET', `/v1/agents/${id}`);
      expect(data(shown)).toEqual({
        ...{ id, name: 'New Processing Agent', type: 'data_processor', status: 'initializing' },
        ...{ environment: 'production', created_at: TIME, updated_at: TIME, external_id: null },
        configuration: { max_concurrent_tasks: 5, timeout: 300, retry_attempts: 3 },
        ...{ capabilities: [], version: '' },
        health: { status: 'unknown', last_check: null, uptime: 0 },
        metrics: {
          ...{ tasks_completed: 0, tasks_failed: 0, success_rate: null, avg_response_time: null },
          ...{ memory_usage: null, cpu_usage: null },
        },
      });

      const changed = await call('PUT', `/v1/agents/${id}`, {
        name: 'Updated Agent Name',
        configuration: { max_concurrent_tasks: 15, timeout: 600 },
      });
      expect(changed.status).toBe(200);
      expect(data(changed)).toMatchObject({
        ...{ name: 'Updated Agent Name', type: 'data_processor', environment: 'production' },
        configuration: { max_concurrent_tasks: 15, timeout: 600, retry_attempts: 3 },
      });

      const deleted = await call('DELETE', `/v1/agents/${id}`);
      expect(deleted.body).toEqual({ message: 'Agent deleted successfully', deleted_at: TIME });
      const gone = await call('GET', `/v1/agents/${id}`);
      expect(gone).toMatchObject({
        status: 404,
        body: { code: 'agent_not_found', error: { code: 'agent_not_found', message: 'Agent not found' } },
      });
      expect((await call('DELETE', `/v1/agents/${id}`)).status).toBe(404);
    });

    it('should page, and filter by status and type', async () => {
      const type = `paged-${newId()}`;
      for (let number = 1; number <= 5; number += 1) await call('POST', '/v1/agents', { name: `p${number}`, type });
      const first = await call('GET', `/v1/agents?type=${type}&limit=2`);
      expect(first.body.pagination).toEqual({ page: 1, limit: 2, total: 5, pages: 3 });
      const names = async (query: string) =>
        ((await call('GET', `/v1/agents?type=${type}&${query}`)).body.data as { name: string }[]).map(
          ({ name }) => name,
        );
      expect(await names('limit=2')).toEqual(['p5', 'p4']);
      expect(await names('limit=2&page=3')).toEqual(['p1']);
      expect(await names('status=initializing')).toHaveLength(5);
      expect(await names('status=active')).toEqual([]);
    });

    it('should answer 400 to what it cannot take, with the error of its own', async () => {
      for (const [body, pointer] of [
        [{ type: 'x' }, '/name'],
        [{ name: 'x' }, '/type'],
        [{ name: 'x', type: 'y', configuration: { max_concurrent_tasks: 0 } }, '/configuration/max_concurrent_tasks'],
      ] as const) {
        const answer = await call('POST', '/v1/agents', body);
        expect(answer).toMatchObject({ status: 400, body: { code: 'validation_failed', errors: [{ pointer }] } });
        expect(answer.body.error).toEqual({ code: 'validation_failed', message: answer.body.detail });
      }
      expect((await call('GET', '/v1/agents?limit=101')).status).toBe(400);
      expect((await api.call('GET', '/v1/agents')).body).toMatchObject({
        status: 401,
        error: { code: 'unauthenticated' },
      });
      // The other faces stay as they are.
      expect(await call('POST', '/api/v1/agents', {})).toMatchObject({ status: 422 });
      expect((await call('POST', '/api/v1/agents', {})).body.error).toBeUndefined();
    });

    it('should count what an agent has done', async () => {
      const id = await register('doer', { capabilities: ['counting'], max_concurrent_tasks: 3 });
      for (const success of [true, true, false]) {
        const submitted = await call('POST', '/api/v1/tasks', {
          type: 'count',
          requirements: { capabilities: ['counting'] },
          retry: { max_attempts: 1 },
        });
        expect(submitted.status).toBe(201);
        const [task] = await eventually(async () => {
          const { tasks } = (await call('GET', `/api/v1/agents/${id}/tasks?lease=true`)).body as {
            tasks: { taskId: string }[];
          };
          expect(tasks).toHaveLength(1);
          return tasks;
        });
        const outcome = success ? { success, result: {} } : { success, error: { message: 'no', retryable: false } };
        const done = await call('POST', `/api/v1/agents/${id}/tasks/${task!.taskId}/complete`, outcome);
        expect(done.status).toBe(200);
      }
      await call('POST', `/api/v1/agents/${id}/heartbeat`, { resourceUsage: { cpu: 23.1, memory: 65.2 } });
      await eventually(async () => {
        expect(data(await call('GET', '/v1/agents/doer'))).toMatchObject({
          status: 'active',
          health: { status: 'healthy', last_check: TIME },
          metrics: { tasks_completed: 2, tasks_failed: 1, success_rate: 66.7, cpu_usage: 23.1, memory_usage: 65.2 },
        });
      });
      const metrics = data(await call('GET', '/v1/agents/doer')).metrics as { avg_response_time: number };
      expect(metrics.avg_response_time).toBeGreaterThanOrEqual(0);
      expect(metrics.avg_response_time).toBeLessThan(60_000);
    });
  });

  describe('the platform documents', () => {
    const reviewer = {
      ...{ name: 'Reviewer', description: 'Reviews pull requests', role: 'reviewer' },
      ...{ llm_provider: 'anthropic', llm_model: 'claude-sonnet', system_prompt: 'You review code.' },
      ...{ enabled_tools: ['git', 'grep'] },
    };

    it('should create, show, start, stop and delete an LLM agent', async () => {
      const created = await call('POST', '/api/v1/agents/', reviewer);
      expect(created.status).toBe(201);
      expect(created.body).toMatchObject({
        ...reviewer,
        worker_id: null,
        ...{ lifecycle: 'initializing', liveness: 'unknown', status: 'offline', platform_status: 'offline' },
        ...{ assignedTargets: [], labels: {}, registered_at: TIME, revision: 1 },
      });
      const id = String(created.body.id);
      const started = await call('POST', `/api/v1/agents/${id}/start`);
      expect(started).toMatchObject({ status: 200, body: { platform_status: 'idle', lifecycle: 'active' } });
      const stopped = await call('POST', `/api/v1/agents/${id}/stop`);
      expect(stopped).toMatchObject({ status: 200, body: { platform_status: 'offline', lifecycle: 'stopped' } });
      const deleted = await call('DELETE', `/api/v1/agents/${id}`);
      expect(deleted).toMatchObject({ status: 200, body: { deleted: true, id, deleted_at: TIME } });
      for (const [method, route] of [
        ['GET', ''],
        ['PATCH', ''],
        ['PUT', ''],
        ['DELETE', ''],
        ['POST', '/start'],
        ['POST', '/stop'],
        ['POST', '/heartbeat'],
      ] as const)
        expect(await call(method, `/api/v1/agents/${id}${route}`, method === 'GET' ? undefined : {})).toMatchObject({
          status: 404,
          body: { code: 'agent_not_found' },
        });
    });

    it('should merge what PUT and PATCH say', async () => {
      const id = await register('merged', { capabilities: ['docker'], tags: ['blue'] });
      const put = await call('PUT', `/api/v1/agents/${id}`, {
        labels: { datacenter: 'us-west-2' },
        capabilities: ['docker', 'compose', 'ssh'],
        assignedTargets: ['prod-1'],
      });
      expect(put).toMatchObject({
        status: 200,
        body: { labels: { datacenter: 'us-west-2' }, capabilities: ['docker', 'compose', 'ssh'], tags: ['blue'] },
      });
      const patched = await call('PATCH', `/api/v1/agents/${id}`, { labels: { rack: '7' }, role: 'deployer' });
      expect(patched.body).toMatchObject({
        labels: { datacenter: 'us-west-2', rack: '7' },
        capabilities: ['docker', 'compose', 'ssh'],
        ...{ role: 'deployer', assignedTargets: ['prod-1'], assigned_targets: ['prod-1'] },
      });
      const without = await call('PATCH', `/api/v1/agents/${id}`, { labels: { rack: null }, capabilities: [] });
      expect(without.body).toMatchObject({ labels: { datacenter: 'us-west-2' }, capabilities: [] });
      expect(without.body.labels as object).not.toHaveProperty('rack');
      // A face that knows nothing of labels leaves them.
      await register('merged', { capabilities: ['again'] });
      expect((await call('GET', '/api/v1/agents/merged')).body).toMatchObject({
        ...{ labels: { datacenter: 'us-west-2' }, role: 'deployer', capabilities: ['again'] },
      });
    });

    it('should answer with what was written, whether or not the models show it yet', async () => {
      const headers = { prefer: 'respond-async', 'idempotency-key': newId() };
      const asked = { token: stack.apiKey, headers, body: { name: 'hasty' } };
      const created = await api.call('POST', '/api/v1/agents', asked);
      expect(created).toMatchObject({ status: 201, body: { name: 'hasty', lifecycle: 'initializing' } });
      expect((await api.call('POST', '/api/v1/agents', asked)).body.id).toBe(created.body.id);
      const renamed = await api.call('PATCH', `/api/v1/agents/${String(created.body.id)}`, {
        ...{ token: stack.apiKey, headers: { prefer: 'respond-async' }, body: { name: 'hastier' } },
      });
      expect(renamed).toMatchObject({ status: 200, body: { name: 'hastier', revision: 2 } });
    });

    it('rejects a change of another revision than the one that was seen', async () => {
      const id = await register('matched');
      const etag = (await call('GET', `/api/v1/agents/${id}`)).headers.get('etag')!;
      const changed = await matching('PATCH', `/api/v1/agents/${id}`, etag, { name: 'new' });
      expect(changed.status).toBe(200);
      expect(changed.headers.get('etag')).not.toBe(etag);
      for (const answer of [
        await matching('PATCH', `/api/v1/agents/${id}`, etag, { name: 'late' }),
        await matching('PUT', `/api/v1/agents/${id}`, etag, { name: 'late' }),
        await matching('PUT', `/v1/agents/${id}`, etag, { name: 'late' }),
        await matching('DELETE', `/api/v1/agents/${id}`, etag),
        await matching('DELETE', `/api/v1/agents/${id}`, '"no revision"'),
      ])
        expect(answer.status).toBe(412);
      expect((await call('GET', `/api/v1/agents/${id}`)).body.name).toBe('new');
      expect((await matching('DELETE', `/api/v1/agents/${id}`, '*')).status).toBe(200);
    });

    it('should list them bare, by the words of both documents, by role and capability', async () => {
      const role = `role-${newId()}`;
      const made = async (name: string) =>
        String((await call('POST', '/api/v1/agents', { name, role, capabilities: ['x'] })).body.id);
      const [silent, idle, busy, sick, failing] = [
        await made('silent'),
        await made('idle'),
        await made('busy'),
        await made('sick'),
        await made('failing'),
      ];
      await call('POST', `/api/v1/agents/${idle}/heartbeat`, {});
      await call('PUT', `/agents/${busy}/status`, { status: 'busy' });
      await call('POST', `/api/v1/agents/${sick}/heartbeat`, { status: 'degraded' });
      await call('POST', `/api/v1/agents/${failing}/heartbeat`, { status: 'error' });
      const listed = async (query: string) =>
        list(await call('GET', `/api/v1/agents?role=${role}&${query}`)).map(({ id }) => id);
      await eventually(async () => {
        expect(await listed('status=offline')).toEqual([silent]);
        expect(await listed('status_filter=offline')).toEqual([silent]);
        expect(await listed('status=online')).toEqual([busy, idle]);
        expect(await listed('status=degraded')).toEqual([failing, sick]);
        expect(await listed('status_filter=idle')).toEqual([sick, idle]);
        expect(await listed('status_filter=busy')).toEqual([busy]);
        expect(await listed('status_filter=error')).toEqual([failing]);
        expect(await listed('capability=x')).toHaveLength(5);
        expect(await listed('capability=y')).toEqual([]);
      });
      const page = await call('GET', `/api/v1/agents?role=${role}&limit=2&offset=2`);
      expect(page.headers.get('x-total-count')).toBe('5');
      expect(list(page).map(({ id }) => id)).toEqual([busy, idle]);
      for (const item of list(page)) expect(item.lastHeartbeat).toBe(item.last_heartbeat);
    });
  });

  it('should show one agent in the words of each face, whatever it is called by', async () => {
    const id = await register('triple');
    const prefixed = `agent_${id.replaceAll('-', '')}`;
    const words = async (name: string) => {
      const [coordinator, operations, platform] = [
        await call('GET', `/agents/${name}`),
        await call('GET', `/v1/agents/${name}`),
        await call('GET', `/api/v1/agents/${name}`),
      ];
      expect([coordinator.status, operations.status, platform.status]).toEqual([200, 200, 200]);
      expect(data(operations).id).toBe(prefixed);
      expect(platform.body.id).toBe(id);
      return [
        (coordinator.body.agent as { status: string }).status,
        data(operations).status,
        platform.body.status,
        platform.body.platform_status,
      ];
    };
    for (const name of ['triple', id, id.toUpperCase(), prefixed, `agent_${id}`])
      expect(await words(name)).toEqual(['active', 'active', 'online', 'idle']);
    await call('PUT', '/agents/triple/status', { status: 'busy' });
    expect(await words('triple')).toEqual(['busy', 'active', 'online', 'busy']);
    await call('PUT', '/agents/triple/status', { status: 'stale' });
    expect(await words('triple')).toEqual(['stale', 'inactive', 'offline', 'offline']);
    await call('POST', `/api/v1/agents/${prefixed}/stop`);
    expect(await words('triple')).toEqual(['inactive', 'inactive', 'offline', 'offline']);
    await call('POST', `/api/v1/agents/triple/start`);
    expect(await words('triple')).toEqual(['active', 'active', 'online', 'idle']);
    await call('POST', `/api/v1/agents/triple/heartbeat`, { status: 'error' });
    await eventually(async () => expect(await words('triple')).toEqual(['active', 'error', 'degraded', 'error']));
    const made = String(data(await call('POST', '/v1/agents', { name: 'made', type: 'worker' })).id);
    expect((await call('GET', `/agents/${made}`)).body.agent).toMatchObject({ status: 'inactive' });
    expect((await call('GET', `/api/v1/agents/${made}`)).body).toMatchObject({ status: 'offline' });
  });

  it('should hide who was deleted everywhere, keep its past, take back its tasks and free its name', async () => {
    const id = await register('phoenix', { capabilities: ['rising'] });
    const submitted = await call('POST', '/api/v1/tasks', { type: 'rise', requirements: { capabilities: ['rising'] } });
    const task = String(submitted.body.task_id);
    await eventually(async () =>
      expect((await call('GET', `/api/v1/tasks/${task}`)).body).toMatchObject({ status: 'assigned', agent_id: id }),
    );
    const before = Number((await call('PATCH', `/api/v1/agents/${id}`, { tags: ['old'] })).headers.get('log-position'));
    expect((await call('DELETE', '/api/v1/agents/phoenix')).status).toBe(200);

    for (const name of [id, 'phoenix'])
      for (const base of ['/agents', '/v1/agents', '/api/v1/agents'])
        expect((await call('GET', `${base}/${name}`)).status).toBe(404);
    expect(list(await call('GET', '/api/v1/agents?capability=rising'))).toEqual([]);
    expect((await call('POST', '/agents/discover', { capabilities: ['rising'] })).body.count).toBe(0);
    const past = await call('GET', `/api/v1/agents/${id}?as_of=${before}`);
    expect(past).toMatchObject({ status: 200, body: { lifecycle: 'active', tags: ['old'], external_id: 'phoenix' } });
    await eventually(async () =>
      expect((await call('GET', `/api/v1/tasks/${task}`)).body).toMatchObject({ status: 'queued' }),
    );

    const again = await register('phoenix', { capabilities: ['rising'] });
    expect(again).not.toBe(id);
    await eventually(async () =>
      expect((await call('GET', `/api/v1/tasks/${task}`)).body).toMatchObject({ agent_id: again }),
    );
  });

  it('should close the socket of who was deleted, whoever opened it', async () => {
    const id = await register('connected');
    const other = await register('bystander');
    const open = async (agent: string) => {
      const url = `${stack.url.replace('http', 'ws')}/api/v1/agents/${agent}/task-stream`;
      const socket = new WebSocket(url, { headers: { authorization: `Bearer ${stack.apiKey}` } });
      const closed: number[] = [];
      socket.on('close', (code) => closed.push(code));
      await once(socket, 'message');
      return { socket, closed };
    };
    const [gone, stays] = [await open(id), await open(other)];
    expect((await call('DELETE', `/api/v1/agents/${id}`)).status).toBe(200);
    await eventually(() => expect(gone.closed).toEqual([4404]));
    expect(stays.closed).toEqual([]);
    stays.socket.terminate();
  });

  it('rejects who may not, and what is not there', async () => {
    const id = await register('guarded');
    const viewer = await api.person('viewer');
    for (const [method, route] of [
      ['POST', '/v1/agents'],
      ['PUT', `/v1/agents/${id}`],
      ['DELETE', `/v1/agents/${id}`],
      ['POST', '/api/v1/agents'],
      ['PUT', `/api/v1/agents/${id}`],
      ['PATCH', `/api/v1/agents/${id}`],
      ['DELETE', `/api/v1/agents/${id}`],
      ['POST', `/api/v1/agents/${id}/start`],
      ['POST', `/api/v1/agents/${id}/stop`],
    ] as const) {
      expect((await viewer.call(method, route, {})).status).toBe(403);
      const absent = route.replace(id, UNKNOWN);
      if (absent !== route) expect((await call(method, absent, {})).status).toBe(404);
    }
    expect((await viewer.call('GET', `/api/v1/agents/${id}`)).status).toBe(200);
    expect((await viewer.call('GET', `/v1/agents/${id}`)).status).toBe(200);
  });
});
