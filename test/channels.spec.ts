import { eventually, testStack, type TestStack } from '@ao/testing';
import { newId } from '@ao/kernel';
import type { Pool } from 'pg';
import { Webhook } from 'standardwebhooks';
import { startMailServer, type MailServer } from '../apps/notifications/src/channel/mail-server.testing';
import { saying, startReceiver, type Receiver } from '../apps/notifications/test/receiver.testing';
import { canary, canaryOf, everyRow, type Canary } from './canary/canary';
import { IdentityClient, type Answer, type Person } from './identity-api.fixture';

const UUID = expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/) as unknown;
const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/) as unknown;
const NUMBER = expect.any(Number) as unknown;
const ROUTE = '/api/v1/notifications/channels';
const RULES = '/api/v1/notifications/rules';

interface ShownDelivery {
  readonly delivery_id: string;
  readonly event: string;
  readonly state: string;
  readonly attempts: number;
}

/** Rows 149 to 152, against everything real: a mail server, and fakes of Slack, Telegram and a webhook on loopback. */
describe('notification channels', () => {
  let stack: TestStack;
  let database: Pool;
  let api: IdentityClient;
  let admin: Person;
  let mail: MailServer;
  const receivers: Receiver[] = [];
  const canaries: Canary[] = [];
  const answers: string[] = [];
  let made = 0;

  beforeAll(async () => {
    mail = await startMailServer();
    stack = await testStack({ env: { SMTP_URL: `smtp://127.0.0.1:${mail.port}`, MAIL_FROM: 'agents@example.org' } });
    database = stack.database.pool();
    api = new IdentityClient(stack);
    const settings = { 'rate_limits.requests_per_minute': 100_000, 'rate_limits.requests_per_hour': 1_000_000 };
    await eventually(async () => {
      expect((await api.operator('PUT', '/api/v1/settings/bulk', { settings })).status).toBe(200);
    });
    admin = await api.logIn(stack.admin);
  });
  afterAll(async () => {
    await stack?.stop();
    await Promise.all([mail?.close(), ...receivers.map((each) => each.stop())]);
  });

  const secret = (name: string, text?: (word: string) => string): string => {
    const one = canary(name, text);
    canaries.push(one);
    return one.text;
  };
  async function receiver(): Promise<Receiver> {
    const started = await startReceiver(saying(200, {}, 'ok'));
    receivers.push(started);
    return started;
  }
  async function call(
    method: string,
    route: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const answer = await api.call(method, route, { token: admin.token, body, headers });
    answers.push(answer.text);
    return answer;
  }
  const code = (answer: Answer) => [answer.status, answer.body.code];
  const list = async <Row>(route: string) => JSON.parse((await call('GET', route)).text) as Row[];

  const slackConfig = (to: Receiver) => ({
    webhook_url: `${to.url}/services/T000/${secret('the token of a Slack URL')}`,
  });
  const telegramConfig = (to: Receiver) => ({
    bot_token: `123456:${secret('the token of a bot', (word) => word.slice(0, 26))}`,
    ...{ chat_id: '-1001234567', api_url: to.url },
  });
  async function create(type: string, config: object, more: object = {}): Promise<{ id: string; secret_id: string }> {
    const answer = await call('POST', ROUTE, { name: `channel ${(made += 1)}`, type, config, ...more });
    if (answer.status !== 201) throw new Error(answer.text);
    return answer.body as { id: string; secret_id: string };
  }
  /** A rule that sends to the channel what this function has happen. */
  async function ruleFor(channel: string): Promise<{ rule: string; happen(): Promise<void> }> {
    const type = `kind-${newId()}`;
    const rule = await call('POST', RULES, {
      ...{ name: `rule ${(made += 1)}`, events: ['task.created'], channels: [channel], severity: 'warning' },
      ...{
        condition: `event.data.type == "${type}"`,
        subject: 'A task came',
        body: 'Of the type ${{ event.data.type }}',
      },
    });
    if (rule.status !== 201) throw new Error(rule.text);
    return {
      rule: rule.body.id as string,
      happen: async () => {
        expect((await call('POST', '/api/v1/tasks', { type, payload: {} })).status).toBe(201);
      },
    };
  }
  const deliveriesOf = (channel: string, query = '') => list<ShownDelivery>(`${ROUTE}/${channel}/deliveries${query}`);
  const attemptsOf = async (channel: string, { delivery_id }: ShownDelivery) =>
    (await call('GET', `${ROUTE}/${channel}/deliveries/${delivery_id}`)).body;

  describe('what is configured', () => {
    it('should be created, shown without its values, listed, changed and deleted', async () => {
      const to = await receiver();
      const config = { ...slackConfig(to), username: 'agents' };
      const created = await call('POST', ROUTE, { name: 'ops', type: 'slack', description: 'for all', config });
      expect(created.status).toBe(201);
      const { id, secret_id } = created.body as { id: string; secret_id: string };
      const shown = {
        ...{ id: UUID, name: 'ops', type: 'slack', description: 'for all', enabled: true, secret_id: UUID },
        ...{ configured: ['username', 'webhook_url'], status: 'ok', failing_since: null, last_error: null },
        ...{ created_at: TIME, updated_at: TIME },
      };
      expect(created.body).toEqual(shown);
      expect((await call('GET', `${ROUTE}/${id}`)).body).toEqual(shown);
      const mine = await create('email', { to: [secret('an address', (word) => `${word}@example.org`)] });
      const listed = await call('GET', `${ROUTE}?type=slack&status=ok`);
      expect(JSON.parse(listed.text)).toEqual([shown]);
      expect(listed.headers.get('x-total-count')).toBe('1');
      expect((await list<{ id: string }>(`${ROUTE}?limit=1`)).map((each) => each.id)).toEqual([mine.id]);
      expect(await list(`${ROUTE}?status=failing`)).toEqual([]);

      const { status, body } = await call('PUT', `${ROUTE}/${id}`, {
        ...{ name: 'others', enabled: false, config: { channel: '#ops', username: null } },
      });
      expect([status, body]).toEqual([
        200,
        { ...shown, name: 'others', enabled: false, configured: ['channel', 'webhook_url'] },
      ]);
      expect(body.secret_id).toBe(secret_id);

      const secretAt = `/api/v1/secrets/${secret_id}`;
      await eventually(async () =>
        expect((await call('GET', secretAt)).body).toMatchObject({ name: `channel/${id}`, version: 2 }),
      );
      expect((await call('DELETE', `${ROUTE}/${id}`)).body).toEqual({ deleted: true, id, deleted_at: TIME });
      for (const [method, path, sent] of [
        ...[
          ['GET', ''] as const,
          ['PUT', '', { config: {} }] as const,
          ['DELETE', ''] as const,
          ['POST', '/test'] as const,
        ],
        ...[['GET', '/deliveries'] as const, ['GET', `/deliveries/${newId()}`] as const],
      ])
        expect(code(await call(method, `${ROUTE}/${id}${path}`, sent))).toEqual([404, 'channel_not_found']);
      await eventually(async () => expect((await call('GET', `/api/v1/secrets/${secret_id}`)).status).toBe(404));
    });

    it('rejects what its type does not take, and names it', async () => {
      const to = await receiver();
      const { id } = await create('slack', slackConfig(to));
      const before = await call('GET', `${ROUTE}/${id}`);
      const hidden = secret('what was refused');
      const refused: readonly (readonly [string, Answer])[] = [
        ['/config/webhook_url', await call('POST', ROUTE, { name: 'a', type: 'slack', config: {} })],
        ['/config/bot_token', await call('PUT', `${ROUTE}/${id}`, { config: { bot_token: hidden } })],
        ['/config/webhook_url', await call('PUT', `${ROUTE}/${id}`, { config: { webhook_url: null } })],
        ['/config/webhook_url', await call('PUT', `${ROUTE}/${id}`, { config: { webhook_url: `ftp://x/${hidden}` } })],
        ['/config/to/0', await call('POST', ROUTE, { name: 'a', type: 'email', config: { to: [hidden] } })],
        ['/type', await call('PUT', `${ROUTE}/${id}`, { type: 'email' })],
        ['/type', await call('PUT', `${ROUTE}/${id}`, { type: 'email', config: { to: ['a@example.org'] } })],
      ];
      for (const [pointer, { status, body }] of refused) {
        const [error, ...others] = body.errors as unknown as { readonly pointer: string; readonly message: string }[];
        expect({ status, pointer: error?.pointer, others }).toEqual({ status: 422, pointer, others: [] });
        expect(error!.message).not.toContain(pointer);
        expect(body.detail).toBe(`${pointer}: ${error!.message}`);
      }
      expect((await call('PUT', `${ROUTE}/${id}`, { type: 'slack' })).status).toBe(200);
      expect((await call('GET', `${ROUTE}/${id}`)).body).toEqual(before.body);
    });

    it('should be the same for the same key, and another for none', async () => {
      const to = await receiver();
      const keyed = (method: string, route: string, body: object, key: string) =>
        call(method, route, body, { 'idempotency-key': key });
      const [first, second] = [newId(), newId()];
      const body = { name: 'once', type: 'slack', config: slackConfig(to) };
      const created = await keyed('POST', ROUTE, body, first);
      const repeated = await keyed('POST', ROUTE, body, first);
      expect([created.status, repeated.status]).toEqual([201, 201]);
      expect(repeated.body.id).toBe(created.body.id);
      await eventually(async () => {
        const secrets = await list<{ name: string }>('/api/v1/secrets?category=channel&limit=200');
        expect(secrets.filter(({ name }) => name === `channel/${created.body.id as string}`)).toHaveLength(1);
      });
      const other = { ...body, config: slackConfig(to) };
      expect(code(await keyed('POST', ROUTE, other, first))).toEqual([422, 'idempotency_key_reused']);

      const at = `${ROUTE}/${created.body.id as string}`;
      const change = { config: { username: secret('a user name') } };
      const changed = await keyed('PUT', at, change, second);
      await call('PUT', at, { config: { channel: '#b' } });
      expect((await keyed('PUT', at, change, second)).status).toBe(changed.status);
      expect(code(await keyed('PUT', at, { config: { username: 'other' } }, second))).toEqual([
        ...[422, 'idempotency_key_reused'],
      ]);
      const secretAt = `/api/v1/secrets/${created.body.secret_id as string}`;
      await eventually(async () => expect((await call('GET', secretAt)).body).toMatchObject({ version: 3 }));
    });

    it('should keep the fields of all who change it at once', async () => {
      const to = await receiver();
      const { id } = await create('webhook', { url: to.url });
      const patches = [{ url: `${to.url}/a` }, { headers: { 'x-a': 'a' } }, { secret: `whsec_${'A'.repeat(32)}` }];
      const changed = await Promise.all(patches.map((config) => call('PUT', `${ROUTE}/${id}`, { config })));
      expect(changed.map(({ status }) => status)).toEqual([200, 200, 200]);
      expect((await call('GET', `${ROUTE}/${id}`)).body).toMatchObject({ configured: ['headers', 'secret', 'url'] });
      expect((await call('POST', `${ROUTE}/${id}/test`)).body).toMatchObject({ delivered: true });
      expect(to.received).toMatchObject([
        { path: '/a', headers: { 'x-a': 'a', 'webhook-signature': expect.stringMatching(/^v1,/) as unknown } },
      ]);
    });

    it('rejects the end of a channel that a rule sends to', async () => {
      const { id } = await create('slack', slackConfig(await receiver()));
      const { rule } = await ruleFor(id);
      expect(code(await call('DELETE', `${ROUTE}/${id}`))).toEqual([409, 'channel_in_use']);
      expect((await call('DELETE', `${RULES}/${rule}`)).status).toBe(200);
      expect((await call('DELETE', `${ROUTE}/${id}`)).status).toBe(200);
    });
  });

  describe('a test', () => {
    const test = (id: string) => call('POST', `${ROUTE}/${id}/test`);

    it('should arrive by every way there is, and stand in the delivery log', async () => {
      const [slack, telegram, hook] = [await receiver(), await receiver(), await receiver()];
      telegram.answer(() => ({ body: JSON.stringify({ ok: true, result: {} }) }));
      const key = `whsec_${Buffer.from(secret('a signing secret')).toString('base64')}`;
      canaries.push(canaryOf('a signing secret as it is given', key));
      const to = secret('an address of a channel', (word) => `${word}@example.org`);
      const channels = [
        await create('email', { to: [to], subject_prefix: '[ops]' }),
        await create('slack', slackConfig(slack)),
        await create('telegram', telegramConfig(telegram)),
        await create('webhook', {
          ...{ url: `${hook.url}/in?key=${secret('a key in a URL')}`, secret: key },
          headers: { 'X-Key': secret('a header') },
        }),
      ];
      const arrived = { delivered: true, error: null, detail: null, duration_ms: NUMBER, delivery_id: UUID };
      for (const { id } of channels) {
        const answer = await test(id);
        expect(answer).toMatchObject({ status: 200, body: arrived });
        expect(Object.keys(answer.body)).toHaveLength(6);
        const [delivery] = await deliveriesOf(id);
        expect(delivery).toMatchObject({ delivery_id: answer.body.delivery_id, event: 'test', state: 'delivered' });
        expect(await attemptsOf(id, delivery!)).toMatchObject({
          attempts_made: [{ number: 1, error: null, at: TIME }],
        });
      }
      expect(mail.mails.at(-1)).toMatchObject({ from: 'agents@example.org', to: [to] });
      expect(mail.mails.at(-1)!.raw).toMatch(/^Subject: \[ops\] Test of the channel/m);
      expect(slack.received).toHaveLength(1);
      expect(telegram.received).toMatchObject([{ json: { chat_id: '-1001234567' } }]);
      const [post] = hook.received;
      expect(new Webhook(key).verify(post!.body, post!.headers as Record<string, string>)).toMatchObject({
        ...{ event: 'test', severity: 'info', position: null },
      });
    });

    it('should say what went wrong, show it on the channel, and that it is over', async () => {
      const to = await receiver();
      to.answer(({ path }) => ({ status: 404, body: `no_service at ${path}` }));
      const { id } = await create('slack', slackConfig(to), { enabled: false });
      expect(await test(id)).toMatchObject({
        status: 200,
        body: {
          ...{ delivered: false, status_code: 404, error: 'status' },
          detail: expect.stringContaining('404') as unknown,
        },
      });
      expect((await call('GET', `${ROUTE}/${id}`)).body).toMatchObject({
        ...{
          enabled: false,
          status: 'failing',
          failing_since: TIME,
          last_error: expect.stringContaining('404') as unknown,
        },
      });
      expect((await list<{ id: string }>(`${ROUTE}?status=failing`)).map((each) => each.id)).toContain(id);
      to.answer(() => ({ body: 'ok' }));
      expect((await test(id)).body).toMatchObject({ delivered: true });
      expect((await call('GET', `${ROUTE}/${id}`)).body).toMatchObject({ status: 'ok', last_error: null });
      expect(to.received).toHaveLength(2);
    });

    it('should send once for one key', async () => {
      const to = await receiver();
      const { id } = await create('slack', slackConfig(to));
      const headers = { 'idempotency-key': newId() };
      const first = await call('POST', `${ROUTE}/${id}/test`, undefined, headers);
      expect((await call('POST', `${ROUTE}/${id}/test`, undefined, headers)).body).toEqual(first.body);
      expect(to.received).toHaveLength(1);
    });
  });

  describe('what a rule sends', () => {
    it('should be tried again after a failure, under the same id', async () => {
      const to = await receiver();
      const channel = await create('webhook', { url: to.url });
      let failures = 1;
      to.answer(() => (failures-- > 0 ? { status: 500, body: 'not now' } : { status: 204 }));
      const { happen } = await ruleFor(channel.id);
      await happen();
      await eventually(() => expect(to.received).toHaveLength(2), { timeoutMs: 30_000 });
      expect(new Set(to.received.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
      expect(to.received[0]!.json).toMatchObject({
        severity: 'warning',
        subject: 'A task came',
        event: 'task.created',
      });
      const [delivery] = await eventually(async () => {
        const found = await deliveriesOf(channel.id, '?state=delivered&event=task.created');
        expect(found).toMatchObject([{ attempts: 2 }]);
        return found;
      });
      expect(await attemptsOf(channel.id, delivery!)).toMatchObject({
        state: 'delivered',
        attempts_made: [
          { number: 1, status_code: 500, error: 'status', response: 'not now' },
          { number: 2, status_code: 204, error: null },
        ],
      });
      // One attempt that failed says nothing of the channel.
      const { rows } = await database.query(`select type from event_log.events where stream_id = $1`, [
        `channel-${channel.id}`,
      ]);
      expect(rows.map(({ type }: { type: string }) => type)).toEqual(['ChannelCreated']);
    });

    it('should show that Slack fails, once, and that it is over when a delivery is sent again', async () => {
      const to = await receiver();
      to.answer(() => ({ status: 500, body: 'internal' }));
      const channel = await create('slack', slackConfig(to));
      const { happen } = await ruleFor(channel.id);
      await happen();
      await happen();
      await eventually(
        async () => {
          expect((await call('GET', `${ROUTE}/${channel.id}`)).body).toMatchObject({
            ...{ status: 'failing', failing_since: TIME, last_error: 'status: Slack answers 500: internal' },
          });
        },
        { timeoutMs: 30_000 },
      );
      to.answer(() => ({ body: 'ok' }));
      const waiting = await deliveriesOf(channel.id, '?state=pending');
      expect(waiting).toHaveLength(2);
      for (const { delivery_id } of waiting)
        expect((await call('POST', `${ROUTE}/${channel.id}/deliveries/${delivery_id}/redeliver`)).status).toBe(202);
      await eventually(async () => expect(await deliveriesOf(channel.id, '?state=delivered')).toHaveLength(2));
      await eventually(async () => {
        expect((await call('GET', `${ROUTE}/${channel.id}`)).body).toMatchObject({ status: 'ok', last_error: null });
      });
      const { rows } = await database.query(`select type from event_log.events where stream_id = $1 order by version`, [
        `channel-${channel.id}`,
      ]);
      expect(rows.map(({ type }: { type: string }) => type)).toEqual([
        ...['ChannelCreated', 'ChannelFailed', 'ChannelRecovered'],
      ]);
    });

    it('should be given up at once when the mail server refuses it for good', async () => {
      const to = secret('an address that is refused', (word) => `${word}@example.org`);
      mail.refuse.set(to, { code: 550, text: `no such user <${to}>` });
      const channel = await create('email', { to: [to] });
      const { happen } = await ruleFor(channel.id);
      await happen();
      const [failed] = await eventually(async () => {
        const found = await deliveriesOf(channel.id, '?state=failed');
        expect(found).toMatchObject([{ attempts: 1 }]);
        return found;
      });
      expect(await attemptsOf(channel.id, failed!)).toMatchObject({
        ...{ last_error: 'refused', last_status_code: 550 },
        attempts_made: [{ status_code: 550, response: expect.stringContaining('no such user <***>') as unknown }],
      });
      await eventually(async () =>
        expect((await call('GET', `${ROUTE}/${channel.id}`)).body).toMatchObject({
          ...{ status: 'failing', last_error: 'refused: The mail server refuses every recipient' },
        }),
      );
    });

    it('should not be sent while the channel is off', async () => {
      const to = await receiver();
      const channel = await create('slack', slackConfig(to), { enabled: false });
      const { happen } = await ruleFor(channel.id);
      await happen();
      const [failed] = await eventually(async () => {
        const found = await deliveriesOf(channel.id, '?state=failed');
        expect(found).toMatchObject([{ attempts: 1 }]);
        return found;
      });
      expect(await attemptsOf(channel.id, failed!)).toMatchObject({ last_error: 'not_configured' });
      expect(to.received).toEqual([]);
      expect((await call('GET', `${ROUTE}/${channel.id}`)).body).toMatchObject({ status: 'ok' });
    });
  });

  it('should keep every secret out of the log, the tables, the outputs and the answers', async () => {
    expect(canaries.length).toBeGreaterThan(15);
    const found = (places: readonly (readonly [string, string])[]) =>
      canaries.flatMap((one) =>
        places.filter(([, text]) => one.in(text)).map(([place]) => `${one.name} is in ${place}`),
      );
    const rows = (await everyRow(database)).map(({ table, row }) => [table, row] as const);
    const services = ['gateway', 'registry', 'discovery', 'tasks', 'identity', 'notifications', 'workflows'] as const;
    const outputs = services.map((name) => [`the output of ${name}`, stack.service(name).output.join('\n')] as const);
    const shown = answers.map((text) => ['an answer', text] as const);
    expect(found(rows)).toEqual([]);
    expect(found(outputs)).toEqual([]);
    expect(found(shown)).toEqual([]);
    // The controls: they were sent, and what is no secret is found where these were looked for.
    const received = [...receivers.flatMap(({ received }) => received), ...mail.mails].map((each) =>
      JSON.stringify(each),
    );
    expect(found([['what was received', received.join('\n')]]).length).toBeGreaterThan(5);
    const control = canaryOf('the control', 'Test of the channel');
    expect(control.in(mail.mails.map(({ raw }) => raw).join('\n'))).toBe(true);
    expect(rows.some(([table, row]) => table === 'event_log.events' && row.includes('"webhook_url"'))).toBe(true);
    expect(shown.some(([, text]) => text.includes('"webhook_url"'))).toBe(true);
  });
});
