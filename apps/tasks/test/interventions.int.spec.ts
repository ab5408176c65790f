import {
  acceptResult,
  cancelTask,
  changeTask,
  completeTask,
  deadLetterTask,
  leaseTasks,
  leasesOfAgent,
  pauseTask,
  provideInput,
  removeDeadLetter,
  renewLeases,
  requireInput,
  resumeTask,
  retryTask,
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

const TERMINAL = ['TaskCompleted', 'TaskCancelled', 'TaskDeadLettered'];
const ok = { success: true, result: { words: 3 } } as const;
const failed = { success: false, failure: { class: 'io', message: 'no', retryable: true } } as const;
type Specification = Parameters<TasksFixture['specification']>[0];

/** A task and the agent that alone can do it. */
async function scene(change: Specification = {}, connect = 1) {
  const capability = tasks.capability();
  const requirements = { capabilities: [capability] };
  const agent = await tasks.agent({ capabilities: [capability], ...(connect && { connect }) });
  const task = await tasks.submit({ requirements, ...change });
  return { capability, requirements, agent, task };
}

/** The same with the task in its agent's hands. */
async function running(change: Specification = {}) {
  const { agent, task, ...others } = await scene(change);
  const { leaseToken } = await tasks.assignment(agent, task);
  const lease = { task_id: task, agent_id: agent, lease_token: leaseToken };
  await tasks.done(startTask, lease);
  return { agent, task, lease, ...others };
}

function told(agent: string, taskId: string, reason: string): Promise<void> {
  return eventually(() => expect(tasks.received.get(agent)).toContainEqual({ type: 'task_cancelled', taskId, reason }));
}

describe('pausing', () => {
  it('should take a running task from its agent, keep its late result, and complete it when somebody accepts that', async () => {
    const { agent, task, lease } = await running();
    await tasks.done(pauseTask, { task_id: task, reason: 'wait for the vendor' });
    await told(agent, task, 'wait for the vendor');
    // Should it not have heard: the table of leases hears a moment later than the log.
    await eventually(async () => {
      const renewal = await tasks.done(renewLeases, { agent_id: agent, leases: [lease] });
      expect(renewal).toEqual({ renewed: [], lost: [task] });
    });
    expect(await tasks.send(acceptResult, { task_id: task })).toMatchObject({ code: 'no_late_result' });
    expect(await tasks.send(completeTask, { ...lease, outcome: ok })).toMatchObject({
      rejection: 'conflict',
      code: 'lease_superseded',
    });
    expect((await tasks.happened(task, 'TaskCompletionRejected')).data.result).toEqual(ok.result);
    const command_id = newId();
    const accepted = await tasks.done(acceptResult, { task_id: task }, { command_id });
    expect(await tasks.done(acceptResult, { task_id: task }, { command_id })).toEqual(accepted);
    expect((await tasks.happened(task, 'TaskResultAccepted')).data).toMatchObject({
      agent_id: agent,
      lease_token: lease.lease_token,
      result: ok.result,
    });
    expect(await tasks.send(acceptResult, { task_id: task })).toMatchObject({ code: 'task_ended' });
    expect(await tasks.types(task)).toEqual([
      'TaskSubmitted',
      'TaskAssigned',
      'TaskStarted',
      'TaskPaused',
      'TaskCompletionRejected',
      'TaskResultAccepted',
    ]);
  });

  it('should keep the task from everybody until it is resumed, also over a restart', async () => {
    const { agent, task } = await running();
    await tasks.done(pauseTask, { task_id: task, reason: 'later' });
    await tasks.stack.restart('tasks');
    tasks.connect(agent, 1);
    const { requirements } = { requirements: { capabilities: [], agent_id: agent } };
    const next = await tasks.submit({ requirements });
    const { leaseToken } = await tasks.assignment(agent, next);
    await tasks.done(completeTask, { task_id: next, agent_id: agent, lease_token: leaseToken, outcome: ok });
    expect((await tasks.types(task)).at(-1)).toBe('TaskPaused');
    await tasks.done(resumeTask, { task_id: task });
    // It was no failed attempt.
    expect((await tasks.happened(task, 'TaskAssigned', { count: 2 })).data.attempt).toBe(1);
    expect(await tasks.send(resumeTask, { task_id: task })).toMatchObject({ code: 'task_not_paused' });
  });
});

describe('changing', () => {
  it('should deliver what was changed last, and by the new priority', async () => {
    const { task, requirements, capability } = await scene({}, 0);
    const urgent = await tasks.submit({ requirements: { capabilities: [tasks.capability()] }, priority: 10 });
    await tasks.done(changeTask, {
      task_id: urgent,
      changes: { priority: 90, requirements, payload: { file: 'b.md' }, title: 'B', instructions: 'read it' },
    });
    const worker = await tasks.agent({ capabilities: [capability], connect: 2 });
    expect(await tasks.assignment(worker, urgent)).toMatchObject({
      payload: { file: 'b.md' },
      priority: 90,
      title: 'B',
      instructions: 'read it',
    });
    expect(await tasks.send(changeTask, { task_id: urgent, changes: { payload: {} } })).toMatchObject({
      rejection: 'conflict',
      code: 'task_assigned',
    });
    await tasks.done(changeTask, { task_id: urgent, changes: { description: 'for the report' } });
    const { tasks: held } = await tasks.done(leasesOfAgent, { agent_id: worker });
    expect(held.find(({ task_id }) => task_id === urgent)).toMatchObject({ title: 'B', description: 'for the report' });
    expect(await tasks.types(task)).toContain('TaskSubmitted');
  });

  it('rejects a payload that no message could carry', async () => {
    const { task } = await scene();
    const changes = { payload: { text: 'x'.repeat(252 * 1024) } };
    expect(await tasks.send(changeTask, { task_id: task, changes })).toMatchObject({
      rejection: 'too_large',
      pointer: '/payload',
    });
  });
});

it('rejects an agent that never was, in new tasks and in changed ones', async () => {
  const requirements = { capabilities: [], agent_id: newId() };
  const unknown = { rejection: 'invalid', code: 'unknown_agent' };
  const order = tasks.specification({ requirements });
  expect(await tasks.send(submitTask, order)).toMatchObject({ ...unknown, pointer: '/requirements/agent_id' });
  expect(await tasks.send(submitTasks, { tasks: [tasks.specification(), order] })).toMatchObject({
    ...{ ...unknown, pointer: '/tasks/1/requirements/agent_id' },
  });
  const task = await tasks.submit({ requirements: { capabilities: [tasks.capability()] } });
  expect(await tasks.send(changeTask, { task_id: task, changes: { requirements } })).toMatchObject(unknown);
  expect(await tasks.types(task)).toEqual(['TaskSubmitted']);
});

describe('asking for input', () => {
  it('should give the answer to the agent at once, and again with the task when it comes back', async () => {
    const { agent, task, lease } = await running({ lease_seconds: 2 });
    await tasks.done(requireInput, { ...lease, prompt: 'which branch?' });
    // It keeps the lease as long as it renews it.
    expect((await tasks.done(renewLeases, { agent_id: agent, leases: [lease] })).lost).toEqual([]);
    await tasks.done(provideInput, { task_id: task, input: { branch: 'main' } });
    await eventually(() =>
      expect(tasks.received.get(agent)).toContainEqual({ type: 'task_input', taskId: task, input: { branch: 'main' } }),
    );
    const { tasks: held } = await tasks.done(leasesOfAgent, { agent_id: agent });
    expect(held).toMatchObject([{ task_id: task, started: true, input: { branch: 'main' } }]);
    expect(await tasks.send(provideInput, { task_id: task, input: 1 })).toMatchObject({ code: 'input_not_required' });
    await tasks.done(completeTask, { ...lease, outcome: ok });
    expect((await tasks.types(task)).slice(2)).toEqual([
      'TaskStarted',
      'TaskInputRequired',
      'TaskInputProvided',
      'TaskCompleted',
    ]);
  });
});

describe('dead letters', () => {
  it('should be retried with all their attempts, and found again by a new owner', async () => {
    const retry = { ...tasks.specification().retry!, max_attempts: 1 };
    const { agent, task, lease } = await running({ retry, payload: { file: 'c.md' } });
    await tasks.done(completeTask, { ...lease, outcome: failed });
    await tasks.happened(task, 'TaskDeadLettered');
    await eventually(async () => {
      const { rows } = await tasks.admin.query('select 1 from tasks.open_tasks where task_id = $1', [task]);
      expect(rows).toEqual([]);
    });
    tasks.connect(agent, 0);
    await tasks.done(retryTask, { task_id: task });
    expect(await tasks.send(retryTask, { task_id: task })).toMatchObject({ code: 'task_open' });
    await tasks.stack.restart('tasks');
    tasks.connect(agent, 1);
    const again = await eventually(() => {
      const heard = tasks.assignmentsOf(agent).filter(({ taskId }) => taskId === task);
      expect(new Set(heard.map(({ leaseToken }) => leaseToken)).size).toBe(2);
      return heard.at(-1)!;
    });
    expect(again).toMatchObject({ attempt: 1, payload: { file: 'c.md' } });
    await tasks.done(completeTask, { task_id: task, agent_id: agent, lease_token: again.leaseToken, outcome: ok });
    expect(await tasks.send(retryTask, { task_id: task })).toMatchObject({ code: 'task_ended' });
  });

  it('should be made by hand of a running task, whose agent is told, and be removed', async () => {
    const { agent, task } = await running();
    await tasks.done(deadLetterTask, { task_id: task, reason: 'hopeless' });
    await told(agent, task, 'dead_lettered');
    expect((await tasks.happened(task, 'TaskDeadLettered')).data.failure).toMatchObject({
      class: 'moved_by_operator',
      message: 'hopeless',
    });
    await tasks.done(removeDeadLetter, { task_id: task, reason: 'seen' });
    expect(await tasks.send(removeDeadLetter, { task_id: task, reason: 'seen' })).toMatchObject({
      code: 'task_not_dead_lettered',
    });
    await tasks.done(retryTask, { task_id: task });
    await tasks.happened(task, 'TaskAssigned', { count: 2 });
  });
});

describe('an agent that is lost', () => {
  it('should lose what is to be requeued, and fail what must not be done twice', async () => {
    const given = await running();
    await tasks.offline(given.agent);
    const { data } = await tasks.happened(given.task, 'TaskLeaseExpired');
    expect(data).toMatchObject({ reason: 'agent_lost', failed_attempts: 1 });

    const once = await running({ on_agent_lost: 'fail' });
    await tasks.offline(once.agent);
    expect((await tasks.happened(once.task, 'TaskFailed')).data.failure.class).toBe('agent_lost');
    expect((await tasks.types(once.task)).slice(-2)).toEqual(['TaskLeaseExpired', 'TaskFailed']);
  });

  it('should keep a task that waits until the lease ends, and may come back to it', async () => {
    const patient = await running({ on_agent_lost: 'wait', lease_seconds: 60 });
    const impatient = await running({ on_agent_lost: 'wait', lease_seconds: 2 });
    await tasks.offline(patient.agent);
    await tasks.offline(impatient.agent);
    const { data } = await tasks.happened(impatient.task, 'TaskLeaseExpired');
    expect(data).toMatchObject({ reason: 'lease_expired', failed_attempts: 1 });
    expect((await tasks.types(patient.task)).at(-1)).toBe('TaskStarted');
    expect((await tasks.done(renewLeases, { agent_id: patient.agent, leases: [patient.lease] })).lost).toEqual([]);
    await tasks.done(completeTask, { ...patient.lease, outcome: ok });
  });
});

describe('words that race', () => {
  it('should end a task exactly once, whoever comes first', async () => {
    const { capability, agent } = await scene({}, 50);
    const requirements = { capabilities: [capability] };
    const bulk = Array.from({ length: 40 }, () => tasks.specification({ requirements }));
    const { task_ids } = await tasks.done(submitTasks, { tasks: bulk });
    const race = async (task_id: string, index: number) => {
      const { leaseToken } = await tasks.assignment(agent, task_id);
      const words = [
        () => tasks.send(completeTask, { task_id, agent_id: agent, lease_token: leaseToken, outcome: ok }),
        () => tasks.send(pauseTask, { task_id, reason: 'later' }),
        () => tasks.send(cancelTask, { task_id, reason: 'not needed' }),
        () => tasks.send(deadLetterTask, { task_id, reason: 'hopeless' }),
      ];
      await Promise.all(words.map((_, turn) => words[(turn + index) % words.length]!()));
      return (await tasks.types(task_id)).filter((type) => TERMINAL.includes(type));
    };
    const ends: string[][] = [];
    for (const [index, task_id] of task_ids.entries()) ends.push(await race(task_id, index));
    expect(ends.filter((types) => types.length !== 1)).toEqual([]);
    expect(new Set(ends.flat()).size).toBeGreaterThan(1);
  });
});

it('should hand a changed task to an agent that polls', async () => {
  const { task, agent, requirements } = await scene({}, 0);
  const next = await tasks.submit({ requirements: { capabilities: [tasks.capability()] } });
  await tasks.done(changeTask, { task_id: next, changes: { payload: { file: 'd.md' }, title: 'D', requirements } });
  await eventually(async () => {
    const { tasks: leased } = await tasks.done(leaseTasks, { agent_id: agent, limit: 1 });
    expect(leased).toMatchObject([{ task_id: task }]);
  });
  await tasks.done(completeTask, { task_id: task, agent_id: agent, outcome: ok });
  await eventually(async () => {
    const { tasks: leased } = await tasks.done(leaseTasks, { agent_id: agent, limit: 1 });
    expect(leased).toMatchObject([{ task_id: next, title: 'D', payload: { file: 'd.md' } }]);
  });
});
