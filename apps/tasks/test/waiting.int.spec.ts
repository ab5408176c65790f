import { changeTask, completeTask, retryTask, startTask, submitTask, submitTasks } from '@ao/contracts';
import { isoTime, newId } from '@ao/kernel';
import { eventually } from '@ao/testing';
import { TasksFixture } from './tasks.testing';

let tasks: TasksFixture;
beforeAll(async () => {
  tasks = await TasksFixture.start();
});
afterAll(() => tasks?.stop());

const ok = { success: true, result: { words: 3 } } as const;
const failed = { success: false, failure: { message: 'no', retryable: false } } as const;
const inSeconds = (seconds: number) => isoTime(Date.now() + seconds * 1000);

/** An agent that alone can do what is submitted for it. */
async function scene(credit = 9) {
  const capability = tasks.capability();
  const requirements = { capabilities: [capability] };
  const agent = await tasks.agent({ capabilities: [capability], connect: credit });
  const take = async (task: string) => {
    const { leaseToken } = await tasks.assignment(agent, task);
    return { task_id: task, agent_id: agent, lease_token: leaseToken };
  };
  return { agent, requirements, take };
}

async function rows(task: string): Promise<unknown[]> {
  const found = await tasks.admin.query(
    `select task_id from tasks.open_tasks where task_id = $1 union all select task_id from tasks.dependencies where task_id = $1
     union all select $1 from tasks.timers where timer_id like '%' || $1 || '%'`,
    [task],
  );
  return found.rows;
}

describe('a task that is to begin later', () => {
  it('should be given out at its time and not before, also after a restart', async () => {
    const { agent, requirements } = await scene();
    const not_before = inSeconds(3);
    const task = await tasks.submit({ requirements, not_before });
    const delayed = await tasks.done(submitTask, { ...tasks.specification({ requirements }), delay_seconds: 0.5 });
    await tasks.assignment(agent, delayed.task_id);
    expect(await tasks.types(task)).toEqual(['TaskSubmitted']);
    await tasks.stack.restart('tasks');
    const { data } = await tasks.happened(task, 'TaskReleased');
    expect(Date.parse(data.released_at)).toBeGreaterThanOrEqual(Date.parse(not_before));
    tasks.connect(agent, 9);
    await tasks.assignment(agent, task);
    expect(await tasks.types(task)).toEqual(['TaskSubmitted', 'TaskReleased', 'TaskAssigned']);
  });
});

describe('a task that depends on others', () => {
  it('should begin when the last of them has ended, along a chain', async () => {
    const { agent, requirements, take } = await scene();
    const first = await tasks.submit({ requirements });
    const other = await tasks.submit({ requirements });
    const middle = await tasks.submit({ requirements, depends_on: [first, other] });
    const last = await tasks.submit({ requirements, depends_on: [middle], not_before: inSeconds(0.2) });
    await tasks.done(completeTask, { ...(await take(first)), outcome: ok });
    await tasks.happened(middle, 'TaskDependencyEnded');
    expect(tasks.assignmentsOf(agent).map(({ taskId }) => taskId)).not.toContain(middle);
    await tasks.done(completeTask, { ...(await take(other)), outcome: ok });
    await tasks.done(completeTask, { ...(await take(middle)), outcome: ok });
    await take(last);
    expect(await tasks.types(middle)).toEqual([
      'TaskSubmitted',
      'TaskDependencyEnded',
      'TaskDependencyEnded',
      'TaskReleased',
      'TaskAssigned',
      'TaskCompleted',
    ]);
    expect((await tasks.types(last)).slice(0, 3)).toEqual(['TaskSubmitted', 'TaskDependencyEnded', 'TaskReleased']);
    await eventually(async () => expect(await rows(middle)).toEqual([]));
  });

  it('should be cancelled with all that depend on it when one fails, unless it is to run all the same', async () => {
    const { requirements, take } = await scene();
    const first = await tasks.submit({ requirements });
    const second = await tasks.submit({ requirements, depends_on: [first] });
    const third = await tasks.submit({ requirements, depends_on: [second] });
    const cleanup = await tasks.submit({ requirements, depends_on: [third], on_dependency_failure: 'run' });
    await tasks.done(completeTask, { ...(await take(first)), outcome: failed });
    expect((await tasks.happened(third, 'TaskCancelled')).data).toMatchObject({ reason: 'dependency_failed' });
    expect(await tasks.types(second)).toEqual(['TaskSubmitted', 'TaskDependencyEnded', 'TaskCancelled']);
    await take(cleanup);
    const [, ended] = await tasks.events(cleanup);
    expect(ended).toMatchObject({ type: 'TaskDependencyEnded', data: { dependency_id: third, status: 'cancelled' } });
    await eventually(async () => expect([...(await rows(second)), ...(await rows(third))]).toEqual([]));
  });

  it('should count those that have ended before it came', async () => {
    const { requirements, take } = await scene();
    const done = await tasks.submit({ requirements });
    await tasks.done(completeTask, { ...(await take(done)), outcome: ok });
    const task = await tasks.submit({ requirements, depends_on: [done] });
    expect(await tasks.types(task)).toEqual(expect.arrayContaining(['TaskDependencyEnded', 'TaskReleased']));
    await take(task);
  });

  it('should lose no end, however close to the submission it comes', async () => {
    const { agent, requirements } = await scene(200);
    const ids = (
      await tasks.done(submitTasks, { tasks: Array.from({ length: 50 }, () => tasks.specification({ requirements })) })
    ).task_ids;
    for (const id of ids) await tasks.assignment(agent, id);
    const dependents = await Promise.all(
      ids.map(async (id) => {
        const { leaseToken } = await tasks.assignment(agent, id);
        const completed = tasks.done(completeTask, {
          task_id: id,
          agent_id: agent,
          lease_token: leaseToken,
          outcome: ok,
        });
        const [dependent] = await Promise.all([tasks.submit({ requirements, depends_on: [id] }), completed]);
        return dependent;
      }),
    );
    for (const id of dependents) await tasks.happened(id, 'TaskReleased', { timeoutMs: 20_000 });
    await eventually(async () => {
      const { rows: left } = await tasks.admin.query('select * from tasks.dependencies where task_id = any($1)', [
        dependents,
      ]);
      expect(left).toEqual([]);
    });
  });

  it('rejects a task that there is not, naming the place', async () => {
    const { requirements } = await scene();
    const known = await tasks.submit({ requirements });
    const order = tasks.specification({ requirements, depends_on: [known, newId()] });
    const refusal = { rejection: 'invalid', code: 'unknown_dependency' };
    expect(await tasks.send(submitTask, order)).toMatchObject({ ...refusal, pointer: '/depends_on/1' });
    expect(await tasks.send(submitTasks, { tasks: [tasks.specification({ requirements }), order] })).toMatchObject({
      ...refusal,
      pointer: '/tasks/1/depends_on/1',
    });
  });
});

describe('a deadline', () => {
  it('should expire a task that an agent runs, and tell the agent', async () => {
    const { agent, requirements, take } = await scene();
    const deadline = inSeconds(1.5);
    const task = await tasks.submit({ requirements, deadline });
    const lease = await take(task);
    await tasks.done(startTask, lease);
    const { data } = await tasks.happened(task, 'TaskExpired');
    expect(data.agent_id).toBe(agent);
    expect(Date.parse(data.expired_at)).toBeGreaterThanOrEqual(Date.parse(deadline));
    await eventually(() =>
      expect(tasks.received.get(agent)).toContainEqual({
        type: 'task_cancelled',
        taskId: task,
        reason: 'deadline_passed',
      }),
    );
    expect(await tasks.send(completeTask, { ...lease, outcome: ok })).toMatchObject({ code: 'task_ended' });
    await eventually(async () => expect(await rows(task)).toEqual([]));
  });

  it('should expire what waits, at the time to which it was moved', async () => {
    const { requirements } = await scene();
    const waiting = await tasks.submit({ requirements, not_before: inSeconds(600), deadline: inSeconds(900) });
    const nobody = { capabilities: [tasks.capability()] };
    const spared = await tasks.submit({ requirements: nobody, deadline: inSeconds(1) });
    const deadline = inSeconds(1);
    await tasks.done(changeTask, { task_id: waiting, changes: { deadline } });
    await tasks.done(changeTask, { task_id: spared, changes: { deadline: null } });
    const { data } = await tasks.happened(waiting, 'TaskExpired');
    expect(Date.parse(data.expired_at)).toBeGreaterThanOrEqual(Date.parse(deadline));
    expect(await tasks.types(spared)).toEqual(['TaskSubmitted', 'TaskChanged']);
    // Given another chance, it is not expired again by the deadline that has passed.
    await tasks.done(retryTask, { task_id: waiting });
    await tasks.happened(waiting, 'TaskAssigned');
  });

  it('rejects one that has passed, naming the field', async () => {
    const past = tasks.specification({ deadline: inSeconds(-1) });
    expect(await tasks.send(submitTask, past)).toMatchObject({ rejection: 'invalid', pointer: '/deadline' });
    expect(await tasks.send(submitTasks, { tasks: [past] })).toMatchObject({ pointer: '/tasks/0/deadline' });
  });
});
