import { readdirSync } from 'node:fs';
import path from 'node:path';
import { eventually, testStack, type TestStack } from '@ao/testing';
import { isZodDto, type ZodDto } from 'nestjs-zod/dto';
import { WebSocket } from 'ws';
import { z } from 'zod';
import { FarEnd } from './far-end.fixture';

interface Json {
  readonly [key: string]: Json;
}
interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: Json;
}

const UUID = expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z$/);

/** `/api/v1` against everything real: tasks, agents without a socket, agents with one. */
describe('the platform face', () => {
  let stack: TestStack;
  const open: FarEnd[] = [];

  beforeAll(async () => {
    stack = await testStack();
  });
  afterEach(() => {
    for (const agent of open.splice(0)) agent.socket.terminate();
  });
  afterAll(async () => {
    await stack?.stop();
  });

  async function call(
    method: string,
    route: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const response = await fetch(stack.url + route, {
      method,
      headers: {
        authorization: `Bearer ${stack.apiKey}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    const isJson = /json/.test(response.headers.get('content-type') ?? '');
    return { status: response.status, headers: response.headers, text, body: (isJson ? JSON.parse(text) : {}) as Json };
  }

  let agents = 0;
  /** A registered agent and a capability that only it has. */
  async function newAgent(more: object = {}): Promise<{ agent: string; capability: string }> {
    const agent = `agent-no.${(agents += 1)}`;
    const capability = `only-${agent}`;
    const answer = await call('POST', '/agents/register', {
      ...{ agent_id: agent, agent_type: 'worker', capabilities: [capability, 'shared'], ...more },
    });
    expect(answer.status).toBe(200);
    return { agent, capability };
  }
  async function submit(capability: string, more: object = {}): Promise<string> {
    const answer = await call('POST', '/api/v1/tasks', {
      ...{ type: 'test.job', payload: { n: 1 }, requirements: { capabilities: [capability] }, ...more },
    });
    expect(answer).toMatchObject({ status: 201, body: { task_id: UUID, submitted_at: TIME } });
    return String(answer.body.task_id);
  }
  const statusOf = async (id: string) => (await call('GET', `/api/v1/tasks/${id}`)).body.status;
  function connect(agent: string): FarEnd {
    const url = `${stack.url.replace('http', 'ws')}/api/v1/agents/${agent}/task-stream`;
    const connected = new FarEnd(new WebSocket(url, { headers: { authorization: `Bearer ${stack.apiKey}` } }));
    open.push(connected);
    return connected;
  }

  describe('tasks', () => {
    it('should show a task at once, bare, with what was asked', async () => {
      const id = await submit('nobody', { priority: 85, lease_seconds: 5, retry: { max_attempts: 7 } });
      const { body } = await call('GET', `/api/v1/tasks/${id}`);
      expect(body).toMatchObject({
        ...{ id, task_id: id, type: 'test.job', status: 'queued', priority: 85, priority_name: 'critical' },
        ...{ payload: { n: 1 }, lease_seconds: 5, retry: { max_attempts: 7, factor: 2 }, progress: null, result: null },
      });
      expect((await call('GET', `/api/v1/tasks/${id.toUpperCase()}/`)).body.id).toBe(id);
    });

    it('should take many at once, in their order, and once per key', async () => {
      const tasks = Array.from({ length: 120 }, (_, n) => ({
        ...{ type: 'bulk', payload: { n, padding: 'x'.repeat(4_000) }, requirements: { capabilities: ['nobody'] } },
      }));
      const key = { 'idempotency-key': 'bulk-1' };
      const first = await call('POST', '/api/v1/tasks/bulk', { tasks }, key);
      expect(first).toMatchObject({ status: 201, body: { count: 120, submitted_at: TIME } });
      const ids = first.body.task_ids as unknown as string[];
      expect(new Set(ids).size).toBe(120);
      const numbers = await Promise.all(
        ids.map(async (id) => (await call('GET', `/api/v1/tasks/${id}`)).body.payload?.n),
      );
      expect(numbers).toEqual(tasks.map(({ payload }) => payload.n));
      const before = await call('GET', '/tasks/queues');
      expect((await call('POST', '/api/v1/tasks/bulk', { tasks }, key)).text).toBe(first.text);
      expect((await call('GET', '/tasks/queues')).body.queue_sizes).toEqual(before.body.queue_sizes);
    });

    it('rejects a task that fits no message before it takes any', async () => {
      const large = { type: 'large', payload: { text: 'x'.repeat(250 * 1024) } };
      const answer = await call('POST', '/api/v1/tasks/bulk', { tasks: [{ type: 'small' }, large] });
      expect(answer).toMatchObject({ status: 413, body: { errors: [{ pointer: '/tasks/1' }] } });
      expect((await call('GET', '/api/v1/tasks?limit=1')).text).not.toContain('"small"');
      expect(
        await call('POST', '/api/v1/tasks', { ...large, payload: { text: 'x'.repeat(300 * 1024) } }),
      ).toMatchObject({
        status: 413,
      });
    });

    it('should list with filters and pages, newest first', async () => {
      const { agent, capability } = await newAgent();
      const ids: string[] = [];
      for (const priority of ['urgent', 'high', 'high']) ids.push(await submit(capability, { priority }));
      await eventually(async () => expect(await statusOf(ids[2]!)).toBe('assigned'));
      const list = async (query: string) => {
        const answer = await call('GET', `/api/v1/tasks?${query}`);
        return { ids: (answer.body as unknown as Json[]).map(({ id }) => id), answer };
      };
      expect((await list(`agent_id=${agent}`)).ids).toEqual([...ids].reverse());
      expect((await list(`agent_id=${agent}&priority=high&status_filter=assigned`)).ids).toEqual([ids[2], ids[1]]);
      const { answer, ids: page } = await list(`agent_id=${agent}&limit=1&offset=1`);
      expect(page).toEqual([ids[1]]);
      expect(answer.headers.get('x-total-count')).toBe('3');
      expect(answer.headers.get('link')).toMatch(/offset=2.*rel="next".*offset=0.*rel="prev"/);
      expect((await list('agent_id=nobody-at-all')).ids).toEqual([]);
      for (const id of ids) await call('POST', `/api/v1/tasks/${id}/cancel`);
    });

    it('should cancel a task, show why, and refuse to do it twice', async () => {
      const id = await submit('nobody');
      const cancelled = await call('POST', `/api/v1/tasks/${id}/cancel`, { reason: 'not needed' });
      expect(cancelled.body).toEqual({ task_id: id, status: 'cancelled', cancelled_at: TIME });
      expect((await call('GET', `/api/v1/tasks/${id}`)).body).toMatchObject({
        status: 'cancelled',
        reason: 'not needed',
      });
      expect(await call('POST', `/api/v1/tasks/${id}/cancel`)).toMatchObject({ status: 409 });
    });

    it('should tell its history from the log, and its past', async () => {
      const id = await submit('nobody');
      await call('POST', `/api/v1/tasks/${id}/cancel`);
      const history = await call('GET', `/api/v1/tasks/${id}/events`);
      const events = history.body.events as unknown as Json[];
      expect(events.map(({ type }) => type)).toEqual(['TaskSubmitted', 'TaskCancelled']);
      expect(Object.keys(events[0]!)).toEqual([
        'position',
        'version',
        'type',
        'schema_version',
        'data',
        'metadata',
        'recorded_at',
      ]);
      expect((await call('GET', `/api/v1/tasks/${id}/events?from_version=2&limit=1`)).body).toMatchObject({
        events: [{ version: 2 }],
        next_version: 3,
      });
      const at = (moment: unknown) => call('GET', `/api/v1/tasks/${id}?as_of=${encodeURIComponent(String(moment))}`);
      expect((await at(events[0]!.position)).body.status).toBe('queued');
      expect((await at(events[0]!.recorded_at)).body.status).toBe('queued');
      expect((await at(events[1]!.position)).body.status).toBe('cancelled');
      expect((await at(1)).status).toBe(404);
    });
  });

  describe('an agent without a socket', () => {
    it('should look at its tasks, lease them, and complete one', async () => {
      const { agent, capability } = await newAgent();
      const id = await submit(capability, { priority: 10 });
      const peek = await eventually(async () => {
        const answer = await call('GET', `/api/v1/agents/${agent}/tasks`);
        expect(answer.body.tasks).toHaveLength(1);
        return answer;
      });
      expect(peek.body).toEqual({ tasks: [{ taskId: id, taskType: 'test.job', priority: 10, createdAt: TIME }] });
      await eventually(async () => expect(await statusOf(id)).toBe('assigned'));

      const leased = await call('GET', `/api/v1/agents/${agent}/tasks?lease=true`);
      const [task] = leased.body.tasks as unknown as Json[];
      expect(task).toEqual({
        ...{ taskId: id, taskType: 'test.job', payload: { n: 1 }, credentials: {}, timeout: 60, priority: 10 },
        ...{ createdAt: TIME, attempt: 1, leaseToken: UUID, leaseExpiresAt: TIME },
      });
      expect(await statusOf(id)).toBe('running');
      expect((await call('GET', `/api/v1/agents/${agent}/tasks`)).body).toEqual({ tasks: [] });

      const logs = [{ timestamp: '2026-01-10T14:23:45Z', level: 'info', message: 'Pulling image...' }];
      const completed = await call('POST', `/api/v1/agents/${agent}/tasks/${id}/complete`, {
        ...{ success: true, result: { imageId: 'sha256:abc' }, logs },
      });
      expect(completed).toMatchObject({ status: 200, body: { acknowledged: true } });
      expect((await call('GET', `/api/v1/tasks/${id}`)).body).toMatchObject({
        ...{ status: 'completed', result: { imageId: 'sha256:abc' }, progress: 100 },
      });
    });

    it('should get its tasks with the heartbeat, the same again when it repeats the request', async () => {
      const { agent, capability } = await newAgent();
      const id = await submit(capability);
      await eventually(async () => expect(await statusOf(id)).toBe('assigned'));
      const beat = { status: 'healthy', resourceUsage: { cpu: 15.5, memory: 45.2, disk: 60 }, runningTasks: 0 };
      const key = { 'idempotency-key': 'beat-1' };
      const first = await call('POST', `/api/v1/agents/${agent}/heartbeat`, beat, key);
      expect(first.body).toMatchObject({ tasks: [{ taskId: id, payload: { n: 1 }, credentials: {} }] });
      await eventually(async () => {
        const again = await call('POST', `/api/v1/agents/${agent}/heartbeat`, beat, key);
        expect(again.body.tasks).toMatchObject([{ taskId: id }]);
      });
      expect((await call('POST', `/api/v1/agents/${agent}/heartbeat`, beat)).body).toEqual({ tasks: [] });
      await eventually(async () =>
        expect((await call('GET', `/api/v1/agents/${agent}`)).body).toMatchObject({
          resourceUsage: { cpu: 15.5, memory: 45.2 },
        }),
      );
    });

    it('rejects a completion under a lease that is over, and keeps it in the history', async () => {
      const { agent, capability } = await newAgent();
      const id = await submit(capability);
      await eventually(async () => expect(await statusOf(id)).toBe('assigned'));
      await call('POST', `/api/v1/tasks/${id}/cancel`);
      const late = await call('POST', `/api/v1/agents/${agent}/tasks/${id}/complete`, { success: true });
      expect(late).toMatchObject({ status: 409, body: { code: 'task_ended' } });
      const { body } = await call('GET', `/api/v1/tasks/${id}/events`);
      expect((body.events as unknown as Json[]).at(-1)?.type).toBe('TaskCompletionRejected');
    });

    it('should pin a task to an agent by its own id', async () => {
      const { agent } = await newAgent();
      const id = await submit('shared', { requirements: { agent_id: agent } });
      const { body } = await call('GET', `/api/v1/agents/${agent}`);
      await eventually(async () => expect((await call('GET', `/api/v1/tasks/${id}`)).body.agent_id).toBe(body.id));
      expect(await call('POST', '/api/v1/tasks', { type: 'x', requirements: { agent_id: 'nobody' } })).toMatchObject({
        ...{ status: 404, body: { errors: [{ pointer: '/requirements/agent_id' }] } },
      });
      const unknown = '01890a5d-ac96-774b-bcce-b302099a8057';
      expect(await call('POST', '/api/v1/tasks', { type: 'x', agent_id: unknown })).toMatchObject({
        ...{ status: 404, body: { errors: [{ pointer: '/agent_id' }] } },
      });
    });
  });

  describe('an agent with a socket', () => {
    it('should be given a task, report on it and complete it', async () => {
      const { agent, capability } = await newAgent();
      const socket = connect(agent);
      await socket.frame('welcome');
      const id = await submit(capability);
      const { task } = await socket.frame('task_assigned');
      const lease = { taskId: id, leaseToken: (task as Json).leaseToken };
      socket.send({ type: 'task_started', id: 's', ...lease });
      await socket.frame('ack', (frame) => frame.id === 's');
      socket.send({ type: 'task_progress', progress: 42, message: 'Pulling layer 3/5', ...lease });
      await eventually(async () =>
        expect((await call('GET', `/api/v1/tasks/${id}`)).body).toMatchObject({
          ...{ status: 'running', progress: 42, progress_message: 'Pulling layer 3/5' },
        }),
      );
      expect((await call('POST', `/api/v1/agents/${agent}/heartbeat`, {})).body).toEqual({ tasks: [] });
      socket.send({ type: 'task_log', level: 'info', message: 'a line', ...lease });
      await eventually(async () =>
        expect((await call('GET', `/api/v1/tasks/${id}/logs`)).body.logs).toMatchObject([
          { level: 'info', message: 'a line', timestamp: TIME },
        ]),
      );
      socket.send({ type: 'task_complete', id: 'c', success: true, result: { done: true }, ...lease });
      await socket.frame('ack', (frame) => frame.id === 'c');
      await eventually(async () =>
        expect((await call('GET', `/api/v1/tasks/${id}`)).body).toMatchObject({
          status: 'completed',
          result: { done: true },
        }),
      );
    });

    it('should be told of a cancellation, and get its open leases again on a new socket', async () => {
      const { agent, capability } = await newAgent();
      const first = connect(agent);
      await first.frame('welcome');
      const id = await submit(capability);
      await first.frame('task_assigned');
      const second = connect(agent);
      expect((await second.frame('task_assigned')).task).toMatchObject({ taskId: id });
      expect(await first.ended()).toMatchObject({ code: 4409 });
      await call('POST', `/api/v1/tasks/${id}/cancel`, { reason: 'enough' });
      expect(await second.frame('task_cancelled')).toEqual({ type: 'task_cancelled', taskId: id, reason: 'enough' });
    });

    it('should be counted', async () => {
      const { agent } = await newAgent();
      await connect(agent).frame('welcome');
      const { text } = await call('GET', '/metrics');
      expect(text).toMatch(/^ao_websocket_connections\{kind="task-stream",service="gateway"\} [1-9]/m);
      const registered = 'method="POST",route="/agents/register",status="200"';
      expect(text).toContain(`ao_http_request_seconds_count{service="gateway",${registered}}`);
      expect((await call('GET', '/api/v1/metrics')).text).toContain('ao_websocket_connections');
    });

    it('rejects plain HTTP on the path of the stream', async () => {
      expect(await call('GET', '/api/v1/agents/any/task-stream')).toMatchObject({
        status: 426,
        body: { code: 'upgrade_required' },
      });
    });
  });

  describe('agents', () => {
    it('should list them bare, by status, capability and role, with the total', async () => {
      const { agent, capability } = await newAgent({ agent_type: 'provider' });
      const { body: shown } = await call('GET', `/api/v1/agents/${agent}`);
      expect(shown).toMatchObject({ external_id: agent, status: 'online', lastHeartbeat: TIME, last_heartbeat: TIME });
      const listed = async (query: string) =>
        ((await call('GET', `/api/v1/agents?${query}`)).body as unknown as Json[]).map(
          ({ external_id }) => external_id,
        );
      expect(await listed(`capability=${capability}`)).toEqual([agent]);
      expect(await listed(`capability=${capability}&status=online&role=provider`)).toEqual([agent]);
      expect(await listed(`capability=${capability}&status=offline`)).toEqual([]);
      await call('PUT', `/agents/${agent}/status`, { status: 'busy' });
      expect(await listed(`capability=${capability}&status_filter=busy`)).toEqual([agent]);
      expect(await listed(`capability=${capability}&status_filter=idle`)).toEqual([]);
      await call('PUT', `/agents/${agent}/status`, { status: 'inactive' });
      expect(await listed(`capability=${capability}&status=offline`)).toEqual([agent]);
      const all = await call('GET', '/api/v1/agents?limit=1');
      expect(Number(all.headers.get('x-total-count'))).toBeGreaterThan(1);
    });
  });

  it('should tell in the OpenAPI document of arrays, and of fields that may be null, where the schemas have them', async () => {
    const { body } = await call('GET', '/openapi.json');
    const documented = body.components!.schemas!;
    const differences: string[] = [];
    let compared = 0;
    for (const [name, { schema }] of await dtos()) {
      const fields = documented[name]?.properties;
      const { properties = {} } = z.toJSONSchema(schema as z.ZodType, { io: 'input' });
      for (const [field, expected] of Object.entries(properties)) {
        const told = fields?.[field] as Json | undefined;
        if (!told || typeof expected === 'boolean') continue;
        compared += 1;
        if (String(told.type) === 'array' && !mayBe('array', expected)) differences.push(`${name}.${field}`);
        if (mayBe('null', expected) && !expected.enum && told.nullable !== (true as unknown)) {
          differences.push(`${name}.${field} may be null`);
        }
      }
    }
    expect(differences).toEqual([]);
    expect(compared).toBeGreaterThan(500);
    // OpenAPI 3.0 has neither.
    const text = JSON.stringify(body);
    expect([...text.matchAll(/"type":(\[[^\]]*\]|"null"|"")/g)].map(([found]) => found)).toEqual([]);
    expect(text).not.toContain('x-nestjs_zod');
  });
});

/** Every DTO that the faces declare, by its name. */
async function dtos(): Promise<Map<string, ZodDto>> {
  const faces = path.join(__dirname, '../src/faces');
  const files = readdirSync(faces, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('schemas.ts'));
  const found = new Map<string, ZodDto>();
  for (const file of files) {
    const exported = (await import(path.join(faces, file))) as Record<string, unknown>;
    for (const [name, each] of Object.entries(exported)) if (isZodDto(each)) found.set(name, each);
  }
  return found;
}

/** Whether a JSON schema says so itself, or by one of its alternatives. */
function mayBe(type: string, schema: z.core.JSONSchema.BaseSchema): boolean {
  const alternatives = [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])];
  return [schema.type].flat().includes(type as 'array') || alternatives.some((each) => mayBe(type, each as never));
}
