import { verifyWebhook } from '@agent-orchestration/sdk';
import { eventually } from '@ao/testing';
import { newSigningSecret } from '@ao/outbound';
import { Webhook } from 'standardwebhooks';
import { canaryOf, everyRow, type Canary } from './canary/canary';
import { castOf, type Cast } from './canary/cast';
import { startOverheard, type Answer, type Asking, type Installation } from './canary/installation';
import { saying, startReceiver, type Received, type Receiver } from '../apps/notifications/test/receiver.testing';

/** Webhooks over HTTP, against everything real and overheard: last it is looked for what must be nowhere. */

const UUID = expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/) as unknown;
const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/) as unknown;
const MASKED = 'whsec_********';
const WEBHOOKS = '/api/v1/webhooks';
const UNKNOWN = '01890a5d-ac96-774b-bcce-b302099a8057';

let installation: Installation;
let cast: Cast;
let token: string;
let receiver: Receiver;
const secrets: Canary[] = [];

beforeAll(async () => {
  receiver = await startReceiver();
  installation = await startOverheard({});
  cast = castOf(installation);
  await cast.enter();
  const { email, password } = installation.stack.admin;
  token = (await cast.logIn(email, password)).access_token;
  // The limits have a spec of their own.
  const settings = { 'rate_limits.requests_per_minute': 100_000, 'rate_limits.requests_per_hour': 1_000_000 };
  await eventually(() => cast.asAdmin('PUT', '/api/v1/settings/bulk', { settings }));
}, 120_000);
afterAll(async () => {
  await installation?.stop();
  await receiver?.stop();
});

const call = (method: string, route: string, body?: unknown, asking: Asking = {}) =>
  installation.ask(method, route, { token, ...(body !== undefined && { body }), ...asking });
const at = (id: string, rest = '') => `${WEBHOOKS}/${id}${rest}`;
const pointersOf = ({ status, json }: Answer) => [
  status,
  ((json['errors'] ?? []) as { pointer: string }[]).map(({ pointer }) => pointer),
];
const codeOf = ({ status, json }: Answer) => [status, json['code']];
const listOf = ({ text }: Answer) => JSON.parse(text.split('\n\n')[1]!) as Record<string, unknown>[];
/** Notes what must be seen nowhere. */
const secret = (text = newSigningSecret()) => {
  secrets.push(canaryOf('a signing secret', text), canaryOf('a signing key', text.slice('whsec_'.length)));
  return text;
};
async function create(change: object = {}): Promise<{ id: string; secret: string } & Record<string, unknown>> {
  const body = { url: receiver.url, events: ['task.created'], secret: secret(), ...change };
  const { status, json } = await call('POST', WEBHOOKS, body);
  expect([status, json]).toEqual([201, json]);
  return { ...json, secret: json['secret'] === MASKED ? body.secret : secret(json['secret'] as string) } as never;
}
async function submit(): Promise<string> {
  const { json } = await call('POST', '/api/v1/tasks', { type: 'report', payload: {} });
  return json['task_id'] as string;
}
const about = (id: string) => (received: Received) => received.json.subject === `task/${id}`;
const arrived = async (id: string, count = 1) => receiver.waitFor(about(id), count);
const signed = ({ headers }: Received) => headers as Record<string, string>;

describe('webhooks', () => {
  it('should be created, shown, listed, changed and deleted', async () => {
    const given = secret();
    const terms = { url: `${receiver.url}/`, events: ['task.*', 'agent.status'], filter: 'event.position > 0' };
    const made = await call('POST', WEBHOOKS, {
      ...terms,
      secret: given,
      description: 'of the office',
      enabled: false,
    });
    const shown = {
      ...{ id: UUID, ...terms, description: 'of the office', enabled: false, status: 'disabled' },
      ...{ failing_since: null, disables_at: null, disabled_by: 'request', last_error: null },
      ...{ secret: MASKED, secret_id: UUID, secret_version: 1, former_secrets: [] },
      ...{ created_by: expect.stringMatching(/^user:/) as unknown, created_at: TIME, updated_at: TIME },
    };
    expect([made.status, made.json]).toEqual([201, shown]);
    const id = made.json['id'] as string;
    expect(made.text).toContain(`location: ${at(id)}`);
    const progress = {
      ...{ pending: 0, delivered: 0, failed: 0, last_delivered_at: null, failing_since: null, last_attempt: null },
      ...{ filter_errors: 0, last_filter_error: null, replays: [] },
    };
    expect((await call('GET', at(id))).json).toEqual({ ...made.json, progress });

    const other = await call('POST', WEBHOOKS, { url: receiver.url, events: ['*'], enabled: false });
    expect(other.json).toMatchObject({ secret: expect.stringMatching(/^whsec_[A-Za-z0-9+/]{43}=$/) as unknown });
    secret(other.json['secret'] as string);
    expect((await call('GET', at(other.json['id'] as string))).json).toMatchObject({ secret: MASKED });
    const page = await call('GET', `${WEBHOOKS}?limit=1&offset=1&status=disabled`);
    expect(page.text).toContain('x-total-count: 2');
    expect(listOf(page)).toEqual([made.json]);
    expect(listOf(await call('GET', `${WEBHOOKS}?status=failing`))).toEqual([]);

    const changed = await call('PUT', at(id), { events: ['task.failed'], filter: null });
    expect([changed.status, changed.json]).toEqual([
      200,
      { ...(made.json as object), events: ['task.failed'], filter: null, updated_at: TIME },
    ]);
    const { json: kept } = await call('GET', `/api/v1/secrets/${changed.json['secret_id'] as string}`);
    expect(kept).toMatchObject({ name: `webhook/${id}`, category: 'webhook', version: 1 });

    const removed = await call('DELETE', at(id));
    expect([removed.status, removed.json]).toEqual([200, { deleted: true, id, deleted_at: TIME }]);
    for (const [method, rest, body] of [
      ...([
        ['GET', ''],
        ['PUT', '', {}],
        ['DELETE', ''],
        ['POST', '/test'],
        ['POST', '/rotate-secret', {}],
      ] as const),
      ...([
        ['POST', '/enable', {}],
        ['POST', '/replay', { from_position: 0 }],
        ['GET', '/deliveries'],
      ] as const),
      ...([
        ['GET', `/deliveries/${UNKNOWN}`],
        ['POST', `/deliveries/${UNKNOWN}/redeliver`],
      ] as const),
    ])
      expect([rest, codeOf(await call(method, at(id, rest), body))]).toEqual([rest, [404, 'webhook_not_found']]);
    await eventually(async () => {
      expect((await call('GET', `/api/v1/secrets/${kept['id'] as string}`)).status).toBe(404);
    });
    await call('DELETE', at(other.json['id'] as string));
  });

  it('rejects what it cannot send to, sign or filter by, and names the field', async () => {
    const terms = { url: receiver.url, events: ['task.created'] };
    for (const url of ['http://169.254.169.254/', 'http://0.0.0.0/', 'ftp://example.org', 'http://u:p@localhost/', 'x'])
      expect(pointersOf(await call('POST', WEBHOOKS, { ...terms, url }))).toEqual([422, ['/url']]);
    // What a parser of URLs would take, but no log; or takes and makes longer.
    const secretsMade = async () => {
      const { text } = await call('GET', '/api/v1/secrets?limit=1');
      return /x-total-count: (\d+)/.exec(text)?.[1];
    };
    const before = await secretsMade();
    expect(before).toBeDefined();
    for (const end of ['nul\u0000', 'lone\ud800', 'ü'.repeat(1_000)]) {
      const url = `${receiver.url}/${end}`;
      expect([end, pointersOf(await call('POST', WEBHOOKS, { ...terms, url }))]).toEqual([end, [422, ['/url']]]);
    }
    expect(await secretsMade()).toBe(before);
    for (const [field, value, pointer] of [
      ...[
        ['filter', 'event.', '/filter'],
        ['filter', 'event.name', '/filter'],
        ['filter', 'event.nothing == 1', '/filter'],
      ],
      ...[
        ['secret', 'whsec_short', '/secret'],
        ['secret', Buffer.alloc(32).toString('base64'), '/secret'],
      ],
      ...[
        ['events', [], '/events'],
        ['events', ['task.*', 'nothing.*'], '/events/1'],
      ],
      ['events', ['notification'], '/events/0'],
    ] as const)
      expect(pointersOf(await call('POST', WEBHOOKS, { ...terms, [field]: value }))).toEqual([422, [pointer]]);
    const { id } = await create({ enabled: false });
    const spelt = { url: `${receiver.url.replace('http:', 'HTTP:')}/a/../ü x` };
    expect((await call('PUT', at(id), spelt)).json).toMatchObject({ url: `${receiver.url}/%C3%BC%20x` });
    expect(pointersOf(await call('PUT', at(id), { url: 'http://169.254.169.254/' }))).toEqual([422, ['/url']]);
    expect(pointersOf(await call('PUT', at(id), { filter: '1 +' }))).toEqual([422, ['/filter']]);
    expect(pointersOf(await call('PUT', at(id), { secret: newSigningSecret() }))).toEqual([422, ['/secret']]);
    for (const [body, pointer] of [
      ...([
        [{}, '/from_position'],
        [{ from_position: 0, from_time: '2026-01-01T00:00:00Z' }, '/from_time'],
      ] as const),
      ...([[{ from_position: 0, to_position: 1, to_time: '2026-01-01T00:00:00Z' }, '/to_time']] as const),
      ...([
        [{ from_position: 10, to_position: 10 }, '/from_position'],
        [{ from_position: 9e15 }, '/from_position'],
      ] as const),
      ...([[{ from_position: 0, to_position: 9e15 }, '/to_position']] as const),
      ...([[{ from_time: '2999-01-01T00:00:00Z' }, '/from_time']] as const),
      ...([[{ from_position: 0, to_time: '2001-01-01T00:00:00Z' }, '/from_position']] as const),
    ])
      expect([body, pointersOf(await call('POST', at(id, '/replay'), body))]).toEqual([body, [422, [pointer]]]);
    // A time is not measured by positions.
    const late = await call('POST', at(id, '/replay'), { from_time: '2999-01-01T00:00:00Z' });
    expect(late.json.errors).toEqual([{ pointer: '/from_time', message: expect.not.stringMatching(/\d/) as string }]);
    expect(codeOf(await call('POST', at(id, '/replay'), { from_position: 0 }))).toEqual([409, 'webhook_disabled']);
    await call('DELETE', at(id));
  });

  it('should send what its events and its filter cover, signed, and log it', async () => {
    const { id, secret: key } = await create({ filter: 'event.data.event == "TaskSubmitted"' });
    const task = await submit();
    const [received] = await arrived(task);
    expect(received!.headers['content-type']).toBe('application/cloudevents+json; charset=utf-8');
    expect(new Webhook(key).verify(received!.body, signed(received!))).toEqual(received!.json);
    expect(verifyWebhook(received!, key)).toMatchObject({
      ...{ specversion: '1.0', type: 'task.created', subject: `task/${task}`, source: '/agent-orchestration' },
      data: { event: 'TaskSubmitted', task_id: task },
    });
    const delivery_id = received!.headers['webhook-id'] as string;
    await eventually(async () => {
      expect((await call('GET', at(id, `/deliveries/${delivery_id}`))).json).toEqual({
        ...{ delivery_id, event: 'task.created', position: Number(received!.json.id), replay_id: null },
        ...{ state: 'delivered', attempts: 1, last_error: null, last_status_code: 204, created_at: TIME },
        ...{ next_attempt_at: null, ended_at: TIME },
        attempts_made: [expect.objectContaining({ number: 1, at: TIME, status_code: 204, error: null, response: '' })],
      });
    });
    const page = await call('GET', at(id, '/deliveries?state=delivered&event=task.created&limit=1'));
    expect([page.status, listOf(page)]).toMatchObject([200, [{ delivery_id, state: 'delivered' }]]);
    expect(page.text).toContain('x-total-count: 1');
    expect(listOf(await call('GET', at(id, '/deliveries?state=failed')))).toEqual([]);
    for (const event of ['%00', '%ED%A0%80', 'task.nope', 'task.*'])
      expect([event, pointersOf(await call('GET', at(id, `/deliveries?event=${event}`)))]).toEqual([
        ...[event, [422, ['/query/event']]],
      ]);
    for (const event of ['test', 'digest', 'notification'])
      expect([event, listOf(await call('GET', at(id, `/deliveries?event=${event}`)))]).toEqual([event, []]);
    expect((await call('GET', at(id))).json).toMatchObject({
      progress: {
        ...{ pending: 0, delivered: 1, failed: 0, failing_since: null },
        last_attempt: { at: TIME, delivered: true, status_code: 204, error: null, detail: null },
      },
    });
    expect(codeOf(await call('GET', at(id, `/deliveries/${UNKNOWN}`)))).toEqual([404, 'delivery_not_found']);
    await call('DELETE', at(id));
  });

  it('should try it out at once, and say what came of it', async () => {
    const { id, secret: key } = await create();
    const tested = await call('POST', at(id, '/test'));
    const { delivery_id } = tested.json;
    expect([tested.status, tested.json]).toEqual([
      200,
      {
        ...{ delivered: true, status_code: 204, error: null, detail: null, delivery_id: UUID },
        duration_ms: expect.any(Number) as unknown,
      },
    ]);
    const [received] = await receiver.waitFor(({ headers }) => headers['webhook-id'] === delivery_id);
    expect(verifyWebhook(received!, key)).toMatchObject({ type: 'test', subject: `webhook/${id}`, id: delivery_id });
    receiver.answer(saying(418, {}, 'answered 418'));
    expect((await call('POST', at(id, '/test'))).json).toMatchObject({
      delivered: false,
      status_code: 418,
      error: 'status',
      detail: 'It answered 418',
    });
    receiver.answer(saying(204, {}, 'answered 204'));
    await call('DELETE', at(id));
  });

  it('should rotate its secret, with both for a day, and show one that is made up once', async () => {
    const key = { 'idempotency-key': 'made-once' };
    const body = { url: receiver.url, events: ['task.created'] };
    const made = await call('POST', WEBHOOKS, body, { headers: key });
    const first = secret(made.json['secret'] as string);
    const id = made.json['id'] as string;
    expect(codeOf(await call('POST', WEBHOOKS, body, { headers: key }))).toEqual([409, 'secret_already_shown']);
    expect(codeOf(await call('POST', WEBHOOKS, { ...body, secret: secret() }, { headers: key }))).toEqual([
      422,
      'idempotency_key_reused',
    ]);

    const rotation = { 'idempotency-key': 'rotated-once' };
    const rotated = await call('POST', at(id, '/rotate-secret'), {}, { headers: rotation });
    const second = secret(rotated.json['secret'] as string);
    expect(rotated.json).toMatchObject({ secret_version: 2, former_secrets: [{ version: 1, until: TIME }] });
    const [former] = rotated.json['former_secrets'] as { until: string }[];
    expect(Math.abs(Date.parse(former!.until) - Date.now() - 24 * 3_600_000)).toBeLessThan(60_000);
    const again = await call('POST', at(id, '/rotate-secret'), {}, { headers: rotation });
    expect(codeOf(again)).toEqual([409, 'secret_already_shown']);

    const third = secret();
    const given = await call('POST', at(id, '/rotate-secret'), { secret: third });
    expect(given.json).toMatchObject({ secret: MASKED, former_secrets: [{ version: 2 }, { version: 1 }] });
    await eventually(async () => {
      const [received] = await arrived(await submit());
      expect((received!.headers['webhook-signature'] as string).split(' ')).toHaveLength(3);
      for (const valid of [first, second, third])
        expect(new Webhook(valid).verify(received!.body, signed(received!))).toBeTruthy();
      expect(() => new Webhook(newSigningSecret()).verify(received!.body, signed(received!))).toThrow();
    });
    await call('DELETE', at(id));
  });

  it('should be for those who may manage webhooks', async () => {
    const { json } = await call('POST', '/api/v1/admin/users', {
      ...{
        email: 'viewer@example.org',
        password: 'a passphrase of some length',
        full_name: 'A Viewer',
        role: 'viewer',
      },
    });
    expect(json).toMatchObject({ role: 'viewer' });
    const { access_token } = await cast.logIn('viewer@example.org', 'a passphrase of some length');
    for (const [method, route] of [
      ['GET', WEBHOOKS],
      ['GET', at(UNKNOWN)],
      ['POST', at(UNKNOWN, '/test')],
    ] as const)
      expect((await installation.ask(method, route, { token: access_token })).status).toBe(403);
  });
});

describe('the secrets of webhooks', () => {
  it('should be nowhere but in the vault and in the answer that made them up', async () => {
    const metrics = await installation.metrics();
    await installation.end();
    expect(secrets.length).toBeGreaterThanOrEqual(18);
    const { nats, traces, answers } = installation;
    const between = [...nats.requests, ...nats.others].map(({ bytes }) => bytes.toString()).join('\n');
    // The control: each was on its way to the vault, where this test can see it.
    expect(secrets.filter((one) => !one.in(between))).toEqual([]);
    const rows = await everyRow(installation.stack.database.pool());
    expect(rows.some(({ table, row }) => table === 'event_log.events' && row.includes('WebhookCreated'))).toBe(true);
    expect(rows.some(({ table }) => table === 'notifications.attempts')).toBe(true);
    // Commands and their answers go from one service to the other alone; what others can hear of is the rest.
    const heard = nats.others.filter(({ subject }) => !/^(notifications\.|_INBOX)/.test(subject));
    expect(heard.some(({ bytes }) => bytes.includes('WebhookCreated'))).toBe(true);
    const places: readonly (readonly [string, string | Buffer])[] = [
      ...rows.map(({ table, row }) => [table, row] as const),
      ...heard.map(({ subject, bytes }) => [subject, bytes] as const),
      ...traces.exported.map((bytes) => ['a trace', bytes] as const),
      ...answers.filter(({ status }) => status >= 300).map(({ request, text }) => [request, text] as const),
      ...answers
        .filter(({ request }) => request.startsWith('GET'))
        .map(({ request, text }) => [request, text] as const),
      ['the output', installation.output()],
      ['the metrics', metrics],
    ];
    const found = secrets.flatMap((one) => places.filter(([, bytes]) => one.in(bytes)).map(([place]) => place));
    expect(found).toEqual([]);
  });
});
