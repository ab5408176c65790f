import {
  cancelTask,
  completeTask,
  dispatchStatus,
  leaseTasks,
  leasesOfAgent,
  renewLeases,
  reportTaskTelemetry,
  returnTask,
  startTask,
  submitTask,
  submitTasks,
} from '@ao/contracts';
import { newId } from '@ao/kernel';
import { eventually } from '@ao/testing';
import { TasksFixture } from './tasks.testing';

let tasks: TasksFixture;
beforeAll(async () => {
  tasks = await TasksFixture.start();
});
afterAll(() => tasks?.stop());

const ok = { success: true, result: { words: 3 } } as const;

type Times = { failed_at: string; retry_at: string; assigned_at: string };

describe('the life of a task', () => {
  it('should go to an agent with a socket, be started and be completed', async () => {
    const capability = tasks.capability();
    const agent = await tasks.agent({ capabilities: [capability], connect: 1 });
    const task = await tasks.submit({ requirements: { capabilities: [capability] }, payload: { text: 'Grüße' } });
    const assigned = await tasks.assignment(agent, task);
    expect(assigned).toMatchObject({
      taskId: task,
      taskType: 'index',
      payload: { text: 'Grüße' },
      attempt: 1,
      timeout: 60,
    });
    const reference = { task_id: task, agent_id: agent, lease_token: assigned.leaseToken };
    await tasks.done(startTask, reference);
    expect(await tasks.done(completeTask, { ...reference, outcome: ok })).toEqual({
      acknowledged: true,
      status: 'completed',
    });
    expect(await tasks.types(task)).toEqual(['TaskSubmitted', 'TaskAssigned', 'TaskStarted', 'TaskCompleted']);
    const [, assignment] = await tasks.events(task);
    expect(assignment?.data).toMatchObject({
      pool: 'default',
      reason: { strategy: 'least_connections', candidates: [{ agent_id: agent, score: 0 }], candidate_count: 1 },
    });
    // Nothing of it is left in the tables of open work.
    await eventually(async () => {
      const { rows } = await tasks.admin.query(
        'select task_id from tasks.open_tasks where task_id = $1 union select task_id from tasks.leases where task_id = $1',
        [task],
      );
      expect(rows).toEqual([]);
    });
  });

  it('should acknowledge a completion that is repeated, and refuse and keep one that is late', async () => {
    const capability = tasks.capability();
    const agent = await tasks.agent({ capabilities: [capability], connect: 1 });
    const task = await tasks.submit({ requirements: { capabilities: [capability] } });
    const { leaseToken } = await tasks.assignment(agent, task);
    const complete = { task_id: task, agent_id: agent, lease_token: leaseToken, outcome: ok };
    await tasks.done(completeTask, complete);
    expect(await tasks.done(completeTask, complete)).toMatchObject({ acknowledged: true });
    expect(await tasks.send(completeTask, { ...complete, lease_token: newId() })).toMatchObject({
      kind: 'rejected',
      rejection: 'conflict',
      code: 'task_ended',
    });
    expect(await tasks.types(task)).toEqual([
      'TaskSubmitted',
      'TaskAssigned',
      'TaskCompleted',
      'TaskCompletionRejected',
    ]);
  });

  it('should give the same answer to the same command, without another task', async () => {
    const command_id = newId();
    const specification = tasks.specification({ requirements: { capabilities: [tasks.capability()] } });
    const first = await tasks.done(submitTask, specification, { command_id });
    expect(await tasks.done(submitTask, specification, { command_id })).toEqual(first);
    expect(await tasks.send(submitTask, { ...specification, priority: 41 }, { command_id })).toMatchObject({
      code: 'idempotency_key_reused',
    });
    const bulk = Array.from({ length: 500 }, () => specification);
    const many = await tasks.done(submitTasks, { tasks: bulk }, { command_id: newId() });
    expect(new Set(many.task_ids).size).toBe(500);
  });

  it('rejects a payload that no message could carry', async () => {
    const result = await tasks.send(submitTask, tasks.specification({ payload: { text: 'x'.repeat(252 * 1024) } }));
    expect(result).toMatchObject({ rejection: 'too_large', code: 'payload_too_large', pointer: '/payload' });
  });

  it('should retry with the exact budget, then dead-letter', async () => {
    const capability = tasks.capability();
    const agent = await tasks.agent({ capabilities: [capability], connect: 1 });
    const task = await tasks.submit({ requirements: { capabilities: [capability] } });
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      const { data } = await tasks.happened(task, 'TaskAssigned', { count: attempt });
      expect(data.attempt).toBe(attempt);
      const reference = { task_id: task, agent_id: agent, lease_token: data.lease_token };
      await tasks.done(startTask, reference);
      const failure = { class: 'io', message: 'no such file', retryable: true };
      await tasks.done(completeTask, { ...reference, outcome: { success: false, failure } });
    }
    const { data } = await tasks.happened(task, 'TaskDeadLettered');
    expect(data).toMatchObject({ failed_attempts: 3, failure: { class: 'io' } });
    expect((await tasks.types(task)).filter((type) => type === 'TaskAssigned')).toHaveLength(3);
    // The times that were decided, not those of the commits, which come a little later.
    const events = await tasks.events(task);
    const timesOf = (type: string) =>
      events.filter((event) => event.type === type).map(({ data }) => data as unknown as Times);
    const [failed] = timesOf('TaskAttemptFailed');
    const [, again] = timesOf('TaskAssigned');
    expect(Date.parse(failed!.retry_at) - Date.parse(failed!.failed_at)).toBeGreaterThanOrEqual(49);
    expect(Date.parse(again!.assigned_at)).toBeGreaterThanOrEqual(Date.parse(failed!.retry_at));
  });

  it('should end a task at once whose error must not be retried', async () => {
    const capability = tasks.capability();
    const agent = await tasks.agent({ capabilities: [capability], connect: 1 });
    const task = await tasks.submit({ requirements: { capabilities: [capability] } });
    const { leaseToken } = await tasks.assignment(agent, task);
    const failure = { message: 'not a document', retryable: false };
    const reference = { task_id: task, agent_id: agent, lease_token: leaseToken };
    expect(await tasks.done(completeTask, { ...reference, outcome: { success: false, failure } })).toMatchObject({
      status: 'failed',
    });
    expect((await tasks.types(task)).at(-1)).toBe('TaskFailed');
  });

  it('should give a returned task to another agent, at no cost of an attempt', async () => {
    const capability = tasks.capability();
    const first = await tasks.agent({ capabilities: [capability], connect: 1 });
    const task = await tasks.submit({ requirements: { capabilities: [capability] } });
    const { leaseToken } = await tasks.assignment(first, task);
    const second = await tasks.agent({ capabilities: [capability], connect: 1 });
    tasks.connect(first, 0);
    await tasks.done(returnTask, { task_id: task, agent_id: first, lease_token: leaseToken, reason: 'stopping' });
    expect(await tasks.assignment(second, task)).toMatchObject({ attempt: 1 });
  });

  it('should tell the agent that works on a cancelled task', async () => {
    const capability = tasks.capability();
    const agent = await tasks.agent({ capabilities: [capability], connect: 1 });
    const task = await tasks.submit({ requirements: { capabilities: [capability] } });
    const { leaseToken } = await tasks.assignment(agent, task);
    await tasks.done(cancelTask, { task_id: task, reason: 'not needed' });
    await eventually(() =>
      expect(tasks.received.get(agent)).toContainEqual({ type: 'task_cancelled', taskId: task, reason: 'not needed' }),
    );
    expect(
      await tasks.send(completeTask, { task_id: task, agent_id: agent, lease_token: leaseToken, outcome: ok }),
    ).toMatchObject({ code: 'task_ended' });
    expect((await tasks.types(task)).at(-1)).toBe('TaskCompletionRejected');
  });
});

describe('an agent without a socket', () => {
  it('should see its tasks by a peek and get each once by a lease', async () => {
    const capability = tasks.capability();
    const agent = await tasks.agent({ capabilities: [capability], max_concurrent_tasks: 2 });
    const requirements = { capabilities: [capability] };
    const ids = [
      await tasks.submit({ requirements }),
      await tasks.submit({ requirements }),
      await tasks.submit({ requirements }),
    ];
    await eventually(async () => {
      const { tasks: peeked } = await tasks.done(leasesOfAgent, { agent_id: agent });
      expect(peeked.map(({ task_id }) => task_id).sort()).toEqual(ids.slice(0, 2).sort());
      expect(peeked.every(({ started }) => !started)).toBe(true);
    });
    const command_id = newId();
    const { tasks: leased } = await tasks.done(leaseTasks, { agent_id: agent, limit: 1 }, { command_id });
    expect(leased).toMatchObject([{ task_id: ids[0], started: true, payload: { file: 'a.md' } }]);
    // The command again: the same task. Another command: the next one.
    await eventually(async () => {
      const { tasks: held } = await tasks.done(leasesOfAgent, { agent_id: agent });
      expect(held.filter(({ started }) => started)).toHaveLength(1);
    });
    expect((await tasks.done(leaseTasks, { agent_id: agent, limit: 1 }, { command_id })).tasks).toEqual(leased);
    const { tasks: next } = await tasks.done(leaseTasks, { agent_id: agent, limit: 10 });
    expect(next.map(({ task_id }) => task_id)).toEqual([ids[1]]);
    // Without a token: its current lease. The third one then comes.
    await tasks.done(completeTask, { task_id: ids[0]!, agent_id: agent, outcome: ok });
    await tasks.happened(ids[2]!, 'TaskAssigned');
  });
});

describe('renewing leases', () => {
  it('should move the deadline of a young lease and name those that are over', async () => {
    const capability = tasks.capability();
    const agent = await tasks.agent({ capabilities: [capability], connect: 1 });
    const task = await tasks.submit({ requirements: { capabilities: [capability] }, lease_seconds: 5 });
    const { leaseToken, leaseExpiresAt } = await tasks.assignment(agent, task);
    const stranger = newId();
    const { renewed, lost } = await tasks.done(renewLeases, {
      agent_id: agent,
      leases: [
        { task_id: task, lease_token: leaseToken },
        { task_id: stranger, lease_token: newId() },
      ],
    });
    expect(renewed.map(({ task_id }) => task_id)).toEqual([task]);
    expect(Date.parse(renewed[0]!.lease_expires_at)).toBeGreaterThan(Date.parse(leaseExpiresAt));
    expect(lost).toEqual([stranger]);
  });
});

describe('telemetry of a task', () => {
  it('should keep the newest progress and every line, and drop those of others', async () => {
    const capability = tasks.capability();
    const agent = await tasks.agent({ capabilities: [capability], connect: 1 });
    const task = await tasks.submit({ requirements: { capabilities: [capability] } });
    await tasks.assignment(agent, task);
    const timestamp = '2026-01-01T00:00:00.000Z';
    const line = (message: string) => ({ timestamp, level: 'info' as const, message });
    await tasks.done(reportTaskTelemetry, {
      agent_id: newId(),
      progress: [{ task_id: task, progress: 99 }],
      logs: [{ task_id: task, entries: [line('forged')] }],
    });
    await tasks.done(reportTaskTelemetry, {
      agent_id: agent,
      progress: [
        { task_id: task, progress: 10 },
        { task_id: task, progress: 20, message: 'page 2' },
      ],
      logs: [{ task_id: task, entries: [line('one'), line('two')] }],
    });
    await eventually(async () => {
      const progress = await tasks.admin.query('select * from telemetry.task_progress where task_id = $1', [task]);
      expect(progress.rows).toMatchObject([{ agent_id: agent, progress: 20, message: 'page 2' }]);
      const logs = await tasks.admin.query('select * from telemetry.task_logs where task_id = $1 order by id', [task]);
      expect(logs.rows.map(({ message }: { message: string }) => message)).toEqual(['one', 'two']);
    });
  });
});

it('should say what the dispatcher knows, and show it as metrics', async () => {
  const before = await tasks.done(dispatchStatus, { pool: 'default' });
  await tasks.submit({ priority: 100, requirements: { capabilities: [tasks.capability()] } });
  await eventually(async () => {
    const status = await tasks.done(dispatchStatus, { pool: 'default' });
    expect(status).toMatchObject({ pool: 'default', epoch: 1, strategy: 'least_connections' });
    expect(status.ready['urgent']).toBe(before.ready['urgent']! + 1);
    expect(status.dispatch_latency?.p50).toBeGreaterThanOrEqual(0);
  });
  expect(await tasks.send(dispatchStatus, { pool: 'nowhere' })).toMatchObject({ code: 'pool_not_found' });
  const metrics = await (await fetch(`${tasks.stack.service('tasks').healthUrl}/metrics`)).text();
  expect(metrics).toMatch(/ao_queue_depth\{pool="default",priority="urgent",service="tasks"\} 1/);
  expect(metrics).toMatch(/ao_open_leases\{pool="default",service="tasks"\} \d+/);
  expect(metrics).toMatch(/ao_dispatch_seconds_count\{service="tasks",pool="default"\} \d+/);
});
