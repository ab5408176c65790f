import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { cancelTask, submitTask } from '@ao/contracts';
import { newId } from '@ao/kernel';
import { connectBus, createCommandClient, type Bus, type CommandClient } from '@ao/messaging';
import { tcpProxy } from '@ao/messaging/testing';
import { eventually, testDatabase, testNats, type StartedService, type TestDatabase, type TestNats } from '@ao/testing';
import type { Pool } from 'pg';
import { metadata, specification, startSample } from './sample-service';

describe('the life of a service process', () => {
  let nats: TestNats;
  let database: TestDatabase;
  let admin: Pool;
  let bus: Bus;
  let client: CommandClient;
  const services: StartedService[] = [];

  async function start(
    env: Readonly<Record<string, string>> = {},
    around: Partial<Parameters<typeof startSample>[0]> = {},
  ): Promise<StartedService> {
    const started = await startSample({ ...database, ...around }, nats, env);
    services.push(started);
    return started;
  }

  async function ready(env?: Readonly<Record<string, string>>): Promise<StartedService> {
    const started = await start(env);
    await started.ready();
    return started;
  }

  const health = async ({ healthUrl }: StartedService, path: string) => {
    const response = await fetch(healthUrl + path);
    return { status: response.status, body: (await response.text()) as string };
  };
  const lastLine = (service: StartedService) => service.output.at(-1);

  beforeAll(async () => {
    [nats, database] = await Promise.all([testNats(), testDatabase()]);
    admin = database.pool();
    bus = await connectBus({ url: nats.url, name: 'gateway', ...nats.credentials('gateway') });
    client = createCommandClient(bus);
  });

  afterEach(() => Promise.all(services.splice(0).map((each) => each.kill())));

  afterAll(async () => {
    await bus.drain();
    await database.drop();
    await nats.stop();
  });

  describe('health and metrics', () => {
    it('should answer health and show the metrics that operators were promised', async () => {
      const service = await ready();
      for (let count = 0; count < 3; count += 1) await client.send(submitTask, specification(), metadata());
      expect(await health(service, '/health/live')).toEqual({ status: 200, body: '{"status":"ok"}' });
      expect(await health(service, '/health/ready')).toEqual({ status: 200, body: '{"status":"ok"}' });
      expect(await health(service, '/nothing')).toMatchObject({ status: 404 });
      const post = await fetch(`${service.healthUrl}/health/live`, { method: 'POST' });
      expect([post.status, post.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
      const { body } = await health(service, '/metrics');
      const shown = (name: string, labels = '') => {
        const line = body.split('\n').find((each) => each.startsWith(`${name}{`) && each.includes(labels));
        return line === undefined ? `${name} is not there` : Number(line.split(' ').at(-1));
      };
      expect(shown('ao_append_seconds_count', 'outcome="appended"')).toBe(3);
      expect(shown('ao_append_batch_events_sum')).toBe(3);
      expect(shown('ao_append_batch_seconds_count')).toBe(3);
      expect(shown('ao_commands_total', 'name="tasks.submit_task",outcome="done"')).toBe(3);
      expect(shown('ao_command_seconds_count', 'name="tasks.submit_task"')).toBe(3);
      expect(shown('ao_subscription_lag_events', 'subscription="sample.tasks"')).toBeGreaterThanOrEqual(0);
      expect(shown('ao_subscription_lag_seconds', 'subscription="sample.tasks"')).toBeGreaterThanOrEqual(0);
      expect(shown('ao_bus_connected')).toBe(1);
      expect(shown('process_resident_memory_bytes')).toBeGreaterThan(1_000_000);
    });

    it('should write JSON lines with the service and no password', async () => {
      const service = await ready({ LOG_LEVEL: 'debug' });
      const lines = service.output.map((line) => JSON.parse(line) as Record<string, unknown>);
      expect(lines.map(({ msg }) => msg)).toEqual(expect.arrayContaining(['starting', 'ready']));
      for (const line of lines) expect(line).toMatchObject({ service: 'tasks', level: expect.any(String) });
      const password = new URL(database.urlFor('tasks')).password;
      expect(service.output.join('\n')).not.toContain(password);
    });
  });

  describe('start', () => {
    it('should say in one sentence which variables are wrong', async () => {
      const service = await start({ DATABASE_URL: 'mysql://x', HEALTH_PORT: '1', SAMPLE_SIZE: 'large' });
      expect(await service.exited).toEqual({ code: 1, signal: null });
      expect(service.output).toEqual([
        expect.stringMatching(
          /^tasks cannot start, set its environment right: DATABASE_URL has a value that does not do \(must be a postgres:\/\/ URL\): the service's own Postgres login, .*; SAMPLE_SIZE has a value .*\.$/,
        ),
      ]);
    });

    it('should say what is missing, and why settings must not be used together', async () => {
      const missing = await start({ DATABASE_URL: '' });
      const unsafe = await start({ SAMPLE_SIZE: '10' });
      expect([await missing.exited, await unsafe.exited]).toEqual(Array(2).fill({ code: 1, signal: null }));
      expect(missing.output).toEqual([expect.stringMatching(/DATABASE_URL is missing: the service's own/)]);
      expect(unsafe.output).toEqual(['tasks cannot start: a sample above 9 is none; set SAMPLE_SIZE lower.']);
    });

    it('should say that its port is taken', async () => {
      const holder = createServer();
      await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve));
      const { port } = holder.address() as AddressInfo;
      const service = await start({ HEALTH_PORT: String(port) });
      expect(await service.exited).toEqual({ code: 1, signal: null });
      expect(lastLine(service)).toBe(
        `Port ${port} is taken by another process: end that one or set HEALTH_PORT to a free port.`,
      );
      await new Promise((resolve) => holder.close(resolve));
    });

    it('should wait for Postgres, say so, and end at once when told to', async () => {
      const service = await start({}, { urlFor: () => 'postgres://ao_tasks:secret@127.0.0.1:1/nowhere' });
      await eventually(() =>
        expect(service.output.join('\n')).toMatch(
          /tasks waits for Postgres at postgres:\/\/ao_tasks:\[redacted\]@127.0.0.1:1\/nowhere: .*ECONNREFUSED.*Start it, or set DATABASE_URL/,
        ),
      );
      expect(await health(service, '/health/live')).toMatchObject({ status: 200 });
      const { status, body } = await health(service, '/health/ready');
      expect([status, JSON.parse(body)]).toEqual([503, expect.objectContaining({ status: 'not ready' })]);
      expect(body).toContain('"postgres":"not connected yet"');
      expect(await service.stop()).toEqual({ code: 0, signal: null });
    });

    it('should wait for NATS, say so, and go on when it comes', async () => {
      await nats.kill();
      const service = await start();
      await eventually(() =>
        expect(service.output.join('\n')).toMatch(/tasks waits for NATS: NATS at .* refuses the connection/),
      );
      expect(await health(service, '/health/ready')).toMatchObject({ status: 503 });
      await nats.restart();
      await service.ready();
      await eventually(async () =>
        expect(await client.send(submitTask, specification(), metadata())).toMatchObject({ kind: 'done' }),
      );
    });
  });

  describe('faults', () => {
    it('should not be ready and not be stuck while Postgres is silent, and recover by itself', async () => {
      const real = new URL(database.urlFor('tasks'));
      const proxy = await tcpProxy(Number(real.port));
      const through = new URL(real);
      through.port = String(proxy.port);
      const service = await start({}, { urlFor: () => through.href });
      await service.ready();
      await client.send(submitTask, specification(), metadata());
      proxy.stall();
      const started = performance.now();
      expect(await client.send(submitTask, specification(), metadata())).toMatchObject({ rejection: 'unavailable' });
      expect(performance.now() - started).toBeLessThan(6_000);
      expect(await health(service, '/health/ready')).toMatchObject({ status: 503 });
      expect(await health(service, '/health/live')).toMatchObject({ status: 200 });
      proxy.resume();
      await service.ready();
      await eventually(async () =>
        expect(await client.send(submitTask, specification(), metadata())).toMatchObject({ kind: 'done' }),
      );
      await service.kill();
      await proxy.close();
    });

    it('should end with 1 and a line in its log after a rejection that nobody handled', async () => {
      const service = await ready();
      const answer = client.send(cancelTask, { task_id: newId(), reason: 'unhandled' }, metadata());
      expect(await service.exited).toEqual({ code: 1, signal: null });
      expect(JSON.parse(lastLine(service)!)).toMatchObject({ level: 'fatal', err: { message: 'nobody handles this' } });
      expect(await answer).toMatchObject({ rejection: 'unavailable', code: 'outcome_unknown' });
    });
  });

  describe('end', () => {
    it('should not be ready at once, finish what is under way, and end with 0', async () => {
      const service = await ready();
      const under = client.send(cancelTask, { task_id: newId(), reason: 'slow' }, metadata());
      await eventually(async () => expect(await running()).toBe(1));
      const started = performance.now();
      service.signal('SIGTERM');
      await eventually(async () => {
        const { status, body } = await health(service, '/health/ready');
        expect([status, body]).toEqual([503, expect.stringContaining('"lifecycle":"draining"')]);
      });
      expect(await under).toMatchObject({ kind: 'done' });
      expect(await service.exited).toEqual({ code: 0, signal: null });
      expect(performance.now() - started).toBeLessThan(5_000);
      const text = service.output.join('\n');
      expect(text.indexOf('draining')).toBeLessThan(text.indexOf('sample drains'));
      expect(JSON.parse(lastLine(service)!)).toMatchObject({ msg: 'ended' });
    });

    it('should end with 1 on the second SIGTERM, but not on Ctrl-C followed by one', async () => {
      // The delay keeps both drains under way for as long as the signals take, whatever work each happens to have.
      const hasty = await ready({ DRAIN_DELAY_MS: '15000' });
      const patient = await ready({ DRAIN_DELAY_MS: '2000' });
      hasty.signal('SIGTERM');
      patient.signal('SIGINT');
      for (const service of [hasty, patient])
        await eventually(() => expect(service.output.join('\n')).toContain('draining'));
      hasty.signal('SIGTERM');
      patient.signal('SIGINT');
      patient.signal('SIGTERM');
      expect(await hasty.exited).toEqual({ code: 1, signal: null });
      expect(await patient.exited).toEqual({ code: 0, signal: null });
    });

    async function running(): Promise<number> {
      const { rows } = await admin.query(
        `select 1 from pg_stat_activity where query = 'select pg_sleep(1)' and state = 'active'`,
      );
      return rows.length;
    }
  });
});
