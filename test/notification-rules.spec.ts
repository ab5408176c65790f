import { eventually, testStack, type TestStack } from '@ao/testing';
import { IdentityClient, type Answer, type Person } from './identity-api.fixture';

const UUID = expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/) as unknown;
const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/) as unknown;
const UNKNOWN = '01890a5d-ac96-774b-bcce-b302099a8057';
const NOTIFICATIONS = '/api/v1/notifications';
const RULES = `${NOTIFICATIONS}/rules`;
const AGENT = 'failing-agent';

/** Rows 153 to 156 and the dry runs beside them, against everything real. */
describe('notification rules', () => {
  let stack: TestStack;
  let api: IdentityClient;
  let admin: Person;

  beforeAll(async () => {
    stack = await testStack();
    api = new IdentityClient(stack);
    const settings = { 'rate_limits.requests_per_minute': 100_000, 'rate_limits.requests_per_hour': 1_000_000 };
    await eventually(async () => {
      expect((await api.operator('PUT', '/api/v1/settings/bulk', { settings })).status).toBe(200);
    });
    admin = await eventually(() => api.logIn(stack.admin));
    const agent = { agent_id: AGENT, agent_type: 'worker', capabilities: [AGENT], heartbeat_interval_seconds: 600 };
    const registered = await api.operator('POST', '/agents/register', { ...agent, max_concurrent_tasks: 100 });
    expect(registered.status).toBe(200);
  }, 120_000);
  afterAll(async () => {
    await stack?.stop();
  });

  const listOf = (answer: Answer) => JSON.parse(answer.text) as Record<string, unknown>[];
  const bySubject = (list: readonly Record<string, unknown>[]) =>
    [...list].sort((left, right) => String(left['subject']).localeCompare(String(right['subject'])));
  const codeOf = ({ status, body }: Answer) => [status, body['code']];
  const errorsOf = ({ body }: Answer) => body['errors'] as { pointer: string; message: string }[];
  const create = async (change: object = {}) => {
    const body = { name: 'a rule', event: 'task.failed', recipients: { roles: ['approver'] }, ...change };
    const answer = await admin.call('POST', RULES, body);
    expect([answer.status, answer.text]).toEqual([201, answer.text]);
    return answer.body as { id: string } & Record<string, unknown>;
  };
  /** A task whose only attempt fails, of a class. */
  const fail = async (failureClass: string, body: object = {}) => {
    const requirements = { capabilities: [AGENT] };
    const order = { type: 'build', title: `build ${failureClass}`, requirements, retry: { max_attempts: 1 }, ...body };
    const id = String((await api.operator('POST', '/api/v1/tasks', order)).body['id']);
    await eventually(async () =>
      expect((await api.operator('GET', `/api/v1/tasks/${id}`)).body['status']).toBe('assigned'),
    );
    const error = { class: failureClass, message: `it was a ${failureClass}` };
    const route = `/api/v1/agents/${AGENT}/tasks/${id}/complete`;
    expect((await api.operator('POST', route, { success: false, error })).status).toBe(200);
    return id;
  };

  it('should be created, shown, listed, changed and deleted', async () => {
    const made = await admin.call('POST', RULES, {
      name: 'failures',
      event: '*.failed',
      recipients: { roles: ['viewer'] },
    });
    const shown = {
      ...{ id: UUID, name: 'failures', description: '', enabled: true, events: ['*.failed'], condition: null },
      ...{ severity: 'info', recipients: { users: [], roles: ['viewer'] }, channels: [], throttle: null, group: null },
      ...{ subject: '${{ event.name }}: ${{ event.subject.kind }} ${{ event.subject.id }}', body: '' },
      ...{ created_at: TIME, updated_at: TIME },
    };
    expect([made.status, made.body]).toEqual([201, shown]);
    const at = `${RULES}/${made.body['id'] as string}`;
    expect(made.headers.get('location')).toBe(at);
    expect((await admin.call('GET', at)).body).toEqual(made.body);

    const another = await create({ name: 'another', enabled: false });
    const page = await admin.call('GET', `${RULES}?limit=1&offset=1`);
    expect(page.headers.get('x-total-count')).toBe('2');
    expect(listOf(page)).toEqual([made.body]);
    expect(listOf(await admin.call('GET', `${RULES}?enabled=false`))).toEqual([another]);

    const group = { by: 'event.subject.kind', seconds: 60 };
    const changed = await admin.call('PUT', at, { group, events: ['task.*'] });
    expect([changed.status, changed.body]).toEqual([
      200,
      { ...(made.body as object), group, events: ['task.*'], updated_at: TIME },
    ]);
    for (const id of [made.body['id'] as string, another.id]) {
      const removed = await admin.call('DELETE', `${RULES}/${id}`);
      expect([removed.status, removed.body]).toEqual([200, { deleted: true, id, deleted_at: TIME }]);
    }
    expect(listOf(await admin.call('GET', RULES))).toEqual([]);
    for (const [method, route, body] of [
      ...[
        ['GET', at],
        ['PUT', at, {}],
        ['DELETE', at],
        ['POST', `${at}/dry-run`, {}],
      ],
      ['GET', `${RULES}/dry-run`],
    ] as [string, string, object?][])
      expect(codeOf(await admin.call(method, route, body))).toEqual([404, 'notification_rule_not_found']);
  });

  it('should fire as often as their dry run says, and tell people once each', async () => {
    const approver = await api.person('approver');
    const condition = 'task.type == "build" && event.data.failure.class in ["Timeout", "Refused"]';
    const terms = {
      ...{ name: 'builds that fail', event: 'task.failed', condition, severity: 'warning' },
      ...{ recipients: { roles: ['approver'] }, subject: '${{ task.title }} failed' },
      body: '${{ event.data.failure.message }}',
    };
    // Some happened before there was a rule: it does not tell of them, and its dry run does.
    await fail('Timeout');
    await fail('Mistake');
    const before = await admin.call('POST', `${RULES}/dry-run`, { ...terms, hours: 1 });
    expect(before).toMatchObject({ status: 200, body: { would_send: 1, matched: 1, errors: 0, truncated: false } });
    expect(before.body['samples']).toMatchObject([
      { event: 'task.failed', subject: 'build Timeout failed', body: 'it was a Timeout' },
    ]);
    const rule = await create(terms);
    for (const failureClass of ['Timeout', 'Mistake', 'Refused', 'Timeout']) await fail(failureClass);
    await fail('Timeout', { type: 'deploy' });

    const told = await eventually(async () => {
      const list = listOf(await approver.call('GET', NOTIFICATIONS));
      expect(list).toHaveLength(3);
      return list;
    });
    // Each is a delivery of its own: which of them comes first is open.
    expect(bySubject(told)).toMatchObject(
      ['Refused', 'Timeout', 'Timeout'].map((failureClass) => ({
        ...{ subject: `build ${failureClass} failed`, body: `it was a ${failureClass}`, rule_id: rule.id },
        ...{ severity: 'warning', event: 'task.failed' },
      })),
    );
    const dry = await admin.call('POST', `${RULES}/${rule.id}/dry-run`, { hours: 1 });
    expect(dry).toMatchObject({ status: 200, body: { would_send: 4, matched: 4, throttled: 0, first_error: null } });
    expect((dry.body['samples'] as { subject: string }[]).map(({ subject }) => subject)).toEqual(
      ['Timeout', 'Timeout', 'Refused', 'Timeout'].map((failureClass) => `build ${failureClass} failed`),
    );
    expect(listOf(await approver.call('GET', NOTIFICATIONS))).toHaveLength(3);
    await admin.call('DELETE', `${RULES}/${rule.id}`);
  });

  it('should gather and throttle what they tell', async () => {
    const approver = await api.person('approver');
    const grouped = await create({
      ...{ name: 'grouped', condition: 'event.data.failure.class.startsWith("Group")' },
      ...{ group: { by: 'event.data.failure.class', seconds: 3 }, subject: '${{ event.data.failure.class }}' },
    });
    const throttled = await create({
      ...{ name: 'throttled', condition: 'event.data.failure.class == "Often"', subject: 'often' },
      throttle: { max: 1, seconds: 3 },
    });
    for (const failureClass of ['GroupA', 'Often', 'GroupB', 'GroupA', 'Often']) await fail(failureClass);
    const told = () =>
      eventually(async () => {
        const list = listOf(await approver.call('GET', NOTIFICATIONS));
        expect(list.map(({ subject }) => subject).sort()).toEqual(
          expect.arrayContaining(['GroupA', 'GroupB', 'often']),
        );
        return list;
      });
    const list = await told();
    expect(list.find(({ subject }) => subject === 'GroupB')).toMatchObject({ event: 'task.failed' });
    const counted = list.filter(({ subject }) => subject === 'GroupA').map(({ body, event }) => [event, body]);
    // On a machine that took more than three seconds over it, the second one is a group of its own.
    if (counted.length === 1)
      expect(counted).toEqual([['task.failed', expect.stringMatching(/^2 events from .*\n- .* GroupA\n- .* GroupA$/)]]);
    else expect(counted.map(([event]) => event)).toEqual(['task.failed', 'task.failed']);
    for (const { id } of [grouped, throttled]) {
      // A group is told a second after its time, and by the dry run at once.
      await eventually(async () => {
        const dry = await admin.call('POST', `${RULES}/${id}/dry-run`, {});
        const sent = listOf(await approver.call('GET', NOTIFICATIONS)).filter(({ rule_id }) => rule_id === id);
        expect([dry.status, dry.body['would_send']]).toEqual([200, sent.length]);
      });
      await admin.call('DELETE', `${RULES}/${id}`);
    }
  });

  it('should say where an expression is wrong', async () => {
    const wrong = { name: 'wrong', event: 'task.*', recipients: { roles: ['viewer'] } };
    const refused = async (change: object, route = RULES) => {
      const answer = await admin.call('POST', route, { ...wrong, ...change });
      expect([answer.status, answer.headers.get('content-type')]).toEqual([
        422,
        expect.stringContaining('application/problem+json'),
      ]);
      return errorsOf(answer)[0]!;
    };
    for (const route of [RULES, `${RULES}/dry-run`]) {
      expect(await refused({ condition: 'event.name == "a" &&\n  event.nme == "b"' }, route)).toEqual({
        ...{
          pointer: '/condition',
          message: expect.stringContaining('No such key: nme (line 2, column 9)') as unknown,
        },
      });
      expect(await refused({ body: 'a ${{ event.name' }, route)).toMatchObject({ pointer: '/body' });
      expect(await refused({ events: ['task.*'] }, route)).toMatchObject({ pointer: '/events' });
      expect(await refused({ event: 'notification' }, route)).toMatchObject({ pointer: '/event' });
    }
    expect(await refused({ recipients: undefined })).toMatchObject({ pointer: '/recipients' });
    expect(await refused({ recipients: { users: [UNKNOWN] } })).toMatchObject({ pointer: '/recipients/users/0' });
    expect(await refused({ channels: [UNKNOWN] })).toMatchObject({ pointer: '/channels/0' });
    expect(listOf(await admin.call('GET', RULES))).toEqual([]);
  });

  it('should be for admins alone', async () => {
    const viewer = await api.person('viewer');
    expect((await viewer.call('GET', RULES)).status).toBe(403);
    expect((await viewer.call('POST', `${RULES}/dry-run`, { event: 'task.*' })).status).toBe(403);
  });
});
