import { Controller, type INestMicroservice } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { cancelTask, dispatchStatus, leasesOfAgent, submitTask, type DataOf, type ResultOf } from '@ao/contracts';
import { LogUnavailableError, OutcomeUnknownError, type CommandResult } from '@ao/event-log';
import { newId, reject, type CommandMetadata } from '@ao/kernel';
import { eventually, testNats, type TestNats } from '@ao/testing';
import { connect, type NatsConnection } from 'nats';
import { connectBus } from './bus';
import type { Bus } from './bus.types';
import { createCommandClient, type CommandClient } from './command-client';
import { CommandHandler, QueryHandler, done } from './command-handler.decorator';
import type { MalformedMessageError } from './errors';
import { NatsCommandServer, type NatsCommandServerOptions } from './nats-command-server';

type Answer<C> = CommandResult<ResultOf<C>>;
type Cancelled = Answer<typeof cancelTask>;
type Handle = (data: DataOf<typeof cancelTask>, metadata: CommandMetadata) => Promise<Cancelled>;

const specification: DataOf<typeof submitTask> = {
  type: 'test',
  payload: {},
  priority: 40,
  requirements: { capabilities: [] },
  retry: { max_attempts: 1, initial_delay_ms: 0, factor: 1, max_delay_ms: 0, jitter: 0 },
  lease_seconds: 60,
};
const AT = '2026-01-01T00:00:00.000Z';

const metadata = (over: Partial<CommandMetadata> = {}): CommandMetadata => ({
  command_id: newId(),
  actor: { type: 'operator', id: 'test' },
  correlation_id: newId(),
  causation_id: newId(),
  ...over,
});

describe('commands over NATS', () => {
  let nats: TestNats;
  let gateway: Bus;
  let client: CommandClient;
  /** The gateway's credentials without our client: what a broken or taken-over sender could send. */
  let raw: NatsConnection;
  /** What the handler of `tasks.cancel_task` does in this test. */
  let handle: Handle;
  let handled: CommandMetadata[];
  const replicas: { app: INestMicroservice; server: NatsCommandServer; bus: Bus }[] = [];

  async function replica(options: Partial<NatsCommandServerOptions> = {}) {
    @Controller()
    class TaskHandlers {
      @CommandHandler(cancelTask)
      async cancel(data: DataOf<typeof cancelTask>, about: CommandMetadata): Promise<Cancelled> {
        handled.push(about);
        return handle(data, about);
      }

      @CommandHandler(submitTask)
      submit(): Promise<Answer<typeof submitTask>> {
        return Promise.resolve(done({ task_id: newId(), submitted_at: AT }, 7));
      }

      @QueryHandler(leasesOfAgent)
      leases(data: DataOf<typeof leasesOfAgent>): Promise<ResultOf<typeof leasesOfAgent>> {
        const payload = { text: 'x'.repeat(data.agent_id.endsWith('f') ? 300 * 1024 : 10) };
        return Promise.resolve({ tasks: [{ payload } as never] });
      }
    }
    class Root {}
    Reflect.defineMetadata('controllers', [TaskHandlers], Root);
    const bus = await connectBus({ url: nats.url, name: 'tasks', ...nats.credentials('tasks') });
    const server = new NatsCommandServer({ service: 'tasks', bus, ...options });
    const app = await NestFactory.createMicroservice(Root, { strategy: server, logger: false });
    await app.listen();
    const made = { app, server, bus };
    replicas.push(made);
    return made;
  }

  const send = (over: Partial<CommandMetadata> = {}, from = client) =>
    from.send(cancelTask, { task_id: newId(), reason: 'no longer wanted' }, metadata(over));

  const rawRequest = async (subject: string, body: string | Uint8Array): Promise<unknown> =>
    JSON.parse((await raw.request(subject, body, { timeout: 5_000 })).string());

  beforeAll(async () => {
    nats = await testNats();
    gateway = await connectBus({ url: nats.url, name: 'gateway', ...nats.credentials('gateway') });
    client = createCommandClient(gateway, { defaultTimeoutMs: 5_000 });
    const { user, password, inboxPrefix } = nats.credentials('gateway');
    raw = await connect({
      servers: nats.url,
      user,
      pass: password,
      inboxPrefix,
      maxReconnectAttempts: -1,
      reconnectTimeWait: 50,
    });
  });

  beforeEach(() => {
    handled = [];
    handle = () => Promise.resolve(done({ cancelled_at: AT }, 42));
  });

  afterEach(async () => {
    for (const { app, bus } of replicas.splice(0)) {
      await app.close();
      await bus.drain();
    }
  });

  afterAll(async () => {
    await raw.close();
    await gateway.drain();
    await nats.stop();
  });

  describe('the way there and back', () => {
    it('should bring data and metadata to the handler and its answer with the position back', async () => {
      await replica();
      const about = metadata({
        traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
        idempotent: true,
      });
      const answer = await client.send(cancelTask, { task_id: newId(), reason: 'x' }, about);
      expect(answer).toEqual({ kind: 'done', result: { cancelled_at: AT }, position: 42 });
      expect(handled).toEqual([about]);
    });

    it('should bring a rejection back as it is, without what only the log keeps of it', async () => {
      await replica();
      const rejection = reject('conflict', 'task_ended', "Expected to cancel task '1', but it has ended", '/task_id');
      handle = () => Promise.resolve({ ...rejection, record: [{ type: 'TaskCompletionRejected', data: {} }] });
      expect(await send()).toEqual(rejection);
    });

    it('should answer a query with the bare result', async () => {
      await replica();
      const answer = await client.query(leasesOfAgent, { agent_id: newId().replace(/.$/, '0') }, metadata());
      expect(answer).toMatchObject({ kind: 'done', result: { tasks: [{}] }, position: 0 });
    });

    it('should share one message among the commands of one tick, and keep them apart', async () => {
      const { bus } = await replica();
      let messages = 0;
      await bus.subscribeRaw('tasks.cancel_task', () => (messages += 1));
      handle = ({ reason }) =>
        Promise.resolve(reason === '13' ? reject('conflict', 'unlucky', 'no') : done({ cancelled_at: reason }, 1));
      const answers = await Promise.all(
        Array.from({ length: 100 }, (_, index) =>
          client.send(cancelTask, { task_id: newId(), reason: String(index) }, metadata()),
        ),
      );
      expect(messages).toBe(2);
      expect(answers[13]).toMatchObject({ code: 'unlucky' });
      expect(answers.map((answer) => answer.kind === 'done' && answer.result.cancelled_at)).toEqual(
        Array.from({ length: 100 }, (_, index) => (index === 13 ? false : String(index))),
      );
    });

    it('should hold a command whose contract lets it wait, until others of its name are there', async () => {
      const { bus } = await replica();
      let messages = 0;
      await bus.subscribeRaw('tasks.cancel_task', () => (messages += 1));
      handle = ({ reason }) => Promise.resolve(done({ cancelled_at: reason }, 1));
      const patient = { ...cancelTask, gatherMs: 200 };
      const answers = [];
      for (const reason of ['1', '2', '3']) {
        answers.push(client.send(patient, { task_id: newId(), reason }, metadata()));
        await new Promise((resolve) => setImmediate(resolve));
      }
      expect(await Promise.all(answers)).toMatchObject([1, 2, 3].map((n) => ({ result: { cancelled_at: String(n) } })));
      expect(messages).toBe(1);
    });

    it('should split what does not fit into one message', async () => {
      await replica();
      const answers = await Promise.all(
        Array.from({ length: 10 }, () =>
          client.send(submitTask, { ...specification, payload: { text: 'ü'.repeat(40_000) } }, metadata()),
        ),
      );
      expect(answers).toEqual(Array.from({ length: 10 }, () => expect.objectContaining({ kind: 'done' })));
    });

    it('should give each request to one replica only', async () => {
      await replica();
      await replica();
      const answers = await Promise.all(Array.from({ length: 50 }, async (_, index) => send({ deadline: index })));
      expect(answers.every((answer) => answer.kind === 'done')).toBe(true);
      expect(handled).toHaveLength(50);
    });
  });

  describe('failures', () => {
    it('should answer service_unavailable at once when nobody listens', async () => {
      const started = performance.now();
      expect(await send()).toMatchObject({ rejection: 'unavailable', code: 'service_unavailable' });
      expect(await client.query(dispatchStatus, { pool: 'default' }, metadata())).toMatchObject({
        code: 'service_unavailable',
      });
      expect(performance.now() - started).toBeLessThan(1_500);
    });

    it('should ask once more with the same id after half the time, then call the outcome unknown', async () => {
      await replica();
      handle = () => new Promise(() => undefined);
      const hasty = createCommandClient(gateway, { defaultTimeoutMs: 400 });
      const about = metadata();
      const answer = await hasty.send(cancelTask, { task_id: newId(), reason: '' }, about);
      expect(answer).toMatchObject({ rejection: 'unavailable', code: 'outcome_unknown', command_id: about.command_id });
      expect(handled.map(({ command_id }) => command_id)).toEqual([about.command_id, about.command_id]);
      expect(replicas[0]?.server.inFlight()).toBe(2);
      await abandon();
    });

    it('should take the answer of the first attempt while the second is under way', async () => {
      await replica();
      const release: ((position: number) => void)[] = [];
      handle = () =>
        new Promise((resolve) => {
          release.push((position) => resolve(done({ cancelled_at: AT }, position)));
          if (release.length === 2) release[0]!(1);
        });
      const hasty = createCommandClient(gateway, { defaultTimeoutMs: 1_000 });
      expect(await send({}, hasty)).toMatchObject({ kind: 'done', position: 1 });
      expect(release).toHaveLength(2);
      release[1]!(2);
    });

    it('should answer the quick commands of a batch although one hangs', async () => {
      await replica();
      const stuck = newId();
      handle = ({ task_id }) =>
        task_id === stuck ? new Promise(() => undefined) : Promise.resolve(done({ cancelled_at: AT }, 1));
      const hasty = createCommandClient(gateway, { defaultTimeoutMs: 1_000 });
      const ask = (task_id: string) => hasty.send(cancelTask, { task_id, reason: '' }, metadata());
      const [first, hung, last] = await Promise.all([ask(newId()), ask(stuck), ask(newId())]);
      expect([first.kind, last.kind]).toEqual(['done', 'done']);
      expect(hung).toMatchObject({ code: 'outcome_unknown' });
      await abandon();
    });

    it('should call a query without an answer unavailable, not unknown', async () => {
      const { bus } = await replica();
      await bus.subscribeRaw('tasks.dispatch_status', () => undefined);
      const hasty = createCommandClient(gateway, { defaultTimeoutMs: 200 });
      expect(await hasty.query(dispatchStatus, { pool: 'default' }, metadata())).toMatchObject({
        code: 'service_unavailable',
      });
    });

    it('should map what a handler throws', async () => {
      const defects: unknown[] = [];
      await replica({ onDefect: (error) => defects.push(error) });
      const about = metadata();
      const thrown = [
        new LogUnavailableError('down'),
        new OutcomeUnknownError(about.command_id),
        new TypeError('a defect'),
      ];
      const codes = [];
      for (const error of thrown) {
        handle = () => Promise.reject(error);
        const answer = await client.send(cancelTask, { task_id: newId(), reason: '' }, about);
        codes.push(answer.kind === 'rejected' && [answer.rejection, answer.code]);
        expect(JSON.stringify(answer)).not.toContain('defect');
      }
      expect(codes).toEqual([
        ['unavailable', 'log_unavailable'],
        ['unavailable', 'outcome_unknown'],
        ['unavailable', 'internal_error'],
      ]);
      // Asked once more, as the log did not know; the defect only once.
      expect(handled).toHaveLength(4);
      expect(defects).toEqual([thrown[2]]);
    });

    it('rejects what is too much, too late or too large', async () => {
      const clock = { now: () => 1_000_000 };
      await replica({ clock, maxInFlight: 2 });
      expect(await send({ deadline: 999_999 })).toMatchObject({ rejection: 'unavailable', code: 'deadline_passed' });
      expect(await send({ deadline: 1_000_001 })).toMatchObject({ kind: 'done' });

      let release: (() => void)[] = [];
      handle = () => new Promise((resolve) => release.push(() => resolve(done({ cancelled_at: AT }, 1))));
      const busy = [rawSend(), rawSend()];
      await eventually(() => expect(release).toHaveLength(2));
      expect(await send()).toMatchObject({ rejection: 'unavailable', code: 'overloaded' });
      for (const each of release) each();
      release = [];
      await Promise.all(busy);

      expect(
        await client.send(cancelTask, { task_id: newId(), reason: 'x'.repeat(256 * 1024) }, metadata()),
      ).toMatchObject({ rejection: 'too_large', code: 'too_large' });
      expect(await client.query(leasesOfAgent, { agent_id: newId().replace(/.$/, 'f') }, metadata())).toMatchObject({
        rejection: 'too_large',
        code: 'answer_too_large',
      });
    });

    it('rejects data that the contract does not allow, with a pointer to it', async () => {
      await replica();
      const bad = await client.send(cancelTask, { task_id: 'no uuid', reason: '' }, metadata());
      expect(bad).toMatchObject({ rejection: 'invalid', code: 'validation_failed', pointer: '/task_id' });
      expect(handled).toEqual([]);
    });
  });

  describe('poison', () => {
    const bodies: [string, string | Uint8Array][] = [
      ['nothing', ''],
      ['no JSON', '{"commands":['],
      ['bytes that are no text', Uint8Array.from([0xff, 0xfe, 0x00, 0x80])],
      ['null', 'null'],
      ['another shape', '{"pattern":"tasks.cancel_task","data":{},"id":"1"}'],
      ['no commands', '{"commands":[]}'],
      [
        '65 commands',
        JSON.stringify({ commands: Array.from({ length: 65 }, () => ({ data: {}, metadata: metadata() })) }),
      ],
      ['no metadata', '{"commands":[{"data":{}}]}'],
      [
        'a command id that is none',
        JSON.stringify({ commands: [{ data: {}, metadata: metadata({ command_id: 'x' }) }] }),
      ],
      [
        'an actor of no kind',
        JSON.stringify({ commands: [{ data: {}, metadata: { ...metadata(), actor: { type: 'root', id: '1' } } }] }),
      ],
      ['300 KiB', 'x'.repeat(300 * 1024)],
      ['the most that NATS carries', 'x'.repeat(1024 * 1024)],
      ['100,000 arrays deep', `{"commands":${'['.repeat(100_000)}${']'.repeat(100_000)}}`],
      [
        'data 100,000 arrays deep',
        `{"commands":[{"data":${'['.repeat(100_000)}${']'.repeat(100_000)},"metadata":${JSON.stringify(metadata())}}]}`,
      ],
      [
        '__proto__',
        `{"commands":[{"data":{"__proto__":{"polluted":true}},"metadata":${JSON.stringify(metadata())}}],"__proto__":{"polluted":true}}`,
      ],
    ];

    it.each(bodies)('should refuse %s and go on', async (_what, body) => {
      await replica();
      const reply = (await rawRequest('tasks.cancel_task', body)) as {
        replies: { ok: boolean; rejection: { rejection: string } }[];
      };
      expect(reply.replies).toHaveLength(1);
      expect(reply.replies[0]).toMatchObject({ ok: false });
      expect(['invalid', 'too_large']).toContain(reply.replies[0]!.rejection.rejection);
      expect(handled).toEqual([]);
      expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
      expect(await send()).toMatchObject({ kind: 'done' });
    });

    it('should not answer to a subject that is no inbox', async () => {
      const malformed: MalformedMessageError[] = [];
      const { bus } = await replica({ onMalformed: (error) => malformed.push(error) });
      const published: string[] = [];
      await bus.subscribeRaw('events.>', (message) => published.push(message.subject));
      const body = JSON.stringify({ commands: [{ data: { task_id: newId(), reason: '' }, metadata: metadata() }] });
      raw.publish('tasks.cancel_task', body, { reply: 'events.task.TaskCompleted' });
      raw.publish('tasks.cancel_task', body);
      await eventually(() => expect(malformed).toHaveLength(2));
      expect(await send()).toMatchObject({ kind: 'done' });
      expect([handled.length, published]).toEqual([1, []]);
    });

    it('should call an answer that is none unknown, after asking once more', async () => {
      const { bus, app } = await replica();
      await app.close();
      let asked = 0;
      await bus.subscribeRaw('tasks.cancel_task', (message) => {
        asked += 1;
        message.respond(asked === 1 ? 'what?' : '{"replies":[]}');
      });
      const hasty = createCommandClient(gateway, { defaultTimeoutMs: 300 });
      expect(await send({}, hasty)).toMatchObject({ code: 'outcome_unknown' });
      expect(asked).toBe(2);
    });
  });

  describe('ends and restarts', () => {
    it('should finish what is under way before it closes, and take nothing new', async () => {
      const { app, server } = await replica();
      const release: (() => void)[] = [];
      handle = () => new Promise((resolve) => release.push(() => resolve(done({ cancelled_at: AT }, 1))));
      const under = Array.from({ length: 20 }, () => rawSend());
      await eventually(() => expect(release).toHaveLength(20));
      let closed = false;
      const closing = app.close().then(() => (closed = true));
      await server.stopIntake();
      expect(await send()).toMatchObject({ code: 'service_unavailable' });
      expect([closed, server.inFlight()]).toEqual([false, 20]);
      for (const each of release) each();
      expect(await Promise.all(under)).toEqual(Array.from({ length: 20 }, () => expect.objectContaining({ ok: true })));
      await closing;
    });

    it('should lose no request while replicas come and go', async () => {
      await replica();
      handle = () => new Promise((resolve) => setImmediate(() => resolve(done({ cancelled_at: AT }, 1))));
      let running = true;
      const outcomes = new Map<string, number>();
      const load = Promise.all(
        Array.from({ length: 16 }, async () => {
          while (running) {
            const answer = await send();
            const outcome = answer.kind === 'done' ? 'done' : answer.code;
            outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
          }
        }),
      );
      for (let round = 0; round < 5; round += 1) {
        await replica();
        const { app, bus } = replicas.shift()!;
        await app.close();
        await bus.drain();
      }
      running = false;
      await load;
      expect([...outcomes.keys()]).toEqual(['done']);
      expect(outcomes.get('done')).toBeGreaterThan(100);
    });

    it('should answer a request sent while the server is down as soon as it is back', async () => {
      await replica();
      await nats.kill();
      await eventually(() => expect(gateway.isConnected()).toBe(false));
      const waiting = send();
      await nats.restart();
      expect(await waiting).toMatchObject({ kind: 'done' });
    });

    it('should say service_unavailable when the server stays away: nothing was sent', async () => {
      await replica();
      await nats.kill();
      await eventually(() => expect(gateway.isConnected()).toBe(false));
      const hasty = createCommandClient(gateway, { defaultTimeoutMs: 300 });
      expect(await send({}, hasty)).toMatchObject({ code: 'service_unavailable' });
      expect(handled).toEqual([]);
      await nats.restart();
      await eventually(async () => expect(await send()).toMatchObject({ kind: 'done' }));
    });

    it('should find the answer to a request under way when the server was killed', async () => {
      await replica();
      const answers = new Map<string, number>();
      const release: (() => void)[] = [];
      // What the command shell does: the same id gets the first answer.
      handle = (_data, { command_id }) =>
        new Promise((resolve) => {
          const first = answers.get(command_id);
          if (first !== undefined) return resolve(done({ cancelled_at: AT }, first));
          answers.set(command_id, answers.size + 1);
          release.push(() => resolve(done({ cancelled_at: AT }, answers.get(command_id))));
        });
      const under = Array.from({ length: 10 }, () => send());
      await eventually(() => expect(release).toHaveLength(10));
      await nats.kill();
      for (const each of release) each();
      await nats.restart();
      const results = await Promise.all(under);
      expect(results.map((result) => result.kind === 'done' && result.position)).toEqual([
        1, 2, 3, 4, 5, 6, 7, 8, 9, 10,
      ]);
      expect(answers.size).toBe(10);
    });
  });

  /** Leaves a replica whose handlers hang: it would never close. */
  async function abandon(): Promise<void> {
    for (const { server, bus } of replicas.splice(0)) {
      await server.stopIntake();
      await bus.drain();
    }
  }

  async function rawSend(): Promise<unknown> {
    const body = JSON.stringify({ commands: [{ data: { task_id: newId(), reason: '' }, metadata: metadata() }] });
    const { replies } = (await rawRequest('tasks.cancel_task', body)) as { replies: unknown[] };
    return replies[0];
  }
});
