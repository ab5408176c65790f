import { completeTask, listDispatchLimits, removeDispatchLimit, setDispatchLimit, submitTasks } from '@ao/contracts';
import { newId } from '@ao/kernel';
import { eventually } from '@ao/testing';
import { TasksFixture } from './tasks.testing';

let tasks: TasksFixture;
beforeEach(async () => {
  tasks = await TasksFixture.start();
});
afterEach(() => tasks?.stop());

const ok = { success: true, result: null } as const;
const LIMIT = 4;
const COUNT = 60;

/** Completes what the agent is given, until it is stopped. */
function work(agent: string): { stop(): Promise<void> } {
  const seen = new Set<string>();
  let stopped = false;
  const loop = (async () => {
    while (!stopped) {
      for (const { taskId, leaseToken } of tasks.assignmentsOf(agent)) {
        if (stopped || seen.has(leaseToken)) continue;
        seen.add(leaseToken);
        const reference = { task_id: taskId, agent_id: agent, lease_token: leaseToken };
        const result = await tasks.send(completeTask, { ...reference, outcome: ok });
        if (result.kind !== 'done' && result.rejection === 'unavailable') seen.delete(leaseToken);
      }
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  })();
  return {
    stop: async () => {
      stopped = true;
      await loop;
    },
  };
}

/** How many of the tasks agents had at most at a time, and how many ended, as the log tells it. */
async function history(ids: readonly string[]): Promise<{ most: number; completed: number; lost: number }> {
  const { rows } = await tasks.admin.query<{ type: string }>(
    'select type from event_log.events where stream_id = any($1) order by position',
    [ids.map((id) => `task-${id}`)],
  );
  let [running, most, completed, lost] = [0, 0, 0, 0];
  for (const { type } of rows) {
    if (type === 'TaskAssigned') running += 1;
    if (type === 'TaskCompleted' || type === 'TaskLeaseExpired') running -= 1;
    if (type === 'TaskCompleted') completed += 1;
    if (type === 'TaskLeaseExpired') lost += 1;
    most = Math.max(most, running);
  }
  return { most, completed, lost };
}

async function submitAll(capability: string, concurrency_key: string): Promise<string[]> {
  const specification = tasks.specification({ requirements: { capabilities: [capability] }, concurrency_key });
  return (await tasks.done(submitTasks, { tasks: Array.from({ length: COUNT }, () => specification) })).task_ids;
}

describe('a dispatch limit', () => {
  it('should hold while the owner is killed and an agent is lost', async () => {
    const capability = tasks.capability();
    const key = newId();
    await tasks.done(setDispatchLimit, { scope: 'concurrency_key', value: key, max_concurrent: LIMIT });
    await tasks.replica();
    const agents = await Promise.all([1, 2, 3].map(() => tasks.agent({ capabilities: [capability], connect: 20 })));
    // It gets some, and does nothing.
    const doomed = await tasks.agent({ capabilities: [capability], connect: 20 });
    const ids = await submitAll(capability, key);
    await eventually(() => expect(tasks.assignmentsOf(doomed).length).toBeGreaterThan(0));
    const workers = agents.map(work);
    await eventually(async () => expect((await history(ids)).completed).toBeGreaterThan(5));
    await tasks.stack.service('tasks').kill();
    await tasks.offline(doomed);
    await eventually(
      async () => {
        for (const agent of agents) tasks.connect(agent, 20);
        expect(await history(ids)).toMatchObject({ completed: COUNT });
      },
      { timeoutMs: 30_000, intervalMs: 200 },
    );
    await Promise.all(workers.map((worker) => worker.stop()));
    const { most, lost } = await history(ids);
    expect(most).toBe(LIMIT);
    expect(lost).toBeGreaterThan(0);
  });

  it('should be what holds (control)', async () => {
    const capability = tasks.capability();
    const key = newId();
    await tasks.agent({ capabilities: [capability], connect: COUNT });
    const ids = await submitAll(capability, key);
    await eventually(async () => expect((await history(ids)).most).toBe(COUNT));
  });

  it('should be in force once it is answered for, and let go when it is removed', async () => {
    const capability = tasks.capability();
    const type = newId();
    const target = { scope: 'task_type', value: type } as const;
    const requirements = { capabilities: [capability] };
    const agent = await tasks.agent({ capabilities: [capability], connect: 5 });
    expect(await tasks.done(setDispatchLimit, { ...target, max_concurrent: 1 })).toMatchObject({ created: true });
    const [first, second] = [await tasks.submit({ type, requirements }), await tasks.submit({ type, requirements })];
    await tasks.assignment(agent, first);
    const free = await tasks.submit({ type: newId(), requirements });
    await tasks.assignment(agent, free);
    expect(await tasks.types(second)).toEqual(['TaskSubmitted']);
    expect((await tasks.done(listDispatchLimits, { limit: 10, offset: 0 })).limits).toMatchObject([
      { ...target, max_concurrent: 1, running: 1 },
    ]);
    const again = await tasks.done(setDispatchLimit, { ...target, max_concurrent: 1 });
    expect(again).toMatchObject({ created: false });
    await tasks.done(removeDispatchLimit, target);
    await tasks.assignment(agent, second);
    expect(await tasks.done(listDispatchLimits, { limit: 10, offset: 0 })).toEqual({ total: 0, limits: [] });
    expect(await tasks.send(removeDispatchLimit, target)).toMatchObject({ code: 'dispatch_limit_not_found' });
  });

  it('should be known to a replica that starts', async () => {
    const capability = tasks.capability();
    const type = newId();
    const requirements = { capabilities: [capability] };
    await tasks.done(setDispatchLimit, { scope: 'task_type', value: '*', max_concurrent: 1 });
    const agent = await tasks.agent({ capabilities: [capability], connect: 5 });
    const first = await tasks.submit({ type, requirements });
    const second = await tasks.submit({ type, requirements });
    const { leaseToken } = await tasks.assignment(agent, first);
    await tasks.stack.restart('tasks');
    tasks.connect(agent, 5);
    const other = await tasks.submit({ type: newId(), requirements });
    await tasks.assignment(agent, other);
    expect(await tasks.types(second)).toEqual(['TaskSubmitted']);
    await tasks.done(completeTask, { task_id: first, agent_id: agent, lease_token: leaseToken, outcome: ok });
    await tasks.assignment(agent, second);
  });
});
