import { eventually, testStack, type TestStack } from '@ao/testing';
import { IdentityClient, type Answer, type Person } from './identity-api.fixture';

const UUID = expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/) as unknown;
const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/) as unknown;
const SCHEDULES = '/api/v1/schedules';
const UNKNOWN = '01890a5d-ac96-774b-bcce-b302099a8057';
const cron = { type: 'cron', expression: '30 2 * * *', time_zone: 'Europe/Berlin' };

/** Schedules over HTTP, against everything real. */
describe('schedules', () => {
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
    admin = await eventually(() => api.logIn(stack.admin));
  });
  afterAll(async () => {
    await stack?.stop();
  });

  const listOf = (answer: Answer) => JSON.parse(answer.text) as Record<string, unknown>[];
  const codeOf = ({ status, body }: Answer) => [status, body['code']];
  const pointersOf = ({ body }: Answer) => (body['errors'] as { pointer: string }[]).map(({ pointer }) => pointer);
  const create = async (name: string, change: object = {}) => {
    const answer = await admin.call('POST', SCHEDULES, { name, timing: cron, task: { type: 'report' }, ...change });
    expect([answer.status, answer.text]).toEqual([201, answer.text]);
    return answer.body as { id: string } & Record<string, unknown>;
  };
  const at = (id: string, rest = '') => `${SCHEDULES}/${id}${rest}`;

  it('should be created, shown, listed, changed and deleted', async () => {
    const agent = (await admin.call('POST', '/agents/register', { agent_id: 'reporter', agent_type: 'worker' })).body;
    const made = await admin.call('POST', SCHEDULES, {
      ...{ name: 'nightly report', timing: cron, description: 'of the day before', jitter_seconds: 30 },
      task: { type: 'report', payload: { of: 'yesterday' }, priority: 'low', agent_id: 'reporter' },
    });
    expect(agent).toMatchObject({ status: 'success' });
    const shown = {
      ...{ id: UUID, name: 'nightly report', description: 'of the day before', timing: cron, jitter_seconds: 30 },
      task: {
        ...{ type: 'report', payload: { of: 'yesterday' }, priority: 20 },
        requirements: { capabilities: [], agent_id: UUID },
      },
      ...{ catch_up: 'once', overlap: 'skip', starts_at: null, ends_at: null, status: 'active' },
      ...{ next_scheduled_for: TIME, next_run_at: TIME, last_fired_at: null, last_task_id: null, fired: 0, skipped: 0 },
      ...{ created_at: TIME, updated_at: TIME },
    };
    expect([made.status, made.body]).toEqual([201, shown]);
    const id = made.body['id'] as string;
    expect(made.headers.get('location')).toBe(at(id));
    expect((await admin.call('GET', at(id))).body).toEqual(made.body);
    expect(
      codeOf(await admin.call('POST', SCHEDULES, { name: 'nightly report', timing: cron, task: { type: 'x' } })),
    ).toEqual([409, 'schedule_name_taken']);

    await create('another', { paused: true });
    const page = await admin.call('GET', `${SCHEDULES}?limit=1&offset=1`);
    expect(page.headers.get('x-total-count')).toBe('2');
    expect(listOf(page)).toEqual([made.body]);
    expect(listOf(await admin.call('GET', `${SCHEDULES}?status=paused`))).toMatchObject([{ name: 'another' }]);

    const changed = await admin.call('PATCH', at(id), { overlap: 'queue', ends_at: '2999-01-01T00:00:00+01:00' });
    expect([changed.status, changed.body]).toEqual([
      200,
      { ...(made.body as object), overlap: 'queue', ends_at: '2998-12-31T23:00:00.000Z', updated_at: TIME },
    ]);
    const removed = await admin.call('DELETE', at(id));
    expect([removed.status, removed.body]).toEqual([200, { deleted: true, id, deleted_at: TIME }]);
    for (const [method, rest] of [
      ...[
        ['GET', ''],
        ['PATCH', ''],
        ['DELETE', ''],
        ['GET', '/runs'],
        ['GET', '/next'],
      ],
      ...[
        ['POST', '/pause'],
        ['POST', '/resume'],
        ['POST', '/trigger'],
      ],
    ] as [string, string][])
      expect(codeOf(await admin.call(method, at(id, rest), method === 'GET' ? undefined : {}))).toEqual([
        ...[404, 'schedule_not_found'],
      ]);
  });

  it('should fire, and tell what it made and what it left out', async () => {
    const { id } = await create('every second', {
      timing: { type: 'interval', seconds: 1 },
      task: { type: 'tick', payload: { n: 1 }, requirements: { capabilities: ['nobody has it'] } },
    });
    const runs = async () => listOf(await admin.call('GET', at(id, '/runs')));
    await eventually(async () => expect((await runs()).length).toBeGreaterThanOrEqual(3), { timeoutMs: 20_000 });
    const paused = await admin.call('POST', at(id, '/pause'), { reason: 'enough' });
    expect(paused).toMatchObject({ status: 200, body: { status: 'paused', next_scheduled_for: null, fired: 1 } });
    const all = await runs();
    const [fired, skipped] = [all.at(-1)!, all.at(-2)!];
    expect(fired).toEqual({
      ...{ id: UUID, scheduled_for: TIME, through: fired['scheduled_for'], count: 1, outcome: 'fired', reason: null },
      ...{ task_id: UUID, task_status: 'queued', manual: false, at: TIME },
    });
    expect(skipped).toMatchObject({ outcome: 'skipped', reason: 'overlap', task_id: null, task_status: null });
    const task = (await admin.call('GET', `/api/v1/tasks/${String(fired['task_id'])}`)).body;
    expect(task).toMatchObject({ type: 'tick', schedule_id: id, scheduled_for: fired['scheduled_for'] });
    const resumed = await admin.call('POST', at(id, '/resume'), {});
    expect(resumed).toMatchObject({ status: 200, body: { status: 'active', next_scheduled_for: TIME } });
    await admin.call('DELETE', at(id));
  });

  it('should be triggered by hand, with a sample, once per Idempotency-Key', async () => {
    const { id } = await create('by hand', { paused: true });
    const trigger = () =>
      api.call('POST', at(id, '/trigger'), {
        ...{ token: admin.token, body: { payload: { sample: true } } },
        headers: { 'idempotency-key': 'a-trigger' },
      });
    const first = await trigger();
    expect([first.status, first.body]).toEqual([201, { task_id: UUID, fired_at: TIME }]);
    expect((await trigger()).body).toEqual(first.body);
    expect(listOf(await admin.call('GET', at(id, '/runs')))).toMatchObject([
      { manual: true, outcome: 'fired', task_id: first.body['task_id'] },
    ]);
    const task = (await admin.call('GET', `/api/v1/tasks/${String(first.body['task_id'])}`)).body;
    expect(task).toMatchObject({ payload: { sample: true }, schedule_id: id });
  });

  it('should preview its next times by local time', async () => {
    const { id } = await create('previewed', {
      timing: { ...cron, expression: '0 0 29 2 *' },
      starts_at: '2026-12-01T00:00:00Z',
    });
    const next = await admin.call('GET', at(id, '/next?count=2'));
    expect([next.status, next.body]).toEqual([
      200,
      { time_zone: 'Europe/Berlin', times: ['2028-02-28T23:00:00.000Z', '2032-02-28T23:00:00.000Z'] },
    ]);
  });

  it('rejects what would never fire, what is no template, and who may not', async () => {
    const wrong = async (change: object) => {
      const answer = await admin.call('POST', SCHEDULES, {
        name: 'wrong',
        timing: cron,
        task: { type: 'x' },
        ...change,
      });
      expect(answer.status).toBe(422);
      return pointersOf(answer);
    };
    expect(await wrong({ timing: { ...cron, expression: '0 0 30 2 *' } })).toEqual(['/timing/expression']);
    expect(await wrong({ timing: { ...cron, time_zone: 'Mars/X' } })).toEqual(['/timing/time_zone']);
    expect(await wrong({ timing: { type: 'at', at: '2020-01-01T00:00:00Z' } })).toEqual(['/timing']);
    expect(await wrong({ ends_at: '2020-01-01T00:00:00Z' })).toEqual(['/ends_at']);
    expect(await wrong({ task: { type: 'x', deadline: '2030-01-01T00:00:00Z' } })).toEqual(['/task/deadline']);
    const noAgent = await admin.call('POST', SCHEDULES, {
      name: 'w',
      timing: cron,
      task: { type: 'x', agent_id: 'nobody' },
    });
    expect([noAgent.status, pointersOf(noAgent)]).toEqual([404, ['/task/agent_id']]);

    const secret = (await admin.call('POST', '/api/v1/secrets', { name: 'key', value: 'v', category: 'c' })).body['id'];
    const task = { type: 'x', credentials: [{ name: 'key', secret }] };
    const { id } = await create('with a key', { task });
    const [viewer, operator] = [await api.person('viewer'), await api.person('operator')];
    expect((await viewer.call('GET', at(id))).status).toBe(200);
    expect((await viewer.call('POST', at(id, '/trigger'), {})).status).toBe(403);
    expect((await operator.call('POST', SCHEDULES, { name: 'theirs', timing: cron, task })).status).toBe(403);
    expect((await operator.call('POST', at(id, '/trigger'), { payload: { other: 1 } })).status).toBe(403);
    expect((await operator.call('POST', at(id, '/trigger'), {})).status).toBe(201);
    expect((await operator.call('PATCH', at(UNKNOWN), { overlap: 'allow' })).status).toBe(404);
  });
});
