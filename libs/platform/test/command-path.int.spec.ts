import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { submitTask } from '@ao/contracts';
import {
  connectBus,
  createCommandClient,
  newTraceparent,
  traceIdOf,
  type Bus,
  type CommandClient,
} from '@ao/messaging';
import { eventually, testDatabase, testNats, type StartedService, type TestDatabase, type TestNats } from '@ao/testing';
import type { Pool } from 'pg';
import { metadata, specification, startSample } from './sample-service';

describe('the command path: client, NATS, handler, shell, log and back', () => {
  let nats: TestNats;
  let database: TestDatabase;
  let admin: Pool;
  let bus: Bus;
  let client: CommandClient;
  const services: StartedService[] = [];

  async function service(env: Readonly<Record<string, string>> = {}): Promise<StartedService> {
    const started = await startSample(database, nats, env);
    services.push(started);
    await started.ready();
    return started;
  }

  const submit = (over: Parameters<typeof metadata>[0] = {}) =>
    client.send(submitTask, specification(), metadata(over));

  async function eventsOf(commandIds: readonly string[]): Promise<{ command_id: string; task_id: string }[]> {
    const { rows } = await admin.query<{ command_id: string; task_id: string }>(
      `select metadata ->> 'command_id' as command_id, data ->> 'task_id' as task_id
         from event_log.events where metadata ->> 'command_id' = any($1)`,
      [commandIds],
    );
    return rows;
  }

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

  it('should answer with what was appended and where, and stamp the sender into the event', async () => {
    expect(await submit()).toMatchObject({ rejection: 'unavailable', code: 'service_unavailable' });
    await service();
    const about = metadata({ traceparent: newTraceparent(), idempotent: true });
    const answer = await client.send(submitTask, specification('ü'), about);
    if (answer.kind !== 'done') throw new Error(answer.message);
    const { rows } = await admin.query<Record<string, unknown>>(
      'select position, type, data, metadata from event_log.events where position = $1',
      [answer.position],
    );
    const { idempotent: _idempotent, ...expected } = about;
    expect(rows).toEqual([
      {
        position: answer.position,
        type: 'TaskSubmitted',
        data: { ...specification('ü'), ...answer.result, pool: 'sample' },
        metadata: expected,
      },
    ]);
    expect(await client.send(submitTask, specification('ü'), about)).toEqual(answer);
    expect(await eventsOf([about.command_id])).toHaveLength(1);
    expect(await client.send(submitTask, specification('other'), about)).toMatchObject({ rejection: 'conflict' });
  });

  it('should lose no acknowledged command when nats-server is killed and restarted under load', async () => {
    await service();
    const acknowledged = new Map<string, string>();
    const unknown = new Set<string>();
    let running = true;
    const load = Array.from({ length: 32 }, async () => {
      while (running) {
        const about = metadata();
        const answer = await client.send(submitTask, specification(), about);
        if (answer.kind === 'done') acknowledged.set(about.command_id, answer.result.task_id);
        else if (answer.code === 'outcome_unknown') unknown.add(about.command_id);
        else expect(answer.code).toBe('service_unavailable');
      }
    });
    for (let round = 1; round <= 4; round += 1) {
      const before = acknowledged.size;
      await eventually(() => expect(acknowledged.size).toBeGreaterThan(before + 200));
      await nats.kill();
      await eventually(() => expect(bus.isConnected()).toBe(false));
      await nats.restart();
    }
    const before = acknowledged.size;
    await eventually(() => expect(acknowledged.size).toBeGreaterThan(before + 200));
    running = false;
    await Promise.all(load);

    const events = await eventsOf([...acknowledged.keys(), ...unknown]);
    const found = new Map(events.map(({ command_id, task_id }) => [command_id, task_id]));
    expect(found.size).toBe(events.length);
    for (const [command, task] of acknowledged) expect(found.get(command)).toBe(task);
  });

  it('should show no error to clients while replicas are replaced under load', async () => {
    await service();
    const outcomes: Record<string, number> = {};
    let running = true;
    const load = Array.from({ length: 16 }, async () => {
      while (running) {
        const answer = await submit();
        const outcome = answer.kind === 'done' ? 'done' : answer.message;
        outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
      }
    });
    const exits: unknown[] = [];
    for (let round = 0; round < 3; round += 1) {
      await service();
      const before = outcomes['done'] ?? 0;
      await eventually(() => expect(outcomes['done']).toBeGreaterThan(before + 100));
      exits.push(await services.shift()!.stop());
    }
    running = false;
    await Promise.all(load);
    expect(Object.keys(outcomes)).toEqual(['done']);
    expect(exits).toEqual([
      { code: 0, signal: null },
      { code: 0, signal: null },
      { code: 0, signal: null },
    ]);
  });

  it('should send spans of one trace to the collector when there is one', async () => {
    const bodies: string[] = [];
    const collector = createServer((request, response) => {
      request.setEncoding('utf8').on('data', (part: string) => bodies.push(`${request.url} ${part}`));
      request.on('end', () => response.writeHead(200, { 'content-type': 'application/json' }).end('{}'));
    });
    await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
    try {
      const { port } = collector.address() as AddressInfo;
      const traced = await service({ OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}` });
      const traceparent = newTraceparent().replace(/00$/, '01');
      const about = metadata({ traceparent });
      await client.send(submitTask, specification(), about);
      const { rows } = await admin.query<{ traceparent: string }>(
        `select metadata ->> 'traceparent' as traceparent from event_log.events where metadata ->> 'command_id' = $1`,
        [about.command_id],
      );
      expect(rows.map((row) => traceIdOf(row.traceparent))).toEqual([traceIdOf(traceparent)]);
      expect(rows[0]?.traceparent).not.toBe(traceparent);
      expect(await traced.stop()).toEqual({ code: 0, signal: null });
      expect(bodies.join()).toContain('/v1/traces');
      expect(bodies.join()).toContain('handle tasks.submit_task');
      expect(bodies.join()).toContain(traceIdOf(traceparent));
    } finally {
      await new Promise((resolve) => collector.close(resolve));
    }
  });
});
