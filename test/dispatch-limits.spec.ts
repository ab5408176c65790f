import { eventually, testStack, type TestStack } from '@ao/testing';
import { IdentityClient, type Answer, type Person } from './identity-api.fixture';

const UUID = expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/) as unknown;
const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/) as unknown;
const LIMITS = '/api/v1/dispatch-limits';

/** Dispatch limits and explanations over HTTP, against everything real. */
describe('limits of dispatch', () => {
  let stack: TestStack;
  let api: IdentityClient;
  let admin: Person;

  beforeAll(async () => {
    stack = await testStack();
    api = new IdentityClient(stack);
    admin = await eventually(() => api.logIn(stack.admin));
  });
  afterAll(async () => {
    await stack?.stop();
  });

  const listOf = (answer: Answer) => JSON.parse(answer.text) as Record<string, unknown>[];
  const codeOf = ({ status, body }: Answer) => [status, body['code']];
  const pointersOf = ({ body }: Answer) => (body['errors'] as { pointer: string }[]).map(({ pointer }) => pointer);
  const submit = async (type: string, change: object = {}) => {
    const answer = await admin.call('POST', '/api/v1/tasks', { type, ...change });
    expect(answer.status).toBe(201);
    return String(answer.body['id']);
  };
  const explain = async (id: string) => (await admin.call('GET', `/api/v1/tasks/${id}/explain`)).body;

  it('should be set, shown, changed and removed', async () => {
    const path = `${LIMITS}/concurrency_key/${encodeURIComponent('cluster eu/1')}`;
    const set = await admin.call('PUT', path, { max_concurrent: 2, rate: { tasks: 5, per_seconds: 60 } });
    const shown = {
      ...{ limit_id: UUID, scope: 'concurrency_key', value: 'cluster eu/1', max_concurrent: 2 },
      ...{ rate: { tasks: 5, per_seconds: 60 }, created_at: TIME, updated_at: TIME },
    };
    expect([set.status, set.body]).toEqual([201, shown]);
    expect(listOf(await admin.call('GET', LIMITS))).toEqual([{ ...set.body, running: 0 }]);

    const changed = await admin.call('PUT', path, { max_concurrent: 3 });
    expect([changed.status, changed.body]).toEqual([
      200,
      { ...set.body, rate: undefined, max_concurrent: 3, updated_at: TIME },
    ]);
    const every = await admin.call('PUT', `${LIMITS}/queue/*`, { max_concurrent: 100 });
    expect([every.status, every.body]).toMatchObject([201, { scope: 'queue', value: '*' }]);
    const page = await admin.call('GET', `${LIMITS}?limit=1&offset=1`);
    expect(page.headers.get('x-total-count')).toBe('2');
    expect(listOf(page)).toEqual([every.body]);

    const removed = await admin.call('DELETE', path);
    expect([removed.status, removed.body]).toEqual([
      200,
      { deleted: true, id: set.body['limit_id'], deleted_at: TIME },
    ]);
    expect(codeOf(await admin.call('DELETE', path))).toEqual([404, 'dispatch_limit_not_found']);
    expect((await admin.call('DELETE', `${LIMITS}/queue/*`)).status).toBe(200);
  });

  it('rejects what limits nothing, and scopes and queues that there are not', async () => {
    const empty = await admin.call('PUT', `${LIMITS}/task_type/x`, {});
    expect([empty.status, pointersOf(empty)]).toEqual([422, ['/max_concurrent']]);
    const scope = await admin.call('PUT', `${LIMITS}/colour/red`, { max_concurrent: 1 });
    expect([scope.status, pointersOf(scope)]).toEqual([404, ['/path/scope']]);
    const queue = await admin.call('PUT', `${LIMITS}/queue/express`, { max_concurrent: 1 });
    expect([queue.status, pointersOf(queue)]).toEqual([404, ['/path/value']]);
    expect(listOf(await admin.call('GET', LIMITS))).toEqual([]);
  });

  it('should hold tasks back, which says why, until it is removed', async () => {
    const type = 'limited';
    const registered = await api.operator('POST', '/agents/register', {
      ...{ agent_id: type, agent_type: 'worker', max_concurrent_tasks: 5, capabilities: [type] },
    });
    expect(registered.status).toBe(200);
    expect((await admin.call('PUT', `${LIMITS}/task_type/${type}`, { max_concurrent: 1 })).status).toBe(201);
    const change = { requirements: { capabilities: [type] } };
    const first = await submit(type, change);
    await eventually(async () => expect((await explain(first))['status']).toBe('assigned'));
    const second = await submit(type, change);
    const waiting = await explain(second);
    expect(waiting).toMatchObject({
      ...{ task_id: second, status: 'queued', assignments: [], place: { effective_priority: 40, ahead: 0 } },
      waits_because: [{ code: 'concurrency_limit', detail: expect.stringContaining(`'${type}'`) as unknown }],
      fleet: { fit: 1, free: 1 },
    });
    expect(listOf(await admin.call('GET', LIMITS))).toMatchObject([{ value: type, running: 1 }]);
    expect((await admin.call('DELETE', `${LIMITS}/task_type/${type}`)).status).toBe(200);
    await eventually(async () => {
      expect(await explain(second)).toMatchObject({
        ...{ status: 'assigned', waits_because: [], place: null, fleet: null, assignments_total: 1 },
        assignments: [{ strategy: 'least_connections', candidate_count: 1, ended_by: null }],
      });
    });
  });

  it('rejects explanations of tasks that there are not', async () => {
    const nobodys = '/api/v1/tasks/01890a5d-ac96-774b-bcce-b302099a8057/explain';
    expect(codeOf(await admin.call('GET', nobodys))).toEqual([404, 'task_not_found']);
    expect(codeOf(await admin.call('GET', '/api/v1/tasks/nobody/explain'))).toEqual([404, 'task_not_found']);
  });

  it('should be for those alone who may manage dispatch', async () => {
    const call = (method: string, path: string, body?: unknown) => api.call(method, path, { body });
    expect((await call('GET', LIMITS)).status).toBe(401);
    expect((await call('PUT', `${LIMITS}/task_type/x`, { max_concurrent: 1 })).status).toBe(401);
  });
});
