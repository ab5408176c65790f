import {
  ConflictError,
  LeaseLostError,
  NonRetryableError,
  SupersededError,
  TaskCancelledError,
  TaskFailedError,
  UnauthenticatedError,
  Worker,
  WorkerStoppedError,
  type TaskContext,
  type WorkerOptions,
} from '@agent-orchestration/sdk';
import { ProtocolServer, assignment, eventually } from './protocol-server';

/** A promise that the test settles. */
function deferred<T>() {
  let resolve!: (value: T) => void;
  let reject!: (error: Error) => void;
  const promise = new Promise<T>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}

describe('Worker', () => {
  let server: ProtocolServer;
  let baseUrl: string;
  let workers: Worker[];

  beforeEach(async () => {
    server = new ProtocolServer();
    baseUrl = await server.start();
    workers = [];
  });

  afterEach(async () => {
    await Promise.all(workers.map((worker) => worker.stop({ graceMs: 0 })));
    await server.stop();
  });

  function worker(options: Partial<WorkerOptions>): Worker {
    const made = new Worker({
      baseUrl,
      apiKey: 'secret',
      agentId: 'counter-1',
      agentType: 'worker',
      capabilities: ['text'],
      reconnect: { baseMs: 5, capMs: 20 },
      backoff: { baseMs: 2, capMs: 10 },
      ...options,
    });
    workers.push(made);
    return made;
  }

  async function started(options: Partial<WorkerOptions>): Promise<Worker> {
    const made = worker(options);
    await made.start();
    return made;
  }

  function assign(overrides: Record<string, unknown> = {}) {
    const task = assignment(overrides);
    server.connection.send({ type: 'task_assigned', task });
    return task;
  }

  it('rejects options that cannot work', () => {
    const agent = { agentId: 'a', agentType: 'worker' };
    expect(() => new Worker({ ...agent, handler: () => null })).toThrow('give a client or a baseUrl');
    expect(() => new Worker({ ...agent, baseUrl })).toThrow('give a handler or handlers');
    expect(() => worker({ handler: () => null, concurrency: 0 })).toThrow('concurrency must be');
    for (const prefetch of [-1, 0.5, 10_000])
      expect(() => worker({ handler: () => null, prefetch })).toThrow('prefetch must be');
  });

  it('should register, connect with its credential, declare its credit and beat', async () => {
    server.heartbeatInterval = 0.02;
    await started({ concurrency: 3, handler: () => null, tags: ['t'], heartbeatIntervalSeconds: 5 });
    expect(server.requests('POST /agents/register')[0]?.body).toMatchObject({
      agent_id: 'counter-1',
      capabilities: ['text'],
      max_concurrent_tasks: 3,
      heartbeat_interval_seconds: 5,
    });
    expect(server.connection).toMatchObject({ agentId: 'counter-1', authorization: 'Bearer secret' });
    await eventually(() => expect(server.frames('ready')).toEqual([{ type: 'ready', maxConcurrentTasks: 3 }]));
    await eventually(() => expect(server.frames('heartbeat').length).toBeGreaterThan(2));
    expect(server.frames('heartbeat')[0]?.loadMetrics).toMatchObject({ active_connections: 0, pending_tasks: 0 });
  });

  it('should run a task by its type and report start, progress, log and result under the lease', async () => {
    await started({
      handlers: {
        'text.count': (task) => {
          task.progress(50, 'half');
          task.log('counting', 'debug');
          return { words: String(task.payload.text).split(' ').length };
        },
      },
    });
    const { taskId, leaseToken } = assign();
    await eventually(() => expect(server.frames('task_complete')).toHaveLength(1));
    const lease = { taskId, leaseToken };
    expect(server.frames('task_started')[0]).toMatchObject(lease);
    expect(server.frames('task_progress')[0]).toMatchObject({ ...lease, progress: 50, message: 'half' });
    expect(server.frames('task_log')[0]).toMatchObject({ ...lease, level: 'debug', message: 'counting' });
    expect(server.frames('task_complete')[0]).toMatchObject({ ...lease, success: true, result: { words: 3 } });
  });

  it('should report what a handler throws, and whether repeating helps', async () => {
    class TextError extends Error {
      override name = 'TextError';
    }
    await started({
      concurrency: 4,
      handlers: {
        once: () => Promise.reject(new TextError('unreadable\u0000')),
        never: () => {
          throw new NonRetryableError('no such file');
        },
        odd: () => ({ big: 1n }),
        large: () => 'x'.repeat(300_000),
        circular: () => {
          const result: Record<string, unknown> = {};
          result.self = result;
          return result;
        },
      },
    });
    for (const taskType of ['once', 'never', 'odd', 'large', 'circular', 'unknown']) assign({ taskType });
    await eventually(() => expect(server.frames('task_complete')).toHaveLength(6));
    const errors = server.frames('task_complete').map(({ error }) => error as Record<string, unknown>);
    expect(errors).toContainEqual({ class: 'TextError', message: 'unreadable\uFFFD', retryable: true });
    expect(errors).toContainEqual({ class: 'NonRetryableError', message: 'no such file', retryable: false });
    expect(errors.find(({ class: name }) => name === 'NoHandler')).toMatchObject({ retryable: true });
    for (const why of ['not JSON', 'has 300002 bytes', 'refers to itself']) {
      expect(errors.find(({ message }) => String(message).includes(why))).toMatchObject({ retryable: false });
    }
  });

  it('should say of which class a failure is, and when to come back', async () => {
    await started({
      handler: () => {
        throw new TaskFailedError('slow down', { class: 'RateLimited', retryAfterMs: 1_500.4 });
      },
    });
    assign();
    await eventually(() => expect(server.frames('task_complete')).toHaveLength(1));
    expect(server.frames('task_complete')[0]).toMatchObject({
      success: false,
      error: { class: 'RateLimited', message: 'slow down', retryable: true, retry_after_ms: 1_500 },
    });
  });

  it('should report usage in few frames, before the outcome, until it is acknowledged', async () => {
    const usage = { provider: 'openai', model: 'm', inputTokens: 3, outputTokens: 2 };
    await started({
      handler: (task) => {
        for (let call = 0; call < 150; call += 1) task.reportUsage(usage);
        expect(() => task.reportUsage({ ...usage, inputTokens: 1.5 })).toThrow(TypeError);
        expect(() => task.reportUsage({ ...usage, provider: '' })).toThrow(TypeError);
        return 'done';
      },
    });
    const task = assign();
    await eventually(() => expect(server.frames('task_complete')).toHaveLength(1));
    const frames = server.frames('task_usage');
    const reports = frames.map((frame) => frame.reports as { reportId: string }[]);
    expect(reports.map(({ length }) => length)).toEqual([100, 50]);
    expect(frames[0]).toMatchObject({ taskId: task.taskId, leaseToken: task.leaseToken });
    expect(reports[0]?.[0]).toEqual({
      ...usage,
      ...{ cachedInputTokens: 0, durationMs: 0, reportId: expect.any(String) as string },
    });
    expect(new Set(reports.flat().map(({ reportId }) => reportId)).size).toBe(150);
    expect(server.connection.frames.at(-1)?.type).toBe('task_complete');
  });

  it('should report what a cancelled task has used, and tell of usage that is refused', async () => {
    const cancelled = deferred<void>();
    const made = await started({
      handler: async (task) => {
        await new Promise((resolve) => task.signal.addEventListener('abort', resolve));
        task.reportUsage({ provider: 'openai', model: 'm', inputTokens: 3, outputTokens: 2 });
        cancelled.resolve();
      },
    });
    server.answerFrame = ({ type }) =>
      type === 'task_usage' ? { type: 'error', status: 409, code: 'lease_unknown', detail: 'no' } : undefined;
    const refused = deferred<string | undefined>();
    made.on('usageRefused', (_task, error) => refused.resolve((error as ConflictError).code));
    const task = assign();
    await eventually(() => expect(server.frames('task_started')).toHaveLength(1));
    server.connection.send({ type: 'task_cancelled', taskId: task.taskId, reason: 'not wanted' });
    await cancelled.promise;
    expect(await refused.promise).toBe('lease_unknown');
  });

  it('should never run more handlers at once than its concurrency', async () => {
    const gates: ReturnType<typeof deferred<null>>[] = [];
    await started({
      concurrency: 2,
      handler: () => {
        const gate = deferred<null>();
        gates.push(gate);
        return gate.promise;
      },
    });
    for (let n = 0; n < 5; n += 1) assign();
    await eventually(() => expect(gates).toHaveLength(2));
    for (let done = 0; done < 5; done += 1) {
      await eventually(() => expect(gates.length).toBeGreaterThan(done));
      expect(gates.length - done).toBeLessThanOrEqual(2);
      gates[done]?.resolve(null);
    }
    await eventually(() => expect(server.frames('task_complete')).toHaveLength(5));
  });

  it('should fetch ahead as many as it may, keep their leases, and start the next one without a word from the server', async () => {
    const gates = [deferred<string>(), deferred<string>(), deferred<string>()];
    let begun = 0;
    await started({ concurrency: 1, prefetch: 2, handler: () => gates[(begun += 1) - 1]!.promise });
    await eventually(() => expect(server.frames('ready').at(-1)?.maxConcurrentTasks).toBe(3));
    expect(server.requests('POST /agents/register')[0]?.body).toMatchObject({ max_concurrent_tasks: 3 });
    const tasks = [assign({ timeout: 0.2 }), assign({ timeout: 0.2 }), assign({ timeout: 0.2 })];
    // All three are renewed; one has begun.
    await eventually(() => {
      const renewed = server.frames('lease_renew').flatMap(({ leases }) => leases as { leaseToken: string }[]);
      for (const { leaseToken } of tasks) expect(renewed.map((lease) => lease.leaseToken)).toContain(leaseToken);
    });
    expect(server.frames('task_started')).toHaveLength(1);
    gates[0]!.resolve('done');
    await eventually(() => expect(server.frames('task_started')).toHaveLength(2));
    expect(begun).toBe(2);
    for (const gate of gates) gate.resolve('done');
    await eventually(() => expect(server.frames('task_complete')).toHaveLength(3));
  });

  it('should drop what it fetched ahead when its lease is lost, and give the rest back when it stops', async () => {
    const gate = deferred<string>();
    const made = await started({ concurrency: 1, prefetch: 2, handler: () => gate.promise });
    const [running, lost, waiting] = [assign(), assign({ timeout: 0.1 }), assign()];
    await eventually(() => expect(server.frames('task_started')).toHaveLength(1));
    server.answerFrame = (frame) =>
      frame.type === 'lease_renew'
        ? { type: 'ack', id: frame.id, result: { renewed: [], lost: [lost.taskId] } }
        : undefined;
    await eventually(() => expect(server.frames('lease_renew').length).toBeGreaterThanOrEqual(1));
    const stopping = made.stop();
    await eventually(() => expect(server.frames('task_return')).toHaveLength(1));
    expect(server.frames('task_return')[0]).toMatchObject({ taskId: waiting.taskId });
    gate.resolve('done');
    await stopping;
    expect(server.frames('task_complete').map(({ taskId }) => taskId)).toEqual([running.taskId]);
    expect(server.frames('task_started')).toHaveLength(1);
  });

  it('should run an assignment once however often it is sent, during and after the run and after a reconnect', async () => {
    const gate = deferred<null>();
    let runs = 0;
    await started({
      handler: () => {
        runs += 1;
        return gate.promise;
      },
    });
    const task = assign();
    await eventually(() => expect(runs).toBe(1));
    server.connection.send({ type: 'task_assigned', task });
    server.connection.cut();
    await eventually(() => expect(server.connections).toHaveLength(2));
    server.connection.send({ type: 'task_assigned', task });
    gate.resolve(null);
    await eventually(() => expect(server.frames('task_complete')).toHaveLength(1));
    server.connection.send({ type: 'task_assigned', task });
    const next = assign();
    await eventually(() => expect(server.frames('task_complete').at(-1)?.taskId).toBe(next.taskId));
    expect(runs).toBe(2);
  });

  it('should deliver a completion across a cut and across answers that decide nothing', async () => {
    const refusals = [503, 500, 429];
    server.answerFrame = (frame) => {
      if (frame.type !== 'task_complete') return undefined;
      if (server.connections.length === 1) return null;
      const status = refusals.shift();
      return status === undefined ? undefined : { type: 'error', status, code: 'x', detail: 'later' };
    };
    const made = await started({ handler: () => 'done' });
    const completed = new Promise((resolve) =>
      made.once('completed', (task, result) => resolve([task.taskId, result])),
    );
    const { taskId } = assign();
    await eventually(() => expect(server.frames('task_complete')).toHaveLength(1));
    server.connection.cut();
    await expect(completed).resolves.toEqual([taskId, 'done']);
    const ids = server.frames('task_complete').map(({ id }) => id);
    expect(ids).toHaveLength(5);
    expect(new Set(ids).size).toBe(1);
  });

  it('should say when a completion is refused, and report a result that does not fit as a failure', async () => {
    const made = await started({ handler: (task) => task.payload });
    const refused = new Promise<Error>((resolve) => made.once('refused', (_task, error) => resolve(error)));
    server.answerFrame = ({ type }) =>
      type === 'task_complete'
        ? { type: 'error', status: 409, code: 'lease_superseded', detail: 'Expected to complete, but …' }
        : undefined;
    assign();
    await expect(refused).resolves.toMatchObject({ code: 'lease_superseded', status: 409 });
    server.answerFrame = ({ type, success }) =>
      type === 'task_complete' && success
        ? { type: 'error', status: 413, code: 'too_large', detail: 'too large' }
        : undefined;
    assign();
    await eventually(() => expect(server.frames('task_complete').at(-1)).toMatchObject({ success: false }));
    expect(server.frames('task_complete').at(-1)?.error).toMatchObject({ class: 'ResultRefused', retryable: false });
  });

  it('should renew its leases at a third of their length until the completion is acknowledged', async () => {
    const gate = deferred<null>();
    let acknowledge = false;
    server.answerFrame = ({ type }) => (type === 'task_complete' && !acknowledge ? null : undefined);
    await started({ handler: () => gate.promise });
    const { taskId, leaseToken } = assign({ timeout: 0.15 });
    await eventually(() => expect(server.frames('lease_renew').length).toBeGreaterThan(3));
    expect(server.frames('lease_renew')[0]?.leases).toEqual([{ taskId, leaseToken }]);
    gate.resolve(null);
    await eventually(() => expect(server.frames('task_complete')).toHaveLength(1));
    const before = server.frames('lease_renew').length;
    await eventually(() => expect(server.frames('lease_renew').length).toBeGreaterThan(before + 1));
    acknowledge = true;
    server.connection.cut();
    await eventually(() => expect(server.frames('task_complete').length).toBeGreaterThan(1));
  });

  it('should abort a handler whose task is cancelled, lost or not renewed, and report nothing for it', async () => {
    const contexts: TaskContext[] = [];
    await started({
      concurrency: 3,
      handler: (task) => {
        contexts.push(task);
        return new Promise((_resolve, reject) => {
          task.signal.addEventListener('abort', () => reject(task.signal.reason as Error));
        });
      },
    });
    const [cancelled, lost, unrenewed] = [assign(), assign({ timeout: 0.12 }), assign({ timeout: 0.3 })];
    server.answerFrame = (frame) => {
      if (frame.type !== 'lease_renew') return undefined;
      const leases = frame.leases as { taskId: string }[];
      return leases.some(({ taskId }) => taskId === lost.taskId)
        ? { type: 'ack', result: { renewed: [], lost: [lost.taskId] } }
        : { type: 'error', status: 503, code: 'service_unavailable', detail: 'later' };
    };
    await eventually(() => expect(contexts).toHaveLength(3));
    server.connection.send({ type: 'task_cancelled', taskId: cancelled.taskId, reason: 'queue_cleared' });
    const reasonOf = (taskId: string) =>
      contexts.find((context) => context.taskId === taskId)?.signal.reason as unknown;
    await eventually(() => expect(reasonOf(cancelled.taskId)).toBeInstanceOf(TaskCancelledError));
    await eventually(() => expect(reasonOf(lost.taskId)).toBeInstanceOf(LeaseLostError));
    await eventually(() => expect(reasonOf(unrenewed.taskId)).toBeInstanceOf(LeaseLostError));
    expect(server.frames('task_complete')).toHaveLength(0);
  });

  it('should lower its credit by handlers that go on after their task was taken away', async () => {
    const gate = deferred<null>();
    await started({ concurrency: 2, handler: () => gate.promise });
    const { taskId } = assign();
    await eventually(() => expect(server.frames('task_started')).toHaveLength(1));
    server.connection.send({ type: 'task_cancelled', taskId, reason: 'x' });
    await eventually(() => expect(server.frames('ready').at(-1)?.maxConcurrentTasks).toBe(1));
    gate.resolve(null);
    await eventually(() => expect(server.frames('ready').at(-1)?.maxConcurrentTasks).toBe(2));
    expect(server.frames('task_complete')).toHaveLength(0);
  });

  it('should drop the old run when its task is assigned anew', async () => {
    const contexts: TaskContext[] = [];
    const gates = [deferred<string>(), deferred<string>()];
    await started({
      concurrency: 2,
      handler: (task) => {
        contexts.push(task);
        return gates[contexts.length - 1]?.promise;
      },
    });
    const { taskId } = assign();
    await eventually(() => expect(contexts).toHaveLength(1));
    const again = assign({ taskId, attempt: 2 });
    await eventually(() => expect(contexts).toHaveLength(2));
    expect(contexts[0]?.signal.reason).toBeInstanceOf(LeaseLostError);
    gates[0]?.resolve('old');
    gates[1]?.resolve('new');
    await eventually(() => expect(server.frames('task_complete')).toHaveLength(1));
    expect(server.frames('task_complete')[0]).toMatchObject({ leaseToken: again.leaseToken, result: 'new' });
  });

  it('should come back after the server was away, and finish what it had in hand', async () => {
    const gate = deferred<null>();
    const made = await started({ handler: () => gate.promise });
    const task = assign();
    await eventually(() => expect(server.frames('task_started')).toHaveLength(1));
    const reconnecting = new Promise((resolve) => made.once('reconnecting', resolve));
    await server.stop();
    await reconnecting;
    gate.resolve(null);
    await server.start();
    await eventually(() => expect(server.frames('task_complete')[0]).toMatchObject({ taskId: task.taskId }));
    expect(server.requests('POST /agents/register')).toHaveLength(1);
  });

  it('should register again when the server does not know it any more', async () => {
    await started({ handler: () => null });
    server.connection.close(4404, 'unknown agent');
    await eventually(() => expect(server.connections).toHaveLength(2));
    expect(server.requests('POST /agents/register')).toHaveLength(2);
  });

  it('should wait for a control plane that is not there yet', async () => {
    await server.stop();
    const made = worker({ handler: () => null, maxRetries: 0 });
    const starting = made.start();
    await new Promise((resolve) => made.once('reconnecting', resolve));
    await server.start();
    await starting;
    expect(server.connections).toHaveLength(1);
  });

  it('should notice by silence that the server is gone', async () => {
    const made = await started({ handler: () => null, quietMs: 120 });
    await eventually(() => expect(server.frames('ping').length).toBeGreaterThan(1));
    expect(server.connections).toHaveLength(1);
    const disconnected = new Promise((resolve) => made.once('disconnected', resolve));
    server.connection.mute();
    await expect(disconnected).resolves.toContain('nothing heard');
    await eventually(() => expect(server.connections.length).toBeGreaterThan(1));
  });

  it('should end when its credential is refused or another connection takes over', async () => {
    server.upgradeStatus = 401;
    await expect(worker({ handler: () => null }).start()).rejects.toBeInstanceOf(UnauthenticatedError);
    server.upgradeStatus = 101;
    const made = await started({ handler: () => null });
    server.connection.close(4409, 'superseded');
    await expect(made.ended).rejects.toBeInstanceOf(SupersededError);
    server.route('POST /agents/register', () => ({ status: 422, body: { detail: 'bad id' } }));
    await expect(worker({ handler: () => null }).start()).rejects.toThrow('bad id');
  });

  it('should stop gracefully: no new task, finish what runs, return what waits', async () => {
    const gate = deferred<null>();
    const made = await started({ handler: () => gate.promise });
    const [runs, waits] = [assign(), assign()];
    await eventually(() => expect(server.frames('task_started')).toHaveLength(1));
    const stopping = made.stop();
    await eventually(() => expect(server.frames('task_return')).toHaveLength(1));
    const late = assign();
    await eventually(() => expect(server.frames('task_return')).toHaveLength(2));
    expect(server.frames('ready').at(-1)?.maxConcurrentTasks).toBe(0);
    expect(server.frames('task_return').map(({ taskId }) => taskId)).toEqual([waits.taskId, late.taskId]);
    gate.resolve(null);
    await stopping;
    expect(server.frames('task_complete')[0]).toMatchObject({ taskId: runs.taskId, success: true });
    expect(server.requests('PUT /agents/counter-1/status')[0]?.body).toEqual({ status: 'stale' });
    await expect(made.ended).resolves.toBeUndefined();
  });

  it('should return what does not finish within the grace', async () => {
    let context: TaskContext | undefined;
    const made = await started({
      handler: (task) => {
        context = task;
        return new Promise(() => undefined);
      },
    });
    const { taskId } = assign();
    await eventually(() => expect(context).toBeDefined());
    await made.stop({ graceMs: 20 });
    expect(context?.signal.reason).toBeInstanceOf(WorkerStoppedError);
    expect(server.frames('task_return')[0]).toMatchObject({ taskId });
    expect(server.frames('task_complete')).toHaveLength(0);
  });

  it('should thin out progress and keep log lines while it is disconnected', async () => {
    const gate = deferred<null>();
    let context: TaskContext | undefined;
    await started({
      handler: (task) => {
        context = task;
        for (let percent = 0; percent <= 100; percent += 1) task.progress(percent);
        return gate.promise;
      },
    });
    assign();
    await eventually(() => expect(server.frames('task_progress').map(({ progress }) => progress)).toEqual([0, 100]));
    server.connection.cut();
    await eventually(() => {
      context?.log('while away');
      expect(server.frames('task_log').length).toBeGreaterThan(0);
    });
    gate.resolve(null);
  });
});
