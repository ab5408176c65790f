import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { eventually, testStack, type TestStack } from '@ao/testing';

/**
 * The coordinator's API document (seed 000) against everything real: each of its examples as printed, each answer key by
 * key. The keys stand here as the document prints them, not as our schemas say.
 */

const AGENT_KEYS = [
  ...['agent_id', 'agent_type', 'status', 'capabilities', 'services', 'endpoints', 'metadata', 'last_heartbeat'],
  ...['registration_time', 'load_metrics', 'health_score', 'version', 'tags'],
];
const QUEUE_KEYS = ['urgent', 'critical', 'high', 'normal', 'low'];
const ISO = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The examples of the document, byte for byte. */
const EXAMPLES = {
  register: `curl -X POST http://localhost:9001/agents/register \\
-H "Content-Type: application/json" \\
-d '{
"agent_id": "hermes-agent",
"agent_type": "worker",
"capabilities": ["data-processing", "analysis"],
"services": ["task-execution"],
"endpoints": {"http": "http://localhost:9002"},
"metadata": {"version": "1.0.0"}
}'`,
  discover: `curl -X POST http://localhost:9001/agents/discover \\
-H "Content-Type: application/json" \\
-d '{
"status": "active",
"agent_type": "worker"
}'`,
  show: `curl http://localhost:9001/agents/hermes-agent`,
  updateStatus: `curl -X PUT http://localhost:9001/agents/hermes-agent/status \\
-H "Content-Type: application/json" \\
-d '{
"status": "busy",
"load_metrics": {
"active_connections": 5,
"pending_tasks": 2
}
}'`,
  submit: `curl -X POST http://localhost:9001/tasks/submit \\
-H "Content-Type: application/json" \\
-d '{
"task_data": {
"model": "llama2",
"prompt": "test prompt"
},
"priority": "normal",
"requirements": {}
}'`,
  taskStatus: `curl http://localhost:9001/tasks/status`,
  health: `curl http://localhost:9001/health`,
} as const;

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: Json;
}

/** Any JSON, to be looked into freely: its shape is what is tested here. */
interface Json {
  readonly [key: string]: Json;
}

describe('the coordinator API as its document prints it', () => {
  let stack: TestStack;

  beforeAll(async () => {
    stack = await testStack();
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
      headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    const isJson = /json/.test(response.headers.get('content-type') ?? '');
    return {
      status: response.status,
      headers: response.headers,
      text,
      body: isJson && text !== '' ? JSON.parse(text) : {},
    };
  }

  /** Runs a printed example through a shell, as a reader would, on the port of this test. */
  function asPrinted(example: string): Json {
    const command = example.replaceAll('http://localhost:9001', stack.url.replace('127.0.0.1', 'localhost'));
    return JSON.parse(
      execFileSync('sh', ['-c', `${command} --silent --show-error --fail-with-body`], { encoding: 'utf8' }),
    );
  }

  const register = (agent_id: string, more: object = {}) =>
    call('POST', '/agents/register', { agent_id, agent_type: 'worker', ...more });

  describe('its examples', () => {
    it('should register an agent', () => {
      const answer = asPrinted(EXAMPLES.register);
      expect(answer).toEqual({
        status: 'success',
        message: 'Agent hermes-agent registered successfully',
        agent_id: 'hermes-agent',
        registered_at: expect.stringMatching(ISO),
      });
    });

    it('should discover agents', () => {
      const answer = asPrinted(EXAMPLES.discover);
      expect(Object.keys(answer)).toEqual(['status', 'query', 'agents', 'count', 'timestamp']);
      expect(answer).toMatchObject({ status: 'success', query: { status: 'active', agent_type: 'worker' }, count: 1 });
      const [agent] = answer.agents as unknown as Json[];
      expect(Object.keys(agent!)).toEqual(AGENT_KEYS);
      expect(agent).toMatchObject({ agent_id: 'hermes-agent', status: 'active' });
    });

    it('should show an agent', () => {
      const answer = asPrinted(EXAMPLES.show);
      expect(Object.keys(answer)).toEqual(['status', 'agent', 'timestamp']);
      expect(Object.keys(answer.agent!)).toEqual(AGENT_KEYS);
      expect(answer.agent).toEqual({
        agent_id: 'hermes-agent',
        agent_type: 'worker',
        status: 'active',
        capabilities: ['data-processing', 'analysis'],
        services: ['task-execution'],
        endpoints: { http: 'http://localhost:9002' },
        metadata: { version: '1.0.0' },
        last_heartbeat: expect.stringMatching(ISO),
        registration_time: expect.stringMatching(ISO),
        load_metrics: {},
        health_score: 1,
        version: '1.0.0',
        tags: [],
      });
    });

    it('should update the status of an agent, and show it at once', () => {
      expect(asPrinted(EXAMPLES.updateStatus)).toEqual({
        status: 'success',
        message: 'Agent hermes-agent status updated',
        agent_id: 'hermes-agent',
        new_status: 'busy',
        updated_at: expect.stringMatching(ISO),
      });
      expect(asPrinted(EXAMPLES.show).agent).toMatchObject({ status: 'busy' });
    });

    it('should submit a task', () => {
      const answer = asPrinted(EXAMPLES.submit);
      expect(answer).toEqual({
        status: 'success',
        message: 'Task submitted successfully',
        task_id: expect.stringMatching(UUID),
        priority: 'normal',
        submitted_at: expect.stringMatching(ISO),
      });
    });

    it('should tell the status of distribution', () => {
      const answer = asPrinted(EXAMPLES.taskStatus);
      expect(Object.keys(answer)).toEqual(['status', 'stats', 'timestamp']);
      expect(answer.stats).toEqual({
        tasks_distributed: 0,
        tasks_completed: 0,
        tasks_failed: 0,
        avg_distribution_time: 0,
        load_balancer_stats: {
          strategy: 'least_connections',
          total_assignments: 0,
          successful_assignments: 0,
          failed_assignments: 0,
          success_rate: 0,
          active_agents: 1,
          agent_weights: 0,
          avg_agent_load: 0,
        },
        queue_sizes: { urgent: 0, critical: 0, high: 0, normal: 1, low: 0 },
      });
      expect(Object.keys(answer.stats!)).toEqual([
        ...['tasks_distributed', 'tasks_completed', 'tasks_failed', 'avg_distribution_time'],
        ...['load_balancer_stats', 'queue_sizes'],
      ]);
      expect(Object.keys(answer.stats!.queue_sizes!)).toEqual(QUEUE_KEYS);
    });

    it('should tell the health', () => {
      expect(asPrinted(EXAMPLES.health)).toEqual({
        status: 'healthy',
        service: 'agent-orchestration',
        name: 'agent-orchestration',
        version: expect.stringMatching(/^\d+\.\d+\.\d+/),
        timestamp: expect.stringMatching(ISO),
      });
    });
  });

  describe('its routes without an example', () => {
    it('should take a heartbeat, with load and without a body', async () => {
      await register('beating');
      for (const body of [undefined, { load_metrics: { pending_tasks: 3 } }]) {
        const answer = await call('POST', '/agents/beating/heartbeat', body);
        expect(answer.status).toBe(200);
        expect(answer.body).toMatchObject({ status: 'success', agent_id: 'beating', heartbeat_interval: 30 });
        expect(answer.body.received_at).toMatch(ISO);
      }
      await eventually(async () =>
        expect((await call('GET', '/agents/beating')).body.agent).toMatchObject({ load_metrics: { pending_tasks: 3 } }),
      );
    });

    it('should tell queue sizes, in all five and as a sum', async () => {
      const answer = await call('GET', '/tasks/queues');
      expect(Object.keys(answer.body)).toEqual(['status', 'queue_sizes', 'total', 'timestamp']);
      expect(Object.keys(answer.body.queue_sizes!)).toEqual(QUEUE_KEYS);
    });

    it('should tell queue statistics in detail', async () => {
      const answer = await call('GET', '/tasks/queues/stats');
      expect(answer.body).toMatchObject({
        status: 'success',
        queue_sizes: expect.any(Object),
        stats: { tasks_by_status: expect.any(Object), dispatcher: { pool: 'default', epoch: expect.any(Number) } },
      });
    });

    it.each(['POST', 'DELETE'])('should clear a queue by %s and cancel its tasks with a reason', async (method) => {
      const bearer = { authorization: `Bearer ${stack.apiKey}` };
      const body = { task_data: { n: 1 }, priority: 'low', requirements: { capabilities: ['nobody-has-this'] } };
      const submitted = await Promise.all([1, 2, 3].map(() => call('POST', '/tasks/submit', body)));
      expect((await call('GET', '/tasks/queues')).body.queue_sizes).toMatchObject({ low: 3 });
      const cleared = await call(method, '/tasks/queues/low/clear');
      expect(cleared.body).toEqual({
        status: 'success',
        message: 'Cleared 3 tasks from the low queue',
        priority: 'low',
        cleared: 3,
      });
      expect((await call('GET', '/tasks/queues')).body.queue_sizes).toMatchObject({ low: 0 });
      const task = await call('GET', `/api/v1/tasks/${String(submitted[0]!.body.task_id)}`, undefined, bearer);
      expect(task.body).toMatchObject({ status: 'cancelled', reason: 'queue_cleared' });
    });

    it('should serve every row of the inventory, and tell of it in the OpenAPI document', async () => {
      const { body, status } = await call('GET', '/openapi.json');
      expect(status).toBe(200);
      expect(body.openapi).toMatch(/^3\./);
      const served = Object.entries(body.paths!).flatMap(([route, methods]) =>
        Object.keys(methods).map((method) => `${method.toUpperCase()} ${withoutNames(route)}`),
      );
      for (const { method, route } of rowsServed()) {
        // A WebSocket is told of as the GET that it begins with.
        expect(served).toContain(`${method === 'WS' ? 'GET' : method} ${withoutNames(route)}`);
        const answer = await call(method === 'WS' ? 'GET' : method, route.replaceAll(/\{\w+\}/g, 'any'), undefined, {
          authorization: `Bearer ${stack.apiKey}`,
        });
        expect([route, answer.body.code]).not.toEqual([route, 'route_not_found']);
        expect([route, answer.status]).not.toEqual([route, 405]);
      }
    });

    it('should serve the docs page and all it needs from here', async () => {
      const page = await call('GET', '/docs');
      expect(page.headers.get('content-type')).toMatch(/^text\/html/);
      const links = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1]!);
      expect(links.length).toBeGreaterThan(2);
      for (const link of links) {
        expect(link).toMatch(/^\/docs\//);
        expect((await fetch(stack.url + link)).status).toBe(200);
      }
    });
  });

  describe('what it means', () => {
    it('should register the same id again without a second agent, and take its new profile', async () => {
      const first = await register('twice', { capabilities: ['one'] });
      const second = await register('twice', { capabilities: ['two'] });
      expect(second.body.registered_at).toBe(first.body.registered_at);
      expect((await call('GET', '/agents/twice')).body.agent).toMatchObject({ capabilities: ['two'] });
      const { body } = await call('POST', '/agents/discover', { capabilities: ['two'] });
      expect(body).toMatchObject({ count: 1 });
    });

    it('should discover by each filter: all capabilities, all services, type, status', async () => {
      await register('finder-1', { capabilities: ['fx', 'fy'], services: ['fs'] });
      await register('finder-2', { capabilities: ['fx'], agent_type: 'provider' });
      const found = async (query: object) =>
        ((await call('POST', '/agents/discover', query)).body.agents as unknown as { agent_id: string }[])
          .map(({ agent_id }) => agent_id)
          .filter((id) => id.startsWith('finder'))
          .sort();
      expect(await found({ capabilities: ['fx'] })).toEqual(['finder-1', 'finder-2']);
      expect(await found({ capabilities: ['fx', 'fy'] })).toEqual(['finder-1']);
      expect(await found({ services: ['fs'] })).toEqual(['finder-1']);
      expect(await found({ agent_type: 'provider' })).toEqual(['finder-2']);
      expect(await found({})).toEqual(['finder-1', 'finder-2']);
      await call('PUT', '/agents/finder-2/status', { status: 'inactive' });
      expect(await found({ status: 'inactive' })).toEqual(['finder-2']);
      expect(await found({ status: 'active' })).toEqual(['finder-1']);
    });

    it.each([
      ['busy', 1],
      ['inactive', 0],
      ['stale', 0],
      ['active', 1],
    ])('should show the word %s that an agent was given', async (status, health_score) => {
      await register('worded');
      await call('PUT', '/agents/worded/status', { status });
      expect((await call('GET', '/agents/worded')).body.agent).toMatchObject({ status, health_score });
      await call('PUT', '/agents/worded/status', { status: 'active' });
    });

    it('should be found by its UUID as well as by its own id', async () => {
      await register('both-ways');
      const bearer = { authorization: `Bearer ${stack.apiKey}` };
      const { body } = await call('GET', '/api/v1/agents/both-ways', undefined, bearer);
      const byUuid = await call('GET', `/agents/${String(body.id)}`);
      expect(byUuid.body.agent).toMatchObject({ agent_id: 'both-ways' });
      expect((await call('GET', `/agents/${String(body.id).toUpperCase()}`)).status).toBe(200);
    });

    it('should show an agent as it was at a position or a time', async () => {
      const registered = await register('past', { capabilities: ['old'] });
      const position = registered.headers.get('log-position')!;
      const time = String((await call('GET', '/agents/past')).body.timestamp);
      await register('past', { capabilities: ['new'] });
      const then = await call('GET', `/agents/past?as_of=${position}`);
      expect(then.body.agent).toMatchObject({ capabilities: ['old'] });
      expect((await call('GET', `/agents/past?as_of=${time}`)).body.agent).toMatchObject({ capabilities: ['old'] });
      expect((await call('GET', '/agents/past?as_of=1')).status).toBe(404);
      expect((await call('GET', '/agents/past?as_of=999999999')).status).toBe(422);
      expect((await call('GET', '/agents/past?as_of=2999-01-01T00:00:00Z')).status).toBe(422);
    });
  });

  describe('writing once', () => {
    const body = { task_data: { n: 1 }, priority: 'low', requirements: { capabilities: ['nobody-has-this'] } };

    it('should answer the same key with the same bytes and submit once', async () => {
      const key = { 'idempotency-key': 'submit-1' };
      const first = await call('POST', '/tasks/submit', body, key);
      const again = await call('POST', '/tasks/submit', body, key);
      expect(first.status).toBe(200);
      expect(again.text).toBe(first.text);
      expect(again.headers.get('log-position')).toBe(first.headers.get('log-position'));
      const other = await call('POST', '/tasks/submit', body, { 'idempotency-key': 'submit-2' });
      expect(other.body.task_id).not.toBe(first.body.task_id);
    });

    it('should answer a registration and a cleared queue with the same bytes', async () => {
      for (const [route, sent] of [
        ['/agents/register', { agent_id: 'once', agent_type: 'worker' }],
        ['/tasks/queues/low/clear', undefined],
      ] as const) {
        const key = { 'idempotency-key': `same ${route}`.replace(' ', '-') };
        const first = await call('POST', route, sent, key);
        expect(first.status).toBe(200);
        await call('POST', '/tasks/submit', body);
        expect((await call('POST', route, sent, key)).text).toBe(first.text);
      }
    });

    it('rejects the same key with another payload', async () => {
      const key = { 'idempotency-key': 'submit-3' };
      await call('POST', '/tasks/submit', body, key);
      const other = await call('POST', '/tasks/submit', { ...body, task_data: { n: 2 } }, key);
      expect(other).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } });
    });

    it('rejects a key that is none', async () => {
      for (const value of ['', 'x'.repeat(256), 'with space']) {
        const answer = await call('POST', '/tasks/submit', body, { 'idempotency-key': value });
        expect(answer).toMatchObject({ status: 400, body: { errors: [{ pointer: '/headers/idempotency-key' }] } });
      }
    });

    it('should give many at once with one key one task', async () => {
      const key = { 'idempotency-key': 'burst' };
      const answers = await Promise.all(Array.from({ length: 20 }, () => call('POST', '/tasks/submit', body, key)));
      const done = answers.filter(({ status }) => status === 200);
      expect(new Set(done.map(({ text }) => text)).size).toBe(1);
      for (const { status, headers } of answers.filter((answer) => answer.status !== 200)) {
        expect([status, headers.get('retry-after')]).toEqual([409, '1']);
      }
    });

    it('should carry the caller’s request id into the log', async () => {
      const bearer = { authorization: `Bearer ${stack.apiKey}` };
      const id = '01890a5d-ac96-774b-bcce-b302099a8057';
      const submitted = await call('POST', '/tasks/submit', body, { 'x-request-id': id.toUpperCase(), ...bearer });
      expect(submitted.headers.get('x-request-id')).toBe(id);
      const { body: history } = await call(
        'GET',
        `/api/v1/tasks/${String(submitted.body.task_id)}/events`,
        undefined,
        bearer,
      );
      expect((history.events as unknown as { metadata: object }[])[0]?.metadata).toMatchObject({
        correlation_id: id,
        actor: { type: 'api_key', id: 'bootstrap' },
      });
    });

    it('should show a write at once, or say where it stands when the caller does not wait', async () => {
      const submitted = await call('POST', '/tasks/submit', body, { prefer: 'respond-async' });
      expect(submitted.headers.get('preference-applied')).toBe('respond-async');
      const position = submitted.headers.get('log-position')!;
      const bearer = { authorization: `Bearer ${stack.apiKey}` };
      const route = `/api/v1/tasks/${String(submitted.body.task_id)}?at_least=${position}`;
      expect(await call('GET', route, undefined, bearer)).toMatchObject({ status: 200, body: { status: 'queued' } });
    });
  });

  describe('what it refuses', () => {
    it.each([
      ['GET', '/agents/nobody', undefined],
      ['PUT', '/agents/nobody/status', { status: 'active' }],
      ['POST', '/agents/nobody/heartbeat', undefined],
      ['GET', '/agents/01890a5d-ac96-774b-bcce-b302099a8057', undefined],
      ['PUT', '/agents/01890a5d-ac96-774b-bcce-b302099a8057/status', { status: 'active' }],
      ['POST', '/agents/01890a5d-ac96-774b-bcce-b302099a8057/heartbeat', undefined],
    ])('%s %s: Agent not found', async (method, route, body) => {
      const answer = await call(method, route, body);
      expect(answer).toMatchObject({ status: 404, body: { detail: 'Agent not found' } });
      expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    });

    it('Invalid priority, by its name', async () => {
      const answer = await call('POST', '/tasks/submit', { task_data: {}, priority: 'urgentest' });
      expect(answer).toMatchObject({ status: 400, body: { detail: 'Invalid priority: urgentest' } });
      expect(await call('POST', '/tasks/queues/urgentest/clear')).toMatchObject({
        status: 400,
        body: { detail: 'Invalid priority: urgentest' },
      });
    });

    it('422 with the field for what is missing or wrong', async () => {
      const answer = await call('POST', '/agents/register', { agent_type: 'wizard' });
      expect(answer.status).toBe(422);
      expect(answer.body.detail).toEqual(expect.any(String));
      const pointers = (answer.body.errors as unknown as { pointer: string }[]).map(({ pointer }) => pointer);
      expect(pointers).toEqual(['/agent_id', '/agent_type']);
    });

    it('503 Task distributor not available while nobody distributes, and goes on afterwards', async () => {
      await stack.service('tasks').kill();
      const body = { task_data: { n: 1 }, priority: 'low', requirements: { capabilities: ['nobody-has-this'] } };
      for (const answer of [await call('POST', '/tasks/submit', body), await call('GET', '/tasks/status')]) {
        expect(answer).toMatchObject({ status: 503, body: { detail: 'Task distributor not available' } });
        expect(answer.headers.get('retry-after')).toMatch(/^\d+$/);
      }
      // What only reads goes on.
      expect((await call('GET', '/tasks/queues')).status).toBe(200);
      expect(await call('GET', '/tasks/queues/stats')).toMatchObject({
        status: 200,
        body: { stats: { dispatcher: null } },
      });
      await stack.restart('tasks');
      await eventually(async () => expect((await call('POST', '/tasks/submit', body)).status).toBe(200));
    });
  });
});

interface Row {
  readonly method: string;
  readonly route: string;
}

/** The rows of the inventory of all seed documents that are served by now. */
function rowsServed(): Row[] {
  return readFileSync(path.join(__dirname, 'api-rows.tsv'), 'utf8')
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split('\t'))
    .map(([, , method, route]) => ({ method: method ?? '', route: route ?? '' }));
}

/** A path without the names of its parameters and without a slash at its end. */
function withoutNames(route: string): string {
  return route.replaceAll(/\{\w+\}/g, '{}').replace(/(.)\/$/, '$1');
}
