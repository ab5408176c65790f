import {
  Client,
  ConflictError,
  InvalidRequestError,
  NonRetryableError,
  NotFoundError,
  TaskCancelledError,
  TaskEndedError,
  UnauthenticatedError,
  Worker,
  cel,
  workflow,
  type TaskContext,
  type WorkerOptions,
} from '@agent-orchestration/sdk';
import { eventually, testStack, type TestStack } from '@ao/testing';

/** The same SDK against the real control plane: what the protocol server of the other specs only claims. */
describe('the SDK against the control plane', () => {
  let stack: TestStack;
  let client: Client;
  const workers: Worker[] = [];

  beforeAll(async () => {
    stack = await testStack();
    client = new Client({ baseUrl: stack.url, apiKey: stack.apiKey, maxRetries: 20 });
  }, 120_000);

  afterAll(async () => {
    await Promise.all(workers.map((worker) => worker.stop({ graceMs: 0 })));
    client?.close();
    await stack?.stop();
  }, 60_000);

  async function worker(options: Partial<WorkerOptions> & { agentId: string }): Promise<Worker> {
    const made = new Worker({
      client,
      agentType: 'worker',
      capabilities: [options.agentId],
      heartbeatIntervalSeconds: 1,
      reconnect: { baseMs: 50, capMs: 500 },
      ...options,
    });
    workers.push(made);
    await made.start();
    return made;
  }

  const submitTo = (agentId: string, type = 'job', more: object = {}) =>
    client.tasks.submit({ type, requirements: { capabilities: [agentId] }, ...more });

  it('should register agents and find them', async () => {
    const registered = await client.agents.register({
      agentId: 'finder',
      agentType: 'provider',
      capabilities: ['found'],
      services: ['s'],
      endpoints: { http: 'http://localhost:1' },
      metadata: { snake_case: 1, camelCase: 2 },
      version: '1.2.3',
      tags: ['t'],
    });
    expect(registered.agentId).toBe('finder');
    await expect(client.agents.get('finder')).resolves.toMatchObject({
      agentId: 'finder',
      status: 'active',
      metadata: { snake_case: 1, camelCase: 2 },
      version: '1.2.3',
      tags: ['t'],
      healthScore: 1,
    });
    await client.agents.heartbeat('finder', { activeConnections: 2, cpuUsage: 7 });
    await eventually(async () => {
      const { loadMetrics } = await client.agents.get('finder');
      expect(loadMetrics).toMatchObject({ active_connections: 2, cpu_usage: 7 });
    });
    const found = await client.agents.discover({ agentType: 'provider', capabilities: ['found'] });
    expect(found.map(({ agentId }) => agentId)).toEqual(['finder']);
    await client.agents.setStatus('finder', 'inactive');
    await expect(client.agents.list({ status: 'inactive' })).resolves.toMatchObject([{ agentId: 'finder' }]);
    await expect(client.agents.get('nobody')).rejects.toBeInstanceOf(NotFoundError);
    await expect(client.health()).resolves.toMatchObject({ status: 'healthy' });
  });

  it('should submit, read, list and cancel tasks, and do a repeated submission once', async () => {
    const submission = { type: 'waits', payload: { a_b: 1 }, priority: 'urgent', leaseSeconds: 5 } as const;
    const options = { idempotencyKey: 'once-only' };
    const requirements = { capabilities: ['nobody-has-it'], agentType: 'worker' };
    const first = await client.tasks.submit({ ...submission, requirements }, options);
    const again = await client.tasks.submit({ ...submission, requirements }, options);
    expect(again).toEqual(first);
    const task = await client.tasks.get(first.taskId);
    expect(task).toMatchObject({
      ...submission,
      priority: 100,
      priorityName: 'urgent',
      status: 'queued',
      requirements,
    });
    await expect(client.queues.sizes()).resolves.toMatchObject({ urgent: 1 });
    await expect(client.queues.stats()).resolves.toMatchObject({
      queueSizes: { urgent: 1 },
      loadBalancerStats: { strategy: 'least_connections' },
      tasksByStatus: { queued: 1 },
    });
    await client.tasks.cancel(first.taskId, 'not needed');
    await expect(client.tasks.get(first.taskId)).resolves.toMatchObject({ status: 'cancelled', reason: 'not needed' });
    await expect(client.tasks.cancel(first.taskId)).rejects.toBeInstanceOf(TaskEndedError);
    const history = await client.tasks.history(first.taskId);
    expect(history.map(({ type }) => type)).toEqual(['TaskSubmitted', 'TaskCancelled']);
    await expect(client.tasks.list({ status: 'cancelled' })).resolves.toMatchObject([{ taskId: first.taskId }]);
  });

  it('should submit many at once and clear their queue', async () => {
    const many = Array.from({ length: 700 }, (_, n) => ({
      type: 'many',
      payload: { n },
      priority: 'low' as const,
      requirements: { capabilities: ['nobody-has-it'] },
    }));
    const submitted = await client.tasks.submitMany(many);
    expect(new Set(submitted.map(({ taskId }) => taskId)).size).toBe(700);
    await expect(client.tasks.get(submitted[650]?.taskId ?? '')).resolves.toMatchObject({ payload: { n: 650 } });
    await expect(client.queues.clear('low')).resolves.toBe(700);
    await expect(client.queues.sizes()).resolves.toMatchObject({ low: 0 });
  });

  it('rejects what the control plane rejects, each as its own error', async () => {
    const invalid = await client.tasks.submit({ type: '' }).catch((error: unknown) => error);
    expect(invalid).toBeInstanceOf(InvalidRequestError);
    expect(invalid).toMatchObject({ status: 422, errors: [{ pointer: '/type' }] });
    await expect(client.tasks.get('00000000-0000-7000-8000-000000000000')).rejects.toBeInstanceOf(NotFoundError);
    const stranger = new Client({ baseUrl: stack.url, apiKey: 'no-such-key-at-all' });
    await expect(stranger.tasks.list()).rejects.toBeInstanceOf(UnauthenticatedError);
    const unwelcome = new Worker({ client: stranger, agentId: 'x', agentType: 'worker', handler: () => null });
    await expect(unwelcome.start()).rejects.toBeInstanceOf(UnauthenticatedError);
    stranger.close();
  });

  it('should run a task, show its progress and log, and return its result', async () => {
    let proceed: () => void = () => undefined;
    await worker({
      agentId: 'runner',
      handler: async (task) => {
        task.progress(40, 'on the way');
        task.log('it begins', 'debug');
        await new Promise<void>((resolve) => (proceed = resolve));
        return { doubled: Number(task.payload.n) * 2 };
      },
    });
    const { taskId } = await submitTo('runner', 'double', { payload: { n: 21 } });
    await eventually(async () => {
      const running = await client.tasks.get(taskId);
      expect(running).toMatchObject({ status: 'running', progress: 40, progressMessage: 'on the way', attempt: 1 });
    });
    await eventually(async () => {
      expect(await client.tasks.logs(taskId)).toMatchObject([{ level: 'debug', message: 'it begins' }]);
    });
    proceed();
    await expect(client.tasks.wait(taskId)).resolves.toMatchObject({ status: 'completed', result: { doubled: 42 } });
  });

  it('should watch a task from its creation to its end', async () => {
    let proceed: () => void = () => undefined;
    const { agentId } = await client.agents.register({ agentId: 'watched', agentType: 'worker' });
    await worker({
      agentId,
      handler: async (task) => {
        task.progress(65);
        await new Promise<void>((resolve) => (proceed = resolve));
        return { records: 1000 };
      },
    });
    const task = await client.tasks.create({ agentId, type: 'watch', priority: 'medium', payload: { source: 'db' } });
    expect(task).toMatchObject({ id: task.taskId, priorityName: 'normal', payload: { source: 'db' } });
    const seen: [string, number][] = [];
    const watch = client.tasks.watch(task.id, ({ status, progress }) => {
      seen.push([status, progress]);
      if (progress === 65) proceed();
    });
    await expect(watch.ended).resolves.toMatchObject({ status: 'completed', result: { records: 1000 } });
    expect(seen).toContainEqual(['running', 65]);
    expect(seen.at(-1)).toEqual(['completed', 100]);
  });

  it('should change, hold back, retry and dead-letter a task, and count them', async () => {
    const requirements = { capabilities: ['nobody-has-it'] };
    const { taskId } = await client.tasks.submit({ title: 'Old', instructions: 'Do it.', requirements });
    const deadline = new Date('2090-01-01T00:00:00Z');
    await expect(client.tasks.change(taskId, { title: 'New', priority: 'urgent', deadline })).resolves.toMatchObject({
      ...{ type: 'instruction', title: 'New', priority: 100, deadline: deadline.toISOString() },
    });
    await expect(client.tasks.pause(taskId, 'later')).resolves.toMatchObject({ status: 'paused', reason: 'later' });
    await expect(client.tasks.resume(taskId)).resolves.toMatchObject({ status: 'queued' });
    await expect(client.deadLetters.add(taskId, 'gone')).resolves.toMatchObject({ failureClass: 'moved_by_operator' });
    const filter = { type: 'instruction', failureClass: 'moved_by_operator' };
    await expect(client.deadLetters.list(filter)).resolves.toMatchObject([{ taskId }]);
    await expect(client.deadLetters.count(filter)).resolves.toBe(1);
    await expect(client.deadLetters.stats()).resolves.toMatchObject({
      byClass: expect.arrayContaining([{ class: 'moved_by_operator', count: 1 }]),
    });
    await expect(client.deadLetters.retry(taskId)).resolves.toMatchObject({ status: 'queued' });
    await client.deadLetters.add(taskId);
    const { count, retryId } = await client.deadLetters.retryAll(filter, { ratePerSecond: 10 });
    expect(count).toBe(1);
    await eventually(async () => {
      await expect(client.deadLetters.showRetry(retryId ?? '')).resolves.toMatchObject({
        status: 'finished',
        retried: 1,
      });
    });
    await client.deadLetters.add(taskId);
    await client.deadLetters.remove(taskId);
    await expect(client.tasks.get(taskId)).resolves.toMatchObject({ status: 'failed' });
    const { byStatus } = await client.tasks.stats();
    await expect(client.tasks.retry(taskId, { notBefore: deadline })).resolves.toMatchObject({
      ...{ status: 'queued', retryAt: deadline.toISOString() },
    });
    await client.tasks.cancel(taskId);
    const after = (await client.tasks.stats()).byStatus;
    expect([after.failed, after.cancelled]).toEqual([byStatus.failed - 1, byStatus.cancelled + 1]);
  });

  it('should make a workflow with the builder, run it and look at what ran', async () => {
    await worker({ agentId: 'steps', handler: ({ payload }) => ({ got: payload.value }) });
    const task = { type: 'double', capabilities: ['steps'] };
    const built = workflow('doubles')
      .describe('Twice, and once more when told to.')
      .parameters({ type: 'object', required: ['n'], properties: { n: { type: 'integer' } } })
      .task('twice', { ...task, payload: { value: cel('parameters.n * 2') } })
      .signal('go', { name: 'go', correlation: 'order-${{ parameters.n }}' })
      .map('each', cel('[1, 2, 3]'), (step) => step.task('one', { ...task, payload: { value: cel('item + index') } }))
      .output({ twice: cel('steps.twice.output.got'), told: cel('steps.go.output') });
    await expect(client.workflows.validate(built.definition())).resolves.toEqual([]);
    const made = await client.workflows.create(built);
    expect(made).toMatchObject({ name: 'doubles', version: 1, definition: { steps: [{}, {}, {}] } });
    await expect(client.workflows.execute(made.id, { parameters: { n: 'x' } })).rejects.toBeInstanceOf(
      InvalidRequestError,
    );
    const run = await client.workflows.execute(made.id, { parameters: { n: 21 }, priority: 'high' });
    expect(run).toMatchObject({ workflowId: made.id, version: 1, priority: 60, parameters: { n: 21 } });
    await client.workflows.signal({ name: 'go', correlation: 'order-21', payload: { yes: true } });
    const done = await client.workflows.runs.wait(run.id);
    expect(done).toMatchObject({ status: 'completed', output: { twice: 42 } });
    const [, , each] = done.steps;
    expect(each?.items.map(({ output }) => output)).toEqual([{ got: 1 }, { got: 3 }, { got: 5 }]);
    await eventually(async () => {
      const runs = await client.workflows.runs.list({ workflowId: made.id, status: 'completed' });
      expect(runs.map(({ id }) => id)).toEqual([run.id]);
    });
    await eventually(async () => {
      const tasks = await client.tasks.list({ runId: run.id, status: 'completed' });
      expect(tasks.map(({ type }) => type)).toEqual(['double', 'double', 'double', 'double']);
    });
    await expect(client.tasks.list({ runId: made.id })).resolves.toEqual([]);
    const graph = await client.workflows.runs.graph(run.id);
    expect(graph.nodes.filter(({ kind }) => kind === 'task')).toHaveLength(4);
    expect(graph.criticalPath.totalMs).toBeGreaterThan(0);
    await expect(client.workflows.runs.pause(run.id)).rejects.toBeInstanceOf(ConflictError);
  });

  it('should repeat failed attempts, and not those that say it is of no use', async () => {
    await worker({
      agentId: 'failing',
      handlers: {
        thrice: ({ attempt }) => {
          if (attempt < 3) throw new RangeError(`attempt ${attempt}`);
          return attempt;
        },
        never: () => {
          throw new NonRetryableError('no such file');
        },
        always: () => {
          throw new Error('again');
        },
      },
    });
    const retry = { retry: { initialDelayMs: 10, maxAttempts: 3 } };
    const [thrice, never, always] = await Promise.all(
      ['thrice', 'never', 'always'].map((type) => submitTo('failing', type, retry)),
    );
    const ended = (task?: { taskId: string }) => client.tasks.wait(task?.taskId ?? '');
    await expect(ended(thrice)).resolves.toMatchObject({ status: 'completed', result: 3, failedAttempts: 2 });
    await expect(ended(never)).resolves.toMatchObject({
      status: 'failed',
      failure: { class: 'NonRetryableError', message: 'no such file' },
    });
    await expect(ended(always)).resolves.toMatchObject({ status: 'dead_lettered', failure: { message: 'again' } });
  });

  it('should abort a running task that is cancelled, and keep a long one by renewing its lease', async () => {
    const contexts = new Map<string, TaskContext>();
    await worker({
      agentId: 'holding',
      concurrency: 2,
      handler: async (task) => {
        contexts.set(task.type, task);
        await new Promise((resolve, reject) => {
          setTimeout(resolve, 2_500);
          task.signal.addEventListener('abort', () => reject(task.signal.reason as Error));
        });
        return task.attempt;
      },
    });
    const doomed = await submitTo('holding', 'doomed');
    const long = await submitTo('holding', 'long', { leaseSeconds: 1 });
    await eventually(() => expect(contexts.size).toBe(2));
    await client.tasks.cancel(doomed.taskId, 'changed my mind');
    await eventually(() => {
      expect(contexts.get('doomed')?.signal.reason).toBeInstanceOf(TaskCancelledError);
    });
    expect((contexts.get('doomed')?.signal.reason as Error).message).toBe('changed my mind');
    await expect(client.tasks.wait(long.taskId)).resolves.toMatchObject({ status: 'completed', result: 1 });
  });

  it('should finish what it has in hand although the gateway dies meanwhile', async () => {
    let finish: () => void = () => undefined;
    const made = await worker({
      agentId: 'surviving',
      // A gateway's restart must not look like the agent's death.
      heartbeatIntervalSeconds: 30,
      handler: () => new Promise<string>((resolve) => (finish = () => resolve('survived'))),
    });
    const { taskId } = await submitTo('surviving');
    await eventually(async () => expect((await client.tasks.get(taskId)).status).toBe('running'));
    const disconnected = new Promise((resolve) => made.once('disconnected', resolve));
    const restarting = stack.restart('gateway');
    await disconnected;
    finish();
    await restarting;
    const task = await client.tasks.wait(taskId, { withinMs: 30_000 });
    expect(task).toMatchObject({ status: 'completed', result: 'survived', attempt: 1 });
  }, 90_000);

  it('should hand back on stop what it does not finish, for another agent to take', async () => {
    const first = await worker({
      agentId: 'leaving',
      capabilities: ['shared'],
      handler: () => new Promise(() => undefined),
    });
    const { taskId } = await submitTo('shared');
    await eventually(async () => expect((await client.tasks.get(taskId)).status).toBe('running'));
    await first.stop({ graceMs: 50 });
    await expect(client.agents.get('leaving')).resolves.toMatchObject({ status: 'stale' });
    await worker({ agentId: 'arriving', capabilities: ['shared'], handler: ({ attempt }) => attempt });
    const task = await client.tasks.wait(taskId);
    expect(task).toMatchObject({ status: 'completed', failedAttempts: 0 });
    const types = (await client.tasks.history(taskId)).map(({ type }) => type);
    expect(types).toContain('TaskReturned');
    expect(types.filter((type) => type === 'TaskCompleted')).toHaveLength(1);
  });
});
