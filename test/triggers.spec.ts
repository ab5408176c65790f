import { createHmac } from 'node:crypto';
import { createWorkflow, WorkflowDefinition } from '@ao/contracts';
import { isRejection } from '@ao/kernel';
import { signWebhook } from '@ao/outbound';
import { eventually, testStack, type TestStack } from '@ao/testing';
import { IdentityClient, type Answer, type Person } from './identity-api.fixture';
import { WorkflowsClient } from './workflow.fixture';

const UUID = expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/) as unknown;
const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/) as unknown;
const UNKNOWN = '01890a5d-ac96-774b-bcce-b302099a8057';
const TRIGGERS = '/api/v1/triggers';
/** Nobody can do it: such tasks stay as they are submitted. */
const NOBODY = { capabilities: ['nobody-has-this'] };

interface Entry {
  readonly outcome: string;
  readonly reason: string | null;
  readonly detail: string | null;
  readonly firing_id: string | null;
  readonly task_id: string | null;
  readonly cause: { readonly kind: string; readonly event: string | null; readonly message_id: string | null };
}
type Made = { id: string; hook: string; secret: string } & Record<string, unknown>;

/** Rows 138 to 144, the requests that come in and the test fire, against everything real. */
describe('triggers', () => {
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
  }, 240_000);
  afterAll(async () => {
    await stack?.stop();
  });

  const listOf = <T>(answer: Answer) => JSON.parse(answer.text) as T[];
  const codeOf = ({ status, body }: Answer) => [status, body['code']];
  const pointersOf = ({ body }: Answer) => (body['errors'] as { pointer: string }[]).map(({ pointer }) => pointer);
  const create = async (body: object): Promise<Made> => {
    const answer = await admin.call('POST', TRIGGERS, { name: 'a trigger', ...body });
    expect([answer.status, answer.text]).toEqual([201, answer.text]);
    return answer.body as Made;
  };
  const historyOf = async (id: string, query = '') =>
    listOf<Entry>(await admin.call('GET', `${TRIGGERS}/${id}/history${query}`));
  const taskOf = async (id: string | null) => (await admin.call('GET', `/api/v1/tasks/${id}`)).body;
  const remove = async (...ids: string[]) => {
    for (const id of ids) expect((await admin.call('DELETE', `${TRIGGERS}/${id}`)).status).toBe(200);
  };
  const task = (change: object = {}) => ({ type: 'create_task', task: { type: 'triggered', ...NOBODY, ...change } });

  it('should be created, shown, listed, changed, toggled and deleted', async () => {
    const made = await create({ type: 'cron', config: { expression: '0 3 * * *' }, action: task() });
    expect(made).toEqual({
      ...{ id: UUID, name: 'a trigger', description: '', type: 'cron', enabled: true },
      config: { expression: '0 3 * * *', time_zone: 'UTC', catch_up: 'once' },
      action: { type: 'create_task', task: { type: 'triggered', payload: {}, ...NOBODY } },
      ...{
        throttle: { max: 60, seconds: 60 },
        hook: null,
        secret: null,
        former_secrets: [],
        next_at: TIME,
        fired: 0,
        failed: 0,
      },
      ...{ last_fired_at: null, last_error: null, created_by: `user:${admin.id}`, created_at: TIME, updated_at: TIME },
    });
    const at = `${TRIGGERS}/${made.id}`;
    expect((await admin.call('GET', at)).body).toEqual(made);
    expect(listOf(await admin.call('GET', `${TRIGGERS}?type=cron&enabled=true`))).toEqual([made]);
    expect(listOf(await admin.call('GET', `${TRIGGERS}?type=event`))).toEqual([]);

    const changed = await admin.call('PUT', at, {
      config: { expression: '0 4 * * *', catch_up: 'skip' },
      throttle: null,
    });
    expect([changed.status, changed.body['config'], changed.body['throttle']]).toEqual([
      ...[200, { expression: '0 4 * * *', time_zone: 'UTC', catch_up: 'skip' }, null],
    ]);
    expect((await admin.call('POST', `${at}/toggle`, {})).body).toEqual({
      id: made.id,
      enabled: false,
      updated_at: TIME,
    });
    expect((await admin.call('POST', `${at}/toggle`, { enabled: false })).body['enabled']).toBe(false);
    expect((await admin.call('GET', at)).body).toMatchObject({ enabled: false, next_at: null });
    expect((await admin.call('DELETE', at)).body).toEqual({ deleted: true, id: made.id, deleted_at: TIME });
    for (const [method, route, body] of [
      ['GET', at],
      ['PUT', at, { name: 'x' }],
      ['DELETE', at],
      ['POST', `${at}/toggle`, {}],
      ['POST', `${at}/test`, {}],
      ['GET', `${at}/history`],
      ['POST', `${at}/hook`, {}],
    ] as const)
      expect([route, ...codeOf(await admin.call(method, route, body))]).toEqual([route, 404, 'trigger_not_found']);
  });

  it('should say which field is wrong, and keep nothing', async () => {
    const event = { type: 'event', config: { events: ['task.failed'] }, action: task() };
    for (const [body, pointer] of [
      [{ ...event, config: { events: ['nothing.here'] } }, '/config/events/0'],
      [{ ...event, config: { events: ['task.*'], condition: 'event.nme' } }, '/config/condition'],
      [{ ...event, config: { events: ['task.*'], expression: '* * * * *' } }, '/config/expression'],
      [{ ...event, type: 'cron', config: { expression: 'often' } }, '/config/expression'],
      [{ ...event, type: 'cron', config: { expression: '* * * * *', time_zone: 'Mars/Here' } }, '/config/time_zone'],
      [{ ...event, type: 'condition', config: { condition: 'queue.depth >', every_seconds: 60 } }, '/config/condition'],
      [{ ...event, type: 'condition', config: { condition: 'true', every_seconds: 1 } }, '/config/every_seconds'],
      [{ ...event, action: task({ title: '${{ payload.x }}' }) }, '/action/task/title'],
      [{ ...event, action: task({ payload: { a: ['${{ now() }}'] } }) }, '/action/task/payload/a/0'],
      [{ ...event, action: task({ credentials: [{ name: 'a', secret: 'b' }] }) }, '/action/task/credentials'],
      [{ ...event, action: { type: 'send_notification', subject: 'x' } }, '/action/recipients'],
      [{ ...event, secret: `whsec_${'A'.repeat(32)}` }, '/secret'],
    ] as const) {
      const answer = await admin.call('POST', TRIGGERS, { name: 'wrong', ...body });
      expect([pointer, answer.status, pointersOf(answer)]).toEqual([pointer, 422, [pointer]]);
    }
    expect(listOf(await admin.call('GET', TRIGGERS))).toEqual([]);
  });

  it('should be managed by those who may, and do no more than they may', async () => {
    const viewer = await api.person('viewer');
    expect((await viewer.call('GET', TRIGGERS)).status).toBe(200);
    const body = { name: 'x', type: 'webhook', config: {}, action: task() };
    expect(codeOf(await viewer.call('POST', TRIGGERS, body))).toEqual([403, 'forbidden']);
    const key = await admin.call('POST', '/api/v1/security/api-keys', {
      name: 'triggers',
      scopes: ['triggers:manage'],
    });
    const token = String(key.body['key'] ?? key.body['secret'] ?? key.body['token']);
    expect(codeOf(await api.call('POST', TRIGGERS, { token, body }))).toEqual([403, 'forbidden']);
  });

  describe('a request from outside', () => {
    let trigger: Made;
    const send = (body: string, headers: Record<string, string>, id = trigger.id) =>
      api.raw('POST', `${TRIGGERS}/${id}/hook`, body, { 'content-type': 'application/json', ...headers });
    const signed = (body: string, id: string, change: { secret?: string; at?: number } = {}) => {
      const { secret = trigger.secret, at = Date.now() / 1_000 } = change;
      return send(body, signWebhook({ id, timestamp: at, body }, [secret]));
    };

    beforeAll(async () => {
      trigger = await create({
        ...{ type: 'webhook', config: {} },
        action: task({
          title: 'Order ${{ payload.order.id }} of ${{ headers["user-agent"] }}',
          payload: { amount: '${{ payload.order.amount }}', by: '${{ trigger.name }}' },
          priority: '${{ payload.order.amount > 100 ? "high" : "low" }}',
        }),
      });
      expect(trigger).toMatchObject({
        hook: `${TRIGGERS}/${trigger.id}/hook`,
        secret: expect.stringMatching(/^whsec_/),
      });
      const shown = (await admin.call('GET', `${TRIGGERS}/${trigger.id}`)).body;
      expect(shown['secret']).toBe('whsec_********');
      // What is read can be sent back.
      const sentBack = await admin.call('PUT', `${TRIGGERS}/${trigger.id}`, shown);
      expect([sentBack.status, sentBack.body]).toEqual([200, { ...shown, updated_at: TIME }]);
    });

    it('should make one task, however often it comes', async () => {
      const body = '{"order": {"id": "o-1", "amount": 250}}';
      const first = await signed(body, 'msg_1');
      expect([first.status, first.body]).toEqual([202, { firing_id: UUID, fired: true, reason: null }]);
      const firing_id = first.body['firing_id'];
      const entry = await eventually(async () => {
        const [newest] = await historyOf(trigger.id, '?outcome=fired');
        expect(newest).toMatchObject({ firing_id, outcome: 'fired', task_id: UUID, reason: null });
        return newest!;
      });
      expect(entry.cause).toMatchObject({ kind: 'webhook', message_id: 'msg_1' });
      expect(await taskOf(entry.task_id)).toMatchObject({
        title: expect.stringMatching(/^Order o-1 of /),
        ...{ payload: { amount: 250, by: 'a trigger' }, priority: 60 },
      });
      const again = await signed(body, 'msg_1');
      expect([again.status, again.body]).toEqual([202, { firing_id, fired: true, reason: 'replayed' }]);
      await eventually(async () => {
        const shown = (await admin.call('GET', `${TRIGGERS}/${trigger.id}`)).body;
        expect(shown).toMatchObject({ fired: 1, failed: 0 });
      });
    });

    it('should be refused unless it is signed and of now, and the history says so', async () => {
      const body = '{"order": {}}';
      for (const [answer, code] of [
        [await send(body, {}), 'signature_refused'],
        [await signed(body, 'msg_2', { secret: `whsec_${'A'.repeat(32)}` }), 'signature_refused'],
        [await signed(body, 'msg_2', { at: Date.now() / 1_000 - 3_600 }), 'timestamp_refused'],
      ] as const)
        expect(codeOf(answer)).toEqual([401, code]);
      expect(codeOf(await signed('no json', 'msg_3'))).toEqual([422, 'payload_refused']);
      expect(codeOf(await signed('{"__proto__": 1}', 'msg_4'))).toEqual([422, 'payload_refused']);
      expect((await signed(`"${'x'.repeat(128 * 1024)}"`, 'msg_5')).status).toBe(413);
      const refused = await historyOf(trigger.id, '?outcome=not_fired&limit=5');
      expect(refused.map(({ reason }) => reason)).toEqual([
        ...['payload_refused', 'payload_refused', 'timestamp_refused', 'signature_refused', 'signature_refused'],
      ]);
    });

    it('should be signed with either secret for a day after a rotation, and with none that was not its own', async () => {
      const rotate = (id: string, body: object = {}) => admin.call('POST', `${TRIGGERS}/${id}/rotate-secret`, body);
      const before = trigger.secret;
      const rotated = await rotate(trigger.id);
      expect([rotated.status, rotated.body]).toEqual([
        200,
        expect.objectContaining({
          secret: expect.stringMatching(/^whsec_/) as unknown,
          former_secrets: [{ version: 1, until: TIME }],
        }),
      ]);
      trigger = { ...trigger, secret: String(rotated.body['secret']) };
      expect(trigger.secret).not.toBe(before);
      for (const [id, secret] of [
        ['msg_former', before],
        ['msg_newest', trigger.secret],
      ] as const)
        expect((await signed('{"order": {"id": "r", "amount": 1}}', id, { secret })).status).toBe(202);
      const given = `whsec_${Buffer.alloc(32, 5).toString('base64')}`;
      expect((await rotate(trigger.id, { secret: given })).body).toMatchObject({
        ...{ secret: 'whsec_********', former_secrets: [{ version: 2 }, { version: 1 }] },
      });
      expect((await signed('{"order": {"id": "g", "amount": 1}}', 'msg_given', { secret: given })).status).toBe(202);
      const foreign = { secret: `whsec_${'A'.repeat(32)}` };
      expect(codeOf(await signed('{}', 'msg_foreign', foreign))).toEqual([401, 'signature_refused']);
      const cron = await create({ type: 'cron', config: { expression: '0 4 * * *' }, action: task() });
      expect(codeOf(await rotate(cron.id))).toEqual([409, 'trigger_without_secret']);
      await remove(cron.id);
    });

    it('should fail in the history where its texts cannot be worked out', async () => {
      expect((await signed('{"other": 1}', 'msg_6')).body).toMatchObject({ fired: true });
      await eventually(async () =>
        expect((await historyOf(trigger.id, '?outcome=failed'))[0]).toMatchObject({
          ...{ outcome: 'failed', reason: 'template_error', task_id: null },
          detail: expect.stringContaining('No such key: order') as unknown,
        }),
      );
      await eventually(async () => {
        const shown = (await admin.call('GET', `${TRIGGERS}/${trigger.id}`)).body;
        expect(shown).toMatchObject({
          failed: 1,
          last_error: expect.stringContaining('No such key: order') as unknown,
        });
      });
    });

    it('should not fire what is disabled, or too often', async () => {
      await admin.call('PUT', `${TRIGGERS}/${trigger.id}`, { throttle: { max: 1, seconds: 3_600 }, action: task() });
      await remove(trigger.id);
      trigger = await create({ type: 'webhook', config: {}, action: task(), throttle: { max: 1, seconds: 3_600 } });
      expect((await signed('{}', 'msg_1')).body).toMatchObject({ fired: true });
      expect((await signed('{}', 'msg_2')).body).toMatchObject({ fired: false, reason: 'throttled' });
      await admin.call('POST', `${TRIGGERS}/${trigger.id}/toggle`, { enabled: false });
      expect((await signed('{}', 'msg_3')).body).toMatchObject({ fired: false, reason: 'disabled' });
      await remove(trigger.id);
    });

    it('should be signed as GitHub does where the trigger wants that', async () => {
      trigger = await create({ type: 'webhook', config: { signature: 'github' }, action: task() });
      const body = '{"action":"opened"}';
      const signature = `sha256=${createHmac('sha256', trigger.secret).update(body).digest('hex')}`;
      const headers = { 'x-hub-signature-256': signature, 'x-github-delivery': 'd-1' };
      expect((await send(body, headers)).body).toMatchObject({ fired: true, reason: null });
      // Its id is not signed: the same body is the same message.
      expect((await send(body, { ...headers, 'x-github-delivery': 'd-2' })).body).toMatchObject({ reason: 'replayed' });
      expect(codeOf(await send('{}', headers))).toEqual([401, 'signature_refused']);
      await remove(trigger.id);
    });
  });

  it('should tell people of events that its condition holds for', async () => {
    const { id } = await create({
      type: 'event',
      config: { events: ['task.created'], condition: 'task.type == "told" && event.data.payload.n > 3' },
      action: {
        ...{ type: 'send_notification', severity: 'warning', recipients: { users: [admin.id] } },
        ...{ subject: '${{ event.name }}: ${{ task.title }}', body: 'n is ${{ event.data.payload.n }}' },
      },
    });
    const submit = async (n: number) =>
      (
        await admin.call('POST', '/api/v1/tasks', {
          type: 'told',
          title: `n ${n}`,
          payload: { n },
          requirements: NOBODY,
        })
      ).status;
    await eventually(async () => {
      // It hears of what is recorded after it is known to the service.
      expect(await submit(1)).toBe(201);
      expect((await historyOf(id))[0]).toMatchObject({ outcome: 'not_fired', reason: 'condition_false' });
    });
    expect(await submit(4)).toBe(201);
    await eventually(async () => {
      expect((await historyOf(id, '?outcome=fired'))[0]).toMatchObject({
        cause: { kind: 'event', event: 'task.created' },
      });
      const told = listOf<object>(await admin.call('GET', '/api/v1/notifications'));
      expect(told).toContainEqual(expect.objectContaining({ subject: 'task.created: n 4', body: 'n is 4' }));
    });
    await remove(id);
  });

  it('should not go round in circles for ever', async () => {
    const { id } = await create({
      ...{ type: 'event', config: { events: ['task.created'], condition: 'task.type == "round"' } },
      ...{ action: task({ type: 'round', payload: { of: '${{ event.subject.id }}' } }), throttle: null },
    });
    await admin.call('POST', '/api/v1/tasks', { type: 'round', title: 'round', requirements: NOBODY });
    await eventually(async () =>
      expect((await historyOf(id))[0]).toMatchObject({ outcome: 'not_fired', reason: 'chain_too_deep' }),
    );
    expect(await historyOf(id, '?outcome=fired')).toHaveLength(8);
    await remove(id);
  });

  it('should fire at its times, and when a condition becomes true', async () => {
    const cron = await create({
      ...{ type: 'cron', config: { expression: '* * * * * *', catch_up: 'all' }, throttle: null },
      action: task({ payload: { at: '${{ scheduled_for }}' } }),
    });
    const condition = await create({
      ...{ type: 'condition', config: { condition: 'queue.depth > 0 && tasks.queued == queue.depth' } },
      action: task({ payload: { depth: '${{ queue.depth }}' } }),
    });
    const times = await eventually(async () => {
      const fired = (await historyOf(cron.id, '?outcome=fired')).slice(0, 50);
      expect(fired.length).toBeGreaterThanOrEqual(2);
      const [met] = await historyOf(condition.id, '?outcome=fired');
      expect((await taskOf(met?.task_id ?? UNKNOWN))['payload']).toEqual({ depth: expect.any(Number) as unknown });
      return Promise.all(fired.map(async ({ task_id }) => (await taskOf(task_id))['payload'] as { at: string }));
    });
    expect(new Set(times.map(({ at }) => at)).size).toBe(times.length);
    expect(times.every(({ at }) => at.endsWith('.000Z'))).toBe(true);
    // True since then: it does not fire again.
    expect(await historyOf(condition.id)).toHaveLength(1);
    await remove(cron.id, condition.id);
  });

  it('should start runs of workflows', async () => {
    const far = { natsUrl: stack.nats.url, credentials: stack.nats.credentials('gateway') };
    const workflows = await WorkflowsClient.connect(far, () => stack.database.pool());
    const step = { key: 'work', name: 'work', type: 'task', task: { type: 'of_run', ...NOBODY } };
    const made = await workflows.send(createWorkflow, {
      ...{ name: 'triggered', description: '', is_template: false, config: {} },
      definition: WorkflowDefinition.parse({ steps: [step] }),
    });
    await workflows.stop();
    if (isRejection(made)) throw new Error(made.message);
    const { workflow_id } = made.result;
    const { id } = await create({
      ...{ type: 'webhook', config: {} },
      action: { type: 'execute_workflow', workflow_id, parameters: { n: '${{ payload.n }}' }, priority: 'urgent' },
    });
    const fired = (await admin.call('POST', `${TRIGGERS}/${id}/test`, { sample: { payload: { n: 7 } } })).body;
    expect(fired).toMatchObject({ fired: true, outcome: { task_id: null, run_id: UUID } });
    const { run_id } = fired['outcome'] as { run_id: string };
    const text = `select data from event_log.events where stream_id = $1 and type = 'RunStarted'`;
    const { rows } = await stack.database.pool().query<{ data: unknown }>(text, [`run-${run_id}`]);
    expect(rows[0]?.data).toMatchObject({
      ...{ workflow_id, parameters: { n: 7 }, priority: 100 },
      cause: { kind: 'trigger', id: fired['firing_id'] },
    });
    await remove(id);
  });

  it('should say what refused what it does', async () => {
    const { id } = await create({
      ...{ type: 'cron', config: { expression: '* * * * * *' } },
      action: { type: 'execute_workflow', workflow_id: UNKNOWN, parameters: { at: '${{ scheduled_for }}' } },
    });
    await eventually(async () =>
      expect((await historyOf(id, '?outcome=failed'))[0]).toMatchObject({
        ...{ outcome: 'failed', reason: 'action_refused', detail: expect.stringContaining(UNKNOWN) as unknown },
      }),
    );
    await remove(id);
  });

  it('should be tried with a sample, for real or only to be seen', async () => {
    const { id } = await create({
      ...{ type: 'event', config: { events: ['task.failed'], condition: 'event.data.n == 1' }, enabled: false },
      action: task({ title: '${{ event.subject.kind }}', payload: { n: '${{ event.data.n }}' } }),
    });
    const test = (n: number, dry_run: boolean) =>
      admin.call('POST', `${TRIGGERS}/${id}/test`, {
        sample: { event: { name: 'task.failed', data: { n } } },
        dry_run,
      });
    const dry = await test(1, true);
    expect([dry.status, dry.body]).toEqual([
      200,
      {
        ...{ id, dry_run: true, fired: false, would_fire: true, firing_id: null, reason: null, detail: null },
        action: {
          type: 'create_task',
          data: { type: 'triggered', title: 'task', payload: { n: 1 }, requirements: NOBODY },
        },
        outcome: null,
      },
    ]);
    expect((await test(2, true)).body).toMatchObject({ would_fire: false, reason: 'condition_false' });
    expect(await historyOf(id)).toEqual([]);
    const real = await test(1, false);
    const outcome = { task_id: UUID, run_id: null, notice_id: null };
    expect([real.status, real.body]).toMatchObject([200, { fired: true, would_fire: true, firing_id: UUID, outcome }]);
    expect(await taskOf((real.body['outcome'] as { task_id: string }).task_id)).toMatchObject({ payload: { n: 1 } });
    expect(await historyOf(id)).toMatchObject([{ outcome: 'fired', cause: { kind: 'test' } }]);
    const other = { sample: { event: { name: 'agent.status', data: {} } }, dry_run: true };
    expect(pointersOf(await admin.call('POST', `${TRIGGERS}/${id}/test`, other))).toEqual(['/sample/event/name']);
    await remove(id);
  });
});
