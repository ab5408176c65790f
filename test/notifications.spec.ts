import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Client, NotFoundError } from '@agent-orchestration/sdk';
import { eventually, testStack, type TestStack } from '@ao/testing';
import type { Pool } from 'pg';
import { SMTPServer } from 'smtp-server';
import { canaryOf, everyRow } from './canary/canary';
import { IdentityClient, type Answer, type Person } from './identity-api.fixture';

const UNKNOWN = '01890a5d-ac96-774b-bcce-b302099a8057';
const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/) as unknown;
const ROUTE = '/api/v1/notifications';
const HOUR_MS = 3_600_000;

interface Shown {
  readonly id: string;
  readonly subject: string;
  readonly body: string;
  readonly read: boolean;
  readonly read_at: string | null;
}
interface Mail {
  readonly to: readonly string[];
  readonly text: string;
}

/** A mail server that takes everything, but from whom it was told to refuse. */
async function startMailServer() {
  const mails: Mail[] = [];
  const refused = new Map<string, number>();
  const server = new SMTPServer({
    ...{ authOptional: true, disabledCommands: ['STARTTLS', 'AUTH'], disableReverseLookup: true },
    onRcptTo(address, _session, callback) {
      const responseCode = refused.get(address.address);
      if (responseCode === undefined) return callback();
      callback(Object.assign(new Error(`not for ${address.address}`), { responseCode }));
    },
    onData(stream, session, callback) {
      const parts: Buffer[] = [];
      stream.on('data', (part: Buffer) => parts.push(part));
      stream.on('end', () => {
        const to = session.envelope.rcptTo.map(({ address }) => address);
        mails.push({ to, text: Buffer.concat(parts).toString() });
        callback();
      });
    },
  });
  // Whoever is killed in mid-sentence resets its connection.
  server.on('error', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  const { port } = server.server.address() as AddressInfo;
  const stop = () => new Promise<void>((resolve) => server.close(resolve));
  return { mails, refused, stop, url: `smtp://127.0.0.1:${port}` };
}

/** Rows 145 to 148 and the preferences beside them, against everything real and a mail server. */
describe('notifications', () => {
  let stack: TestStack;
  let database: Pool;
  let api: IdentityClient;
  let mailServer: Awaited<ReturnType<typeof startMailServer>>;
  const people: Person[] = [];

  beforeAll(async () => {
    mailServer = await startMailServer();
    stack = await testStack({ env: { SMTP_URL: mailServer.url } });
    database = stack.database.pool();
    api = new IdentityClient(stack);
    const settings = { 'rate_limits.requests_per_minute': 100_000, 'rate_limits.requests_per_hour': 1_000_000 };
    await eventually(async () => {
      expect((await api.operator('PUT', '/api/v1/settings/bulk', { settings })).status).toBe(200);
    });
  }, 120_000);
  afterAll(async () => {
    await stack?.stop();
    await mailServer?.stop();
  });
  // Nobody is told in a later test because of an earlier one.
  afterEach(async () => {
    for (const one of people.splice(0)) await api.operator('DELETE', `/api/v1/admin/users/${one.id}`);
  });

  async function person(role = 'viewer', preferences?: object): Promise<Person> {
    const one = await api.person(role);
    people.push(one);
    if (preferences) await prefer(one, preferences);
    return one;
  }
  async function prefer(one: Person, preferences: object): Promise<Answer> {
    const answer = await one.call('PUT', `${ROUTE}/preferences`, preferences);
    if (answer.status !== 200) throw new Error(answer.text);
    return answer;
  }
  async function submit(title: string): Promise<string> {
    const answer = await api.operator('POST', '/api/v1/tasks', { type: 'test', title });
    if (answer.status !== 201) throw new Error(answer.text);
    return (answer.body as { id: string }).id;
  }
  const listed = (answer: Answer) => JSON.parse(answer.text) as Shown[];
  const inbox = async (one: Person, query = '') => listed(await one.call('GET', `${ROUTE}${query}`));
  const unread = async (one: Person) => (await one.call('GET', `${ROUTE}/unread-count`)).body.unread_count;
  const told = (one: Person, count: number) =>
    eventually(
      async () => {
        const notifications = await inbox(one);
        expect(notifications).toHaveLength(count);
        return notifications;
      },
      { timeoutMs: 30_000 },
    );
  const code = (answer: Answer) => [answer.status, answer.body.code];
  const deliveries = async (one: Person) => {
    const { rows } = await database.query<{ state: string; last_error: string | null; attempts: number }>(
      'select state, last_error, attempts from notifications.deliveries where target_id = $1 order by created_at',
      [one.id],
    );
    return rows;
  };
  const mailsTo = ({ email }: Person) => mailServer.mails.filter(({ to }) => to.includes(email));

  describe('an inbox', () => {
    it('should tell a person what the preferences ask for, and nobody else', async () => {
      const [ada, bob] = [await person('viewer', { events: ['task.created'] }), await person()];
      const task = await submit('deploy');
      const [shown] = await told(ada, 1);
      expect(shown).toEqual({
        ...{ id: expect.any(String) as unknown, severity: 'info', event: 'task.created', rule_id: null },
        ...{ position: expect.any(Number) as unknown, subject: "Task 'deploy' was submitted" },
        body: expect.stringContaining(task) as unknown,
        ...{ read: false, read_at: null, created_at: TIME },
      });
      expect(await unread(ada)).toBe(1);
      expect([await inbox(bob), await unread(bob)]).toEqual([[], 0]);

      const another = await bob.call('PUT', `${ROUTE}/${shown!.id}/read`);
      expect(code(another)).toEqual([404, 'notification_not_found']);
      const nobodys = await bob.call('PUT', `${ROUTE}/${UNKNOWN}/read`);
      expect({ ...another.body, request_id: '' }).toEqual({ ...nobodys.body, request_id: '' });
      expect(await unread(ada)).toBe(1);
    });

    it('should be read one by one, and seen at once', async () => {
      const ada = await person('viewer', { events: ['task.created'] });
      for (const [before, title] of ['first', 'second', 'third'].entries()) {
        await submit(title);
        await told(ada, before + 1);
      }
      const [third, second, first] = await inbox(ada);
      expect([first, second, third].map((each) => each!.subject)).toEqual(
        ['first', 'second', 'third'].map((title) => `Task '${title}' was submitted`),
      );
      const read = await ada.call('PUT', `${ROUTE}/${second!.id}/read`);
      expect(read).toMatchObject({ status: 200, body: { id: second!.id, read: true, read_at: TIME } });
      const at_least = read.headers.get('log-position');
      expect(await inbox(ada, `?unread=true&at_least=${at_least}`)).toEqual([third, first]);
      expect(await inbox(ada, '?unread=false')).toEqual([{ ...second, read: true, read_at: read.body.read_at }]);
      expect(await unread(ada)).toBe(2);
      const again = await ada.call('PUT', `${ROUTE}/${second!.id}/read`);
      expect(again.body).toEqual(read.body);

      const page = await ada.call('GET', `${ROUTE}?limit=1&offset=1`);
      expect(listed(page).map(({ id }) => id)).toEqual([second!.id]);
      expect(page.headers.get('x-total-count')).toBe('3');
      expect(page.headers.get('link')).toContain('offset=2');
    });

    it('should be read as a whole, and what comes afterwards is unread', async () => {
      const ada = await person('viewer', { events: ['task.created'] });
      expect((await ada.call('PUT', `${ROUTE}/read-all`)).body).toEqual({ read_until: 0, unread_count: 0 });
      for (const title of ['first', 'second']) await submit(title);
      const [newest] = await told(ada, 2);
      await ada.call('PUT', `${ROUTE}/${newest!.id}/read`);
      const all = await ada.call('PUT', `${ROUTE}/read-all`);
      expect(all).toMatchObject({ status: 200, body: { unread_count: 0 } });
      expect(await inbox(ada, '?unread=true')).toEqual([]);
      expect((await inbox(ada)).map(({ read, read_at }) => [read, typeof read_at])).toEqual([
        ...([
          [true, 'string'],
          [true, 'string'],
        ] as const),
      ]);
      expect((await ada.call('PUT', `${ROUTE}/read-all`)).body).toEqual(all.body);
      await submit('third');
      await told(ada, 3);
      expect(await unread(ada)).toBe(1);
      expect((await inbox(ada, '?unread=true')).map(({ subject }) => subject)).toEqual(["Task 'third' was submitted"]);
    });

    it('should be told by rules to people and to roles', async () => {
      const [approver, other, viewer, named] = [
        ...[await person('approver'), await person('approver'), await person('viewer'), await person('viewer')],
      ];
      const admin = await api.logIn(stack.admin);
      const rule = await admin.call('POST', `${ROUTE}/rules`, {
        ...{ name: 'somebody must look', events: ['task.created'], severity: 'warning' },
        recipients: { users: [named!.id], roles: ['approver'] },
        ...{ subject: 'Look at ${{ event.data.title }}', body: 'It came.' },
      });
      expect(rule.status).toBe(201);
      await submit('payment');
      for (const one of [approver!, other!, named!]) {
        expect(await told(one, 1)).toMatchObject([
          { subject: 'Look at payment', body: 'It came.', severity: 'warning', rule_id: rule.body.id },
        ]);
      }
      expect(await inbox(viewer!)).toEqual([]);
      await admin.call('DELETE', `${ROUTE}/rules/${rule.body.id as string}`);
    });

    it("should be a person's alone: the login's, or that of the owner of an API key", async () => {
      const ada = await person('viewer', { events: ['task.created'] });
      await submit('deploy');
      const [shown] = await told(ada, 1);
      const keyOf = async (...scopes: string[]) =>
        (await ada.call('POST', '/api/v1/security/api-keys', { name: 'a key', scopes })).body.key as string;
      const own = await keyOf('notifications:own');
      const listedByKey = await api.call('GET', ROUTE, { token: own });
      expect(listed(listedByKey)).toEqual([shown]);
      const other = await keyOf('tasks:read');
      expect(code(await api.call('GET', ROUTE, { token: other }))).toEqual([403, 'forbidden']);

      const client = await api.operator('POST', '/api/v1/security/oauth-clients', {
        ...{ name: 'a client', scopes: ['notifications:own'] },
      });
      const { client_id, client_secret } = client.body as { client_id: string; client_secret: string };
      const granted = await api.raw(
        ...(['POST', '/oauth/token'] as const),
        new URLSearchParams({ grant_type: 'client_credentials', client_id, client_secret }).toString(),
        { 'content-type': 'application/x-www-form-urlencoded' },
      );
      for (const token of [stack.apiKey, granted.body.access_token as string]) {
        for (const [method, route] of [
          ...([
            ['GET', ''],
            ['GET', '/unread-count'],
            ['GET', '/preferences'],
            ['PUT', '/preferences'],
          ] as const),
          ...([
            ['PUT', '/read-all'],
            ['PUT', `/${shown!.id}/read`],
          ] as const),
        ]) {
          const body = method === 'PUT' ? {} : undefined;
          const answer = await api.call(method, `${ROUTE}${route}`, { token, body });
          expect([method, route, answer.status]).toEqual([method, route, 403]);
          expect(answer.body.detail).toContain('belong to a person');
        }
      }
      expect(await unread(ada)).toBe(1);
    });

    it('should know its words from ids', async () => {
      const ada = await person();
      for (const id of ['read-all', 'unread-count', 'preferences', UNKNOWN, '%00', '..%2f..', `{${UNKNOWN}}`])
        expect([id, ...code(await ada.call('PUT', `${ROUTE}/${id}/read`))]).toEqual([
          id,
          404,
          'notification_not_found',
        ]);
    });

    it('should be there in the SDK', async () => {
      const ada = await person();
      const key = await ada.call('POST', '/api/v1/security/api-keys', { name: 'sdk', scopes: ['notifications:own'] });
      const client = new Client({ baseUrl: stack.url, apiKey: key.body.key as string });
      try {
        const preferences = await client.notifications.setPreferences({ events: ['task.*'], mailFrom: 'warning' });
        expect(preferences).toMatchObject({ events: ['task.*'], mailFrom: 'warning', quietHours: null, mail: false });
        expect(await client.notifications.preferences()).toEqual(preferences);
        await submit('deploy');
        const [shown] = await eventually(async () => {
          const all = await client.notifications.list({ unread: true });
          expect(all.length).toBeGreaterThan(0);
          return all;
        });
        expect(shown).toMatchObject({ read: false, readAt: null, ruleId: null, createdAt: TIME });
        expect(await client.notifications.unreadCount()).toBeGreaterThan(0);
        expect(await client.notifications.read(shown!.id)).toMatchObject({ read: true, readAt: TIME });
        await client.notifications.setPreferences({ events: [] });
        await eventually(async () => expect(await client.notifications.readAll()).toBe(0));
        await expect(client.notifications.read(UNKNOWN)).rejects.toBeInstanceOf(NotFoundError);
      } finally {
        client.close();
      }
    });
  });

  describe('preferences', () => {
    it('should begin with the defaults and change by field', async () => {
      const ada = await person();
      const defaults = { events: [], mail: false, mail_from: 'info', quiet_hours: null, digest: { mode: 'off' } };
      const first = await ada.call('GET', `${ROUTE}/preferences`);
      expect(first).toMatchObject({ status: 200, body: { ...defaults, updated_at: null } });
      const quiet_hours = { from: '22:00', to: '07:00', zone: 'Europe/Berlin' };
      await prefer(ada, { mail: true, events: ['task.*', '*.offline'] });
      const changed = await prefer(ada, { quiet_hours, digest: { mode: 'daily', at: '08:30', zone: 'Asia/Tokyo' } });
      const now = {
        ...{ ...defaults, mail: true, events: ['task.*', '*.offline'], quiet_hours },
        ...{ digest: { mode: 'daily', at: '08:30', zone: 'Asia/Tokyo' }, updated_at: TIME },
      };
      expect(changed.body).toEqual(now);
      expect((await ada.call('GET', `${ROUTE}/preferences`)).body).toEqual(now);
      expect((await prefer(ada, { mail: true })).body).toEqual(changed.body);
      expect((await prefer(ada, { quiet_hours: null })).body).toEqual({ ...now, quiet_hours: null });
    });
  });

  describe('mail', () => {
    it('should reach the address of the account, which stands nowhere in clear', async () => {
      const ada = await person('viewer', { events: ['task.created'], mail: true });
      await submit('<deploy> & more');
      const [mail] = await eventually(() => {
        expect(mailsTo(ada)).toHaveLength(1);
        return mailsTo(ada);
      });
      expect(mail!.to).toEqual([ada.email]);
      expect(mail!.text).toContain("Subject: Task '<deploy> & more' was submitted");
      expect(mail!.text).not.toContain('<deploy> &amp; more</h');
      await eventually(async () => expect(await deliveries(ada)).toMatchObject([{ state: 'delivered' }]));

      mailServer.refused.set(ada.email, 550);
      await submit('again');
      await eventually(async () => {
        expect(await deliveries(ada)).toMatchObject([{}, { state: 'failed', last_error: 'refused', attempts: 1 }]);
      });
      const address = canaryOf('the address', ada.email);
      expect((await everyRow(database)).filter(({ row }) => address.in(row)).map(({ table }) => table)).toEqual([]);
      for (const name of ['notifications', 'gateway', 'identity'] as const)
        expect(stack.service(name).output.filter((line) => address.in(line))).toEqual([]);
    });

    it('should wait while quiet hours hold, and follow as one when they are over', async () => {
      const time = (milliseconds: number) => new Date(milliseconds).toISOString().slice(11, 16);
      const now = Date.now();
      const quiet_hours = { from: time(now - HOUR_MS), to: time(now + 2 * HOUR_MS), zone: 'UTC' };
      const ada = await person('viewer', { events: ['task.created'], mail: true, quiet_hours });
      for (const title of ['first', 'second']) await submit(title);
      await told(ada, 2);
      await eventually(async () => {
        const { rows } = await database.query('select 1 from notifications.mails where user_id = $1', [ada.id]);
        expect(rows).toHaveLength(2);
      });
      expect(mailsTo(ada)).toEqual([]);
      await prefer(ada, { quiet_hours: null });
      const [mail] = await eventually(() => {
        expect(mailsTo(ada)).toHaveLength(1);
        return mailsTo(ada);
      });
      expect(mail!.text).toContain('Subject: 2 notifications');
      for (const title of ['first', 'second']) expect(mail!.text).toContain(`Task '${title}' was submitted`);
    });

    it('should not come in quiet hours because it could not come before them', async () => {
      const time = (milliseconds: number) => new Date(milliseconds).toISOString().slice(11, 16);
      const ada = await person('viewer', { events: ['task.created'], mail: true });
      mailServer.refused.set(ada.email, 451);
      await submit('deploy');
      await eventually(async () => {
        expect(await deliveries(ada)).toMatchObject([{ state: 'pending', attempts: 1, last_error: 'refused' }]);
      });
      const now = Date.now();
      await prefer(ada, { quiet_hours: { from: time(now - HOUR_MS), to: time(now + 2 * HOUR_MS), zone: 'UTC' } });
      mailServer.refused.clear();
      await eventually(async () => {
        expect(await deliveries(ada)).toMatchObject([{ state: 'failed', attempts: 2, last_error: 'refused' }]);
      });
      expect(mailsTo(ada)).toEqual([]);
      await prefer(ada, { quiet_hours: null });
      await eventually(() => expect(mailsTo(ada)).toHaveLength(1));
      expect(await deliveries(ada)).toHaveLength(2);
    });

    it('should end with the person, the one that waits too', async () => {
      const ada = await person('viewer', {
        events: ['task.created'],
        mail: true,
        digest: { mode: 'window', minutes: 5 },
      });
      await submit('deploy');
      await told(ada, 1);
      await api.operator('DELETE', `/api/v1/admin/users/${ada.id}`);
      await eventually(async () => {
        const { rows } = await database.query(
          `select user_id from notifications.people where user_id = $1
            union all select user_id from notifications.mails where user_id = $1`,
          [ada.id],
        );
        expect(rows).toEqual([]);
      });
      expect([mailsTo(ada), await deliveries(ada)]).toEqual([[], []]);
    });

    it('should come once, though the service is killed while it is sent', async () => {
      const ada = await person('viewer', { events: ['task.created'], mail: true });
      const titles = Array.from({ length: 30 }, (_, index) => `killed ${index}.`);
      for (const [index, title] of titles.entries()) {
        await submit(title);
        if (index % 10 === 5) await stack.restart('notifications');
      }
      const notifications = await told(ada, titles.length);
      expect(new Set(notifications.map(({ subject }) => subject)).size).toBe(titles.length);
      // A mail that was on its way when the process ended may come again, under the same id.
      await eventually(
        async () => {
          // What could not be sent while everything started is tried again at once, not in five minutes.
          await database.query(
            `update notifications.deliveries set due_at = clock_timestamp()
              where state = 'pending' and due_at > clock_timestamp()`,
          );
          const ids = mailsTo(ada).map(({ text }) => /^Message-ID: (\S+)/im.exec(text)?.[1]);
          expect(new Set(ids).size).toBe(titles.length);
        },
        { timeoutMs: 30_000 },
      );
    }, 180_000);

    it('should fail for good, and say why, where there is no mail server', async () => {
      const ada = await person('viewer', { events: ['task.created'], mail: true });
      await stack.restart('notifications', { SMTP_URL: '' });
      await submit('deploy');
      await eventually(async () => {
        expect(await deliveries(ada)).toMatchObject([{ state: 'failed', last_error: 'not_configured', attempts: 1 }]);
      });
      await told(ada, 1);
      expect(mailsTo(ada)).toEqual([]);
    });
  });
});
