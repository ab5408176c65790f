import { eventually, testStack, type TestStack } from '@ao/testing';
import { IdentityClient, type Answer, type Person } from './identity-api.fixture';

const UUID = expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/) as unknown;
const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/) as unknown;

type Shown = Record<string, unknown> & { id: string };

/** Rows 112 to 116 of the inventory, and the defaults of task types, against everything real. */
describe('what governs how tasks are given out', () => {
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

  const BREAKERS = '/api/v1/circuit-breakers';
  const TYPES = '/api/v1/task-types';
  const code = (answer: Answer) => [answer.status, answer.body.code];
  const listOf = (answer: Answer) => JSON.parse(answer.text) as Shown[];
  const configure = (name: string, change: object = {}) =>
    admin.call('POST', BREAKERS, { name, scope: { kind: 'task_type', value: name }, ...change });
  const show = async (name: string) => (await admin.call('GET', `${BREAKERS}/${encodeURIComponent(name)}`)).body;
  const submit = async (type: string, change: object = {}) => {
    const answer = await admin.call('POST', '/api/v1/tasks', { type, ...change });
    expect(answer.status).toBe(201);
    return String(answer.body.task_id ?? answer.body.id);
  };
  const task = async (id: string) => (await admin.call('GET', `/api/v1/tasks/${id}`)).body;
  const assigned = (id: string) => eventually(async () => expect((await task(id)).status).toBe('assigned'));
  /** Registers an agent that is there; resolves with its UUID. */
  const agent = async (name: string) => {
    const registered = await api.operator('POST', '/agents/register', {
      ...{ agent_id: name, agent_type: 'worker', max_concurrent_tasks: 50, capabilities: [name] },
    });
    expect(registered.status).toBe(200);
    return String((await admin.call('GET', `/api/v1/agents/${name}`)).body.id);
  };
  const complete = (agentId: string, taskId: string, success: boolean) =>
    api.operator('POST', `/api/v1/agents/${agentId}/tasks/${taskId}/complete`, {
      ...{ success, ...(success ? {} : { error: { message: 'broken', retryable: false } }) },
    });

  describe('circuit breakers', () => {
    it('should be made, shown, changed and deleted', async () => {
      const made = await configure('first', { failure_threshold: 3, cooldown_seconds: 1.5 });
      const shown = {
        ...{ id: UUID, name: 'first', scope: { kind: 'task_type', value: 'first' }, made_by: null, state: 'closed' },
        ...{ failure_threshold: 3, window_seconds: 60, minimum_calls: 1, failure_ratio: 0, cooldown_seconds: 1.5 },
        ...{ half_open_max: 1, since: TIME, reason: null, retry_at: null, opened_at: null, opened_on: null },
        ...{ counts: { calls: 0, failures: 0 }, created_at: TIME, updated_at: TIME },
      };
      expect([made.status, made.body]).toEqual([201, shown]);
      expect(await show('first')).toEqual(made.body);

      const changed = await configure('first', { half_open_max: 2 });
      expect(changed.status).toBe(200);
      expect(changed.body).toMatchObject({ id: made.body.id, failure_threshold: 5, half_open_max: 2 });
      expect(code(await configure('first', { scope: { kind: 'target', value: 'x' } }))).toEqual([
        ...[409, 'breaker_scope_fixed'],
      ]);

      const removed = await admin.call('DELETE', `${BREAKERS}/first`);
      expect([removed.status, removed.body]).toEqual([200, { deleted: true, id: made.body.id, deleted_at: TIME }]);
      expect(code(await admin.call('GET', `${BREAKERS}/first`))).toEqual([404, 'circuit_breaker_not_found']);
      expect((await configure('first')).status).toBe(201);
    });

    it('should be listed by name, with states and pages', async () => {
      for (const name of ['list-c', 'list-a', 'list-b']) await configure(name);
      expect((await admin.call('POST', `${BREAKERS}/list-b/force-open`)).status).toBe(200);
      const all = listOf(await admin.call('GET', BREAKERS)).filter(({ name }) => String(name).startsWith('list-'));
      expect(all.map(({ name, state }) => [name, state])).toEqual([
        ...[
          ['list-a', 'closed'],
          ['list-b', 'forced_open'],
          ['list-c', 'closed'],
        ],
      ]);
      const forced = await admin.call('GET', `${BREAKERS}?state=forced_open&limit=1`);
      expect(listOf(forced).map(({ name }) => name)).toEqual(['list-b']);
      expect(forced.headers.get('x-total-count')).toBe('1');
    });

    it('should hold tasks of a type while forced open, let them go forced closed, and count anew when reset', async () => {
      const worker = await agent('forced-worker');
      await configure('forced', { failure_threshold: 2, cooldown_seconds: 3_600 });
      const forced = await admin.call('POST', `${BREAKERS}/forced/force-open`, { reason: 'the model is down' });
      expect(forced).toMatchObject({ status: 200, body: { state: 'forced_open', reason: 'the model is down' } });
      const requirements = { capabilities: ['forced-worker'] };
      const held = await submit('forced', { requirements });
      await assigned(await submit('free', { requirements }));
      expect((await task(held)).status).toBe('queued');
      expect((await admin.call('GET', `/api/v1/tasks/${held}/explain`)).body.waits_because).toEqual([
        { code: 'circuit_open', detail: "circuit breaker 'forced' is forced open" },
      ]);

      const closed = await admin.call('POST', `${BREAKERS}/forced/force-close`, {});
      expect(closed).toMatchObject({ status: 200, body: { state: 'forced_closed', reason: '' } });
      await assigned(held);
      expect((await complete(worker, held, false)).status).toBe(200);
      const reset = await admin.call('POST', `${BREAKERS}/forced/reset`);
      expect(reset).toMatchObject({ status: 200, body: { state: 'closed', counts: { calls: 0, failures: 0 } } });

      for (const count of [1, 2]) {
        const failing = await submit('forced', { requirements });
        await assigned(failing);
        await complete(worker, failing, false);
        if (count === 1)
          await eventually(async () => expect((await show('forced')).counts).toEqual({ calls: 1, failures: 1 }));
      }
      await eventually(async () =>
        expect(await show('forced')).toMatchObject({
          ...{ state: 'open', reason: 'failures', retry_at: TIME, opened_at: TIME },
          opened_on: { calls: 2, failures: 2 },
        }),
      );
    });

    it('should guard an agent by any of its names, and each agent by one', async () => {
      const id = await agent('flaky');
      const own = await configure('flaky', { scope: { kind: 'agent', value: 'flaky' } });
      expect(own.body.scope).toEqual({ kind: 'agent', value: id });
      const unknown = await configure('nobody', { scope: { kind: 'agent', value: 'nobody-at-all' } });
      expect([unknown.status, unknown.body.errors]).toMatchObject([404, [{ pointer: '/scope/value' }]]);

      const scope = { kind: 'agent', value: '*' };
      await configure('each-agent', { scope, failure_threshold: 1, cooldown_seconds: 3_600 });
      for (const verb of ['force-open', 'force-close', 'reset'])
        expect(code(await admin.call('POST', `${BREAKERS}/each-agent/${verb}`))).toEqual([409, 'breaker_is_for_each']);
      const failing = await submit('each', { requirements: { agent_id: 'flaky' } });
      await assigned(failing);
      await complete(id, failing, false);
      const name = `each-agent:${id}`;
      await eventually(async () =>
        expect(await show(name)).toMatchObject({
          ...{ name, state: 'open', made_by: 'each-agent', scope: { kind: 'agent', value: id } },
        }),
      );
      const reset = await admin.call('POST', `${BREAKERS}/${encodeURIComponent(name)}/reset`);
      expect(reset).toMatchObject({ status: 200, body: { name, state: 'closed' } });
      expect((await admin.call('GET', `${BREAKERS}/${encodeURIComponent(name)}`)).status).toBe(404);
    });

    it('should answer 404 for a name that is nobody’s', async () => {
      for (const [method, path] of [
        ...[
          ['GET', ''],
          ['DELETE', ''],
          ['POST', '/force-open'],
          ['POST', '/force-close'],
          ['POST', '/reset'],
        ],
      ]) {
        const answer = await admin.call(method!, `${BREAKERS}/nobodys${path}`);
        expect([...code(answer), answer.body.errors]).toMatchObject([
          ...[404, 'circuit_breaker_not_found', [{ pointer: '/path/name' }]],
        ]);
      }
    });

    it('should be for those who may manage dispatch', async () => {
      const [operator, viewer] = [await api.person('operator'), await api.person('viewer')];
      for (const person of [operator, viewer]) {
        expect((await person.call('GET', BREAKERS)).status).toBe(403);
        expect((await person.call('POST', `${BREAKERS}/first/force-open`, {})).status).toBe(403);
      }
      expect((await viewer.call('GET', TYPES)).status).toBe(200);
      expect((await operator.call('PUT', `${TYPES}/x`, {})).status).toBe(403);
    });

    it('should show without counts while the service that counts is away', async () => {
      await stack.service('tasks').kill();
      expect(await show('first')).toMatchObject({ name: 'first', counts: null });
      await stack.restart('tasks');
      await eventually(async () => expect((await show('first')).counts).toEqual({ calls: 0, failures: 0 }));
    });
  });

  describe('task types', () => {
    it('should be given defaults, which tasks of the type take on every face', async () => {
      const body = { lease_seconds: 7, priority: 'high', on_agent_lost: 'fail', retry: { max_attempts: 9 } };
      const made = await admin.call('PUT', `${TYPES}/typed`, body);
      const shown = { id: UUID, type: 'typed', ...body, priority: 60, created_at: TIME, updated_at: TIME };
      expect([made.status, made.body]).toEqual([201, shown]);
      const requirements = { capabilities: ['nobody-has-it'] };
      const eventOf = async (id: string) => {
        const history = await admin.call('GET', `/api/v1/tasks/${id}/events`);
        return (history.body.events as { data: Record<string, unknown> }[])[0]!.data;
      };
      const defaults = { lease_seconds: 7, priority: 60, on_agent_lost: 'fail' };
      const plain = await eventOf(await submit('typed', { requirements }));
      expect(plain).toMatchObject({ ...defaults, retry: { max_attempts: 9, factor: 2 } });
      const own = await eventOf(await submit('typed', { requirements, priority: 1, retry: { factor: 3 } }));
      expect(own).toMatchObject({ ...defaults, priority: 1, retry: { max_attempts: 9, factor: 3 } });
      const coordinated = await api.operator('POST', '/tasks/submit', {
        ...{ task_data: { task_type: 'typed' }, priority: 'low', requirements },
      });
      expect(await eventOf(String(coordinated.body.task_id))).toMatchObject({ lease_seconds: 7, priority: 20 });

      const replaced = await admin.call('PUT', `${TYPES}/typed`, { lease_seconds: 8 });
      expect([replaced.status, replaced.body]).toEqual([
        200,
        { id: made.body.id, type: 'typed', lease_seconds: 8, created_at: TIME, updated_at: TIME },
      ]);
      expect(listOf(await admin.call('GET', TYPES)).map(({ type }) => type)).toEqual(['typed']);
      const removed = await admin.call('DELETE', `${TYPES}/typed`);
      expect([removed.status, removed.body]).toEqual([200, { deleted: true, id: made.body.id, deleted_at: TIME }]);
      for (const method of ['GET', 'DELETE'])
        expect(code(await admin.call(method, `${TYPES}/typed`))).toEqual([404, 'task_type_not_found']);
      const after = await eventOf(await submit('typed', { requirements }));
      expect(after).toMatchObject({ lease_seconds: 60, priority: 40 });
    });

    it('should take any word for a type, and say what is none', async () => {
      const type = 'Ünïcode / with:everything';
      const made = await admin.call('PUT', `${TYPES}/${encodeURIComponent(type)}`, { priority: 'low' });
      expect(made).toMatchObject({ status: 201, body: { type } });
      expect((await admin.call('GET', `${TYPES}/${encodeURIComponent(type)}`)).body).toEqual(made.body);
      for (const bad of ['%00', 'x'.repeat(129)]) {
        const answer = await admin.call('PUT', `${TYPES}/${bad}`, {});
        expect([answer.status, answer.body.errors]).toMatchObject([422, [{ pointer: '/path/type' }]]);
      }
    });
  });
});
