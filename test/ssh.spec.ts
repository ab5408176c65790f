import { eventually, startService, testStack, type TestStack } from '@ao/testing';
import type { Pool } from 'pg';
import {
  keyPair,
  startSshServer,
  type SshServer,
  type SshServerOptions,
} from '../apps/tasks/src/ssh/ssh-server.testing';
import { IdentityClient, type Answer, type Person } from './identity-api.fixture';

const UUID = expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/) as unknown;
const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/) as unknown;
const UNKNOWN = '01890a5d-ac96-774b-bcce-b302099a8057';
const PASSWORD = 'the password of the host';

/** Rows 168 to 174 of the inventory, against everything real and a server of ssh2. */
describe('SSH connections', () => {
  let stack: TestStack;
  let database: Pool;
  let api: IdentityClient;
  let admin: Person;
  const hosts: SshServer[] = [];
  let made = 0;

  beforeAll(async () => {
    stack = await testStack({ env: { SSH_DENIED_NETWORKS: '10.0.0.0/8' } });
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
    await Promise.all(hosts.map((host) => host.close()));
  });

  const code = (answer: Answer) => [answer.status, answer.body.code];
  const ROUTE = '/api/v1/ssh-connections';

  async function host(options: SshServerOptions = { password: PASSWORD }): Promise<SshServer> {
    const started = await startSshServer(options);
    hosts.push(started);
    return started;
  }
  async function secret(value: string): Promise<string> {
    const answer = await admin.call('POST', '/api/v1/secrets', { name: `secret ${(made += 1)}`, value });
    expect(answer.status).toBe(201);
    return answer.body.id as string;
  }
  const terms = (changes: object = {}) => ({
    ...{ name: `host ${(made += 1)}`, hostname: '127.0.0.1', port: 22, username: 'deploy', auth_method: 'password' },
    ...changes,
  });
  async function create(changes: object = {}): Promise<{ id: string } & Record<string, unknown>> {
    const answer = await admin.call('POST', ROUTE, terms(changes));
    if (answer.status !== 201) throw new Error(answer.text);
    return answer.body as { id: string } & Record<string, unknown>;
  }
  /** A connection that works. */
  async function connected(to: SshServer, changes: object = {}): Promise<string> {
    const { port, fingerprint: host_key } = to;
    return (await create({ port, host_key, secret_id: await secret(PASSWORD), ...changes })).id;
  }
  const test = (id: string, body: object = {}) => admin.call('POST', `${ROUTE}/${id}/test`, body);
  const execute = (id: string, command: string, more: object = {}) =>
    admin.call('POST', `${ROUTE}/${id}/execute`, { command, ...more });
  async function begin(id: string, command: string, more: object = {}): Promise<string> {
    const headers = { prefer: 'respond-async' };
    const body = { command, ...more };
    const answer = await api.call('POST', `${ROUTE}/${id}/execute`, { token: admin.token, headers, body });
    expect(answer).toMatchObject({ status: 202, body: { task_id: UUID, success: null, exit_code: null } });
    return answer.body.task_id as string;
  }
  const taskOf = async (id: string) => (await admin.call('GET', `/api/v1/tasks/${id}`)).body;
  const ended = (id: string, status: string) =>
    eventually(async () => {
      const task = await taskOf(id);
      expect(task).toMatchObject({ status });
      return task;
    });
  const linesOf = async (id: string) => {
    const { logs } = (await admin.call('GET', `/api/v1/tasks/${id}/logs`)).body as {
      logs: { level: string; message: string }[];
    };
    return logs.map(({ level, message }) => `${level} ${message}`);
  };

  describe('what is configured', () => {
    it('should be created, shown, listed, changed and deleted', async () => {
      const asked = terms({ name: 'web-1', tags: ['production'] });
      const created = await admin.call('POST', ROUTE, asked);
      expect(created).toMatchObject({ status: 201 });
      const { id } = created.body as { id: string };
      const shown = {
        ...asked,
        ...{ id: UUID, secret_id: null, passphrase_secret_id: null, host_key: null, host_key_pinned_at: null },
        ...{ description: '', last_test: null, created_at: TIME, updated_at: TIME },
      };
      expect(created.body).toEqual(shown);
      expect((await admin.call('GET', `${ROUTE}/${id}`)).body).toEqual(shown);
      const listed = await admin.call('GET', `${ROUTE}?name=web-1`);
      expect(JSON.parse(listed.text)).toEqual([shown]);
      expect(listed.headers.get('x-total-count')).toBe('1');

      const host_key = `SHA256:${'a'.repeat(43)}`;
      const changed = await admin.call('PUT', `${ROUTE}/${id}`, { description: 'the first', host_key });
      expect(changed).toMatchObject({ status: 200, body: { description: 'the first', host_key } });
      // The key was that of the host before.
      const moved = await admin.call('PUT', `${ROUTE}/${id}`, { hostname: 'web-1.example.org' });
      expect(moved.body).toMatchObject({ hostname: 'web-1.example.org', host_key: null, name: 'web-1' });

      expect(code(await admin.call('POST', ROUTE, terms({ name: 'web-1' })))).toEqual([
        ...[409, 'ssh_connection_name_taken'],
      ]);
      expect((await admin.call('DELETE', `${ROUTE}/${id}`)).body).toEqual({ deleted: true, id, deleted_at: TIME });
      for (const [method, path, body] of [
        ...[['GET', ''] as const, ['PUT', '', {}] as const, ['DELETE', ''] as const],
        ...[['POST', '/test', {}] as const, ['POST', '/execute', { command: 'id' }] as const],
      ])
        expect(code(await admin.call(method, `${ROUTE}/${id}${path}`, body))).toEqual([
          404,
          'ssh_connection_not_found',
        ]);
      await create({ name: 'web-1' });
    });

    it('rejects secrets that there are not, and a passphrase of a password', async () => {
      const refused = await admin.call('POST', ROUTE, terms({ secret_id: UNKNOWN }));
      expect(refused).toMatchObject({ status: 422, body: { errors: [{ pointer: '/secret_id' }] } });
      const own = await secret('open sesame');
      const odd = await admin.call('POST', ROUTE, terms({ passphrase_secret_id: own }));
      expect(odd).toMatchObject({ status: 422, body: { errors: [{ pointer: '/passphrase_secret_id' }] } });
    });

    it('should lead secrets nowhere for whom may not read them', async () => {
      const { id } = await create({ secret_id: await secret(PASSWORD) });
      const made = await admin.call('POST', '/api/v1/security/api-keys', { name: 'ci', scopes: ['ssh:manage'] });
      const token = made.body.key as string;
      const asKey = (method: string, route: string, body: object) => api.call(method, route, { token, body });
      for (const body of [{ hostname: 'mine.example.org' }, { port: 2_222 }, { auth_method: 'private_key' }])
        expect(code(await asKey('PUT', `${ROUTE}/${id}`, body))).toEqual([403, 'forbidden']);
      const stolen = terms({ secret_id: await secret('another') });
      expect(code(await asKey('POST', ROUTE, stolen))).toEqual([403, 'forbidden']);
      expect((await asKey('PUT', `${ROUTE}/${id}`, { description: 'all the same' })).status).toBe(200);
      expect((await asKey('POST', ROUTE, terms())).status).toBe(201);
    });
  });

  describe('a test', () => {
    it('should show the key of a host that is not known, pin it when it is told to, and log in', async () => {
      const to = await host();
      const id = await connected(to, { host_key: null });
      const first = await test(id);
      expect(first).toMatchObject({
        status: 200,
        body: {
          ...{ success: false, fingerprint: to.fingerprint, host_key_pinned: false, server_version: to.version },
          error: { class: 'host_key_unpinned' },
        },
      });
      expect(to.logins).toEqual([]);
      expect(code(await execute(id, 'echo no'))).toEqual([409, 'ssh_host_key_unpinned']);

      const accepted = await test(id, { accept_host_key: true });
      expect(accepted.body).toEqual({
        ...{ success: true, latency_ms: expect.any(Number) as unknown, fingerprint: to.fingerprint },
        ...{ server_version: to.version, host_key_pinned: true, error: null },
      });
      expect((await admin.call('GET', `${ROUTE}/${id}`)).body).toMatchObject({
        ...{ host_key: to.fingerprint, host_key_pinned_at: TIME, last_test: { outcome: 'ok', at: TIME } },
      });
    });

    it('should tell what is wrong, and never take over a key that has changed', async () => {
      const [to, other] = [await host(), await host()];
      const wrong = await connected(to, { secret_id: await secret('not it') });
      const changed = await connected(to, { host_key: other.fingerprint });
      const denied = await connected(to, { hostname: '10.1.2.3' });
      const bare = await connected(to, { secret_id: null });
      const noKey = await connected(to, { auth_method: 'private_key' });
      const classOf = async (id: string) =>
        ((await test(id, { accept_host_key: true })).body.error as { class: string }).class;
      expect(await Promise.all([wrong, changed, denied, bare, noKey].map(classOf))).toEqual([
        ...['authentication_failed', 'host_key_mismatch', 'address_denied', 'credential_missing', 'credential_invalid'],
      ]);
      expect((await admin.call('GET', `${ROUTE}/${changed}`)).body).toMatchObject({ host_key: other.fingerprint });
      expect(code(await execute(bare, 'id'))).toEqual([409, 'ssh_credential_missing']);
    });

    it('should leave an entry of the audit for each use of a secret', async () => {
      const to = await host();
      const own = await secret(PASSWORD);
      const id = await connected(to, { secret_id: own });
      await test(id);
      await execute(id, 'echo in');
      await eventually(async () => {
        const { body } = await admin.call('GET', `/api/v1/admin/audit?action=SecretRevealed&object_id=${own}`);
        const entries = body.entries as { actor: { id: string } }[];
        expect(entries.map(({ actor }) => actor.id)).toEqual([admin.id, admin.id]);
      });
    });
  });

  describe('a command', () => {
    it('should be a task that tells what it wrote and how it ended', async () => {
      const to = await host();
      const id = await connected(to);
      const answer = await execute(id, 'echo hello', { env: { STAGE: 'test' } });
      expect(answer).toMatchObject({ status: 200 });
      expect(answer.body).toEqual({
        ...{ task_id: UUID, status: 'completed', success: true, exit_code: 0, signal: null },
        ...{ stdout: 'hello\n', stderr: '', stdout_bytes: 6, stderr_bytes: 0, truncated: false },
        ...{ duration_ms: expect.any(Number) as unknown, error: null },
      });
      const task = await taskOf(answer.body.task_id as string);
      expect(task).toMatchObject({ type: 'ssh.execute', status: 'completed', attempt: 1, pool: 'ssh' });
      await eventually(async () => expect(await linesOf(answer.body.task_id as string)).toEqual(['info hello']));

      const failed = await execute(id, 'fail 3 no such file');
      expect(failed.body).toMatchObject({
        status: 'completed',
        success: false,
        exit_code: 3,
        stderr: 'no such file\n',
      });
      const killed = await execute(id, 'signal SEGV');
      expect(killed.body).toMatchObject({ status: 'completed', success: false, exit_code: null, signal: 'SIGSEGV' });
    });

    it('should log in by a private key with a passphrase', async () => {
      const key = keyPair('open sesame');
      const to = await host({ publicKey: key.public });
      const id = await connected(to, {
        auth_method: 'private_key',
        secret_id: await secret(key.private),
        passphrase_secret_id: await secret('open sesame'),
      });
      expect((await execute(id, 'echo by key')).body).toMatchObject({ success: true, stdout: 'by key\n' });
    });

    it('rejects a host that shows another key than the pinned one', async () => {
      const [to, other] = [await host(), await host()];
      const answer = await execute(await connected(to, { host_key: other.fingerprint }), 'echo no');
      expect(code(answer)).toEqual([409, 'host_key_mismatch']);
      expect(await taskOf(answer.body.task_id as string)).toMatchObject({ status: 'failed' });
      expect(to.logins).toEqual([]);
    });

    it('should be killed when its time is over, and keep what it wrote to the bound', async () => {
      const to = await host();
      const id = await connected(to);
      const flood = await execute(id, 'flood', { timeout_seconds: 1, max_output_bytes: 1_000 });
      expect(flood.body).toMatchObject({ status: 'failed', success: false, error: { class: 'command_timeout' } });
      await eventually(() => expect(to.open).toBe(0));
      expect(to.flooded).toBeGreaterThan(1_000);
      await eventually(async () => {
        const lines = await linesOf(flood.body.task_id as string);
        expect(lines.join('').replaceAll('info ', '').length).toBeLessThanOrEqual(1_000);
        expect(lines).toContain('info all work and no play');
      });
    });

    it('should be killed when its task is cancelled', async () => {
      const to = await host();
      const task = await begin(await connected(to), 'hang');
      await ended(task, 'running');
      await eventually(() => expect(to.commands).toEqual(['hang']));
      expect((await admin.call('POST', `/api/v1/tasks/${task}/cancel`, { reason: 'enough' })).status).toBe(200);
      await eventually(() => {
        expect(to.stopped).toEqual(['hang']);
        expect(to.open).toBe(0);
      });
      expect(await ended(task, 'cancelled')).toMatchObject({ reason: 'enough', late_results: 0 });
    });

    it('should wait for its turn on its connection, and for no other', async () => {
      const [to, other] = [await host(), await host()];
      const [id, another] = [await connected(to), await connected(other)];
      const hanging = await Promise.all(Array.from({ length: 4 }, () => begin(id, 'hang')));
      await eventually(() => expect(to.commands).toHaveLength(4));
      const waiting = await begin(id, 'echo late');
      expect((await execute(another, 'echo at once')).body).toMatchObject({ success: true });
      expect(await taskOf(waiting)).toMatchObject({ status: 'queued' });
      const explained = await admin.call('GET', `/api/v1/tasks/${waiting}/explain`);
      expect(explained.body).toMatchObject({ pool: 'ssh', waits_because: [{ code: 'ssh_connection_busy' }] });
      await admin.call('POST', `/api/v1/tasks/${hanging[0]}/cancel`, {});
      expect(await ended(waiting, 'completed')).toMatchObject({ result: { stdout: 'late\n' } });
      await Promise.all(hanging.slice(1).map((task) => admin.call('POST', `/api/v1/tasks/${task}/cancel`, {})));
    });

    it('should wait while a circuit breaker of its connection is open', async () => {
      const to = await host();
      const id = await connected(to);
      const breaker = { name: 'ssh-host', scope: { kind: 'target', value: `ssh:${id}` } };
      expect((await admin.call('POST', '/api/v1/circuit-breakers', breaker)).status).toBe(201);
      expect((await admin.call('POST', '/api/v1/circuit-breakers/ssh-host/force-open', {})).status).toBe(200);
      let held = '';
      await eventually(async () => {
        held = `echo held ${(made += 1)}`;
        const explained = await admin.call('GET', `/api/v1/tasks/${await begin(id, held)}/explain`);
        expect(explained.body).toMatchObject({ pool: 'ssh', waits_because: [{ code: 'circuit_open' }] });
      });
      expect(to.commands).not.toContain(held);
      expect((await admin.call('POST', '/api/v1/circuit-breakers/ssh-host/reset', {})).status).toBe(200);
      await eventually(() => expect(to.commands).toContain(held));
    });

    it('should never run twice: not when its task is retried, nor resumed, nor changed', async () => {
      const to = await host();
      const id = await connected(to);
      const task = await begin(id, 'hang', { timeout_seconds: 1 });
      await ended(task, 'failed');
      expect((await admin.call('POST', `/api/v1/tasks/${task}/retry`, {})).status).toBe(200);
      expect(await ended(task, 'failed')).toBeDefined();
      await eventually(async () => expect(await taskOf(task)).toMatchObject({ failure: { class: 'not_repeatable' } }));

      const paused = await begin(id, 'hang');
      await eventually(() => expect(to.commands).toEqual(['hang', 'hang']));
      await admin.call('POST', `/api/v1/tasks/${paused}/pause`, {});
      await eventually(() => expect(to.stopped).toEqual(['hang', 'hang']));
      await admin.call('POST', `/api/v1/tasks/${paused}/resume`, {});
      expect(await ended(paused, 'failed')).toMatchObject({ failure: { class: 'not_repeatable' } });
      expect(to.commands).toEqual(['hang', 'hang']);

      const hanging = await Promise.all(Array.from({ length: 4 }, () => begin(id, 'hang')));
      await eventually(() => expect(to.commands).toHaveLength(6));
      const waiting = await begin(id, 'echo as it was asked');
      const { payload } = await taskOf(waiting);
      const other = { payload: { ...(payload as object), command: 'echo something else' } };
      expect((await admin.call('PATCH', `/api/v1/tasks/${waiting}`, other)).status).toBe(200);
      await Promise.all(hanging.map((each) => admin.call('POST', `/api/v1/tasks/${each}/cancel`, {})));
      expect(await ended(waiting, 'failed')).toMatchObject({ failure: { class: 'not_repeatable' } });
      expect(to.commands).toHaveLength(6);
    });

    it('should be told as failed, and not run again, when the process that ran it was killed', async () => {
      const to = await host();
      const id = await connected(to);
      const task = await begin(id, 'hang');
      await eventually(() => expect(to.commands).toEqual(['hang']));
      await ended(task, 'running');
      await stack.restart('tasks');
      await eventually(() => expect(to.open).toBe(0));
      expect(await taskOf(task)).toMatchObject({ status: 'running' });
      // Its lease ends by itself half a minute later; this ends it now.
      await database.query('update tasks.leases set agent_lost = true where task_id = $1', [task]);
      await database.query(`update tasks.timers set due_at = now() where timer_id = 'lease-' || $1`, [task]);
      expect(await ended(task, 'failed')).toMatchObject({ failure: { class: 'agent_lost' } });
      expect((await execute(id, 'echo again')).body).toMatchObject({ success: true });
      expect(to.commands).toEqual(['hang', 'echo again']);
    });

    it('should come to its end when the process that runs it is asked to stop', async () => {
      const to = await host();
      const task = await begin(await connected(to), 'hang');
      await eventually(() => expect(to.commands).toEqual(['hang']));
      const stopping = stack.service('tasks').stop();
      to.release();
      await stopping;
      await stack.restart('tasks');
      expect(await ended(task, 'completed')).toMatchObject({ result: { exit_code: 0 } });
      expect(to.stopped).toEqual([]);
    });

    it('should keep to its bounds over two processes, and wait for the leases of the one that was killed', async () => {
      const to = await host();
      const id = await connected(to);
      const other = await startService('tasks', stack.environmentOf('tasks'));
      try {
        await other.ready();
        const tasks = [];
        for (let count = 0; count < 5; count += 1) tasks.push(await begin(id, 'hang'));
        await eventually(() => expect(to.commands).toHaveLength(4));
        await stack.service('tasks').kill();
        await eventually(() => expect(to.open).toBe(0));
        expect((await execute(await connected(await host()), 'echo taken over')).body).toMatchObject({ success: true });
        // Four are leased still, by whom nobody hears from.
        expect(to.commands).toHaveLength(4);
        const lost = tasks.slice(0, 4);
        await database.query('update tasks.leases set agent_lost = true where task_id = any($1)', [lost]);
        const timers = lost.map((task) => `lease-${task}`);
        await database.query('update tasks.timers set due_at = now() where timer_id = any($1)', [timers]);
        await Promise.all(lost.map((task) => ended(task, 'failed')));
        await eventually(() => expect(to.commands).toHaveLength(5));
        to.release();
        await ended(tasks[4]!, 'completed');
      } finally {
        await other.kill();
      }
    });
  });
});
