import { cancelTask, clearQueue, completeTask, leaseTasks, renewLeases, startTask, submitTasks } from '@ao/contracts';
import { newId } from '@ao/kernel';
import { eventually } from '@ao/testing';
import { TasksFixture } from './tasks.testing';

let tasks: TasksFixture;
beforeAll(async () => {
  tasks = await TasksFixture.start();
});
afterAll(() => tasks?.stop());

const ok = { success: true, result: null } as const;
const milliseconds = (from: { recorded_at: Date }, to: { recorded_at: Date }) =>
  to.recorded_at.getTime() - from.recorded_at.getTime();

/** Submits the tasks as one bulk: they are in the log before any of them is given out. */
async function submitAll(changes: Parameters<TasksFixture['specification']>[0][]): Promise<string[]> {
  return (await tasks.done(submitTasks, { tasks: changes.map((change) => tasks.specification(change)) })).task_ids;
}

describe('who gets what', () => {
  it('should keep strict priority, and the order of submission within one', async () => {
    const capability = tasks.capability();
    const requirements = { capabilities: [capability] };
    const priorities = [20, 40, 100, 60, 40, 80, 0, 100];
    const ids: string[] = [];
    for (const priority of priorities) ids.push(await tasks.submit({ priority, requirements }));
    const agent = await tasks.agent({ capabilities: [capability], connect: 1 });
    const order: number[] = [];
    while (order.length < ids.length) {
      const { taskId, leaseToken } = await eventually(() => {
        const heard = tasks.assignmentsOf(agent).filter(({ taskId: id }) => !order.includes(ids.indexOf(id)));
        if (heard.length === 0) throw new Error('nothing new was assigned');
        expect(heard).toHaveLength(1);
        return heard[0]!;
      });
      order.push(ids.indexOf(taskId));
      await tasks.done(completeTask, { task_id: taskId, agent_id: agent, lease_token: leaseToken, outcome: ok });
    }
    expect(order.map((index) => priorities[index])).toEqual([100, 100, 80, 60, 40, 40, 20, 0]);
    expect(order).toEqual([2, 7, 5, 3, 1, 4, 0, 6]);
  });

  it('should match capabilities, type and a pinned agent', async () => {
    const [read, write] = [tasks.capability(), tasks.capability()];
    const [agent_type, other_type] = [tasks.capability(), tasks.capability()];
    const reader = await tasks.agent({ capabilities: [read], agent_type, connect: 9 });
    const both = await tasks.agent({ capabilities: [read, write], agent_type: other_type, connect: 9 });
    const one = await tasks.submit({ requirements: { capabilities: [write, read] } });
    const two = await tasks.submit({ requirements: { capabilities: [read], agent_type } });
    const three = await tasks.submit({ requirements: { capabilities: [], agent_id: both } });
    const never = await tasks.submit({ requirements: { capabilities: [write], agent_type } });
    await tasks.assignment(both, one);
    await tasks.assignment(reader, two);
    await tasks.assignment(both, three);
    expect(await tasks.types(never)).toEqual(['TaskSubmitted']);
  });

  it('should match capabilities that were registered for an agent until they are removed, also after a restart', async () => {
    const [word, recorded] = [tasks.capability(), tasks.capability()];
    const agent_id = await tasks.agent({ capabilities: [word], connect: 9 });
    const requirements = { capabilities: [word, recorded] };
    const early = await tasks.submit({ requirements });
    const record = { capability_id: newId(), agent_id, name: recorded, metadata: {}, groups: [] };
    const at = new Date(0).toISOString();
    const register = (origin: 'record' | 'agent') =>
      tasks.capabilityHappens({ type: 'CapabilityRegistered', data: { ...record, origin, created_at: at } });
    const remove = () =>
      tasks.capabilityHappens({
        type: 'CapabilityRemoved',
        data: { capability_id: record.capability_id, agent_id, name: recorded, at },
      });
    await register('record');
    expect((await tasks.happened(early, 'TaskAssigned')).data.agent_id).toBe(agent_id);
    await tasks.stack.restart('tasks');
    tasks.connect(agent_id, 9);
    const late = await tasks.submit({ requirements });
    expect((await tasks.happened(late, 'TaskAssigned', { timeoutMs: 30_000 })).data.agent_id).toBe(agent_id);

    await remove();
    await register('agent');
    // What comes after the removal in the log is read after it.
    const word2 = tasks.capability();
    const marker = { ...record, capability_id: newId(), name: word2, origin: 'record' as const, created_at: at };
    await tasks.capabilityHappens({ type: 'CapabilityRegistered', data: marker });
    const marked = () => tasks.submit({ requirements: { capabilities: [word2] } });
    await tasks.happened(await marked(), 'TaskAssigned');
    const never = await tasks.submit({ requirements });
    await tasks.happened(await marked(), 'TaskAssigned');
    expect(await tasks.types(never)).toEqual(['TaskSubmitted']);
  });

  it('should spread over agents by least connections, believing what they report', async () => {
    const capability = tasks.capability();
    const agents = await Promise.all([1, 2, 3].map(() => tasks.agent({ capabilities: [capability], connect: 50 })));
    const busy = await tasks.agent({ capabilities: [capability], connect: 50 });
    tasks.beat(busy, { active_connections: 30, pending_tasks: 10 });
    await eventually(async () => {
      const probe = await tasks.submit({ requirements: { capabilities: [capability] } });
      const { data } = await tasks.happened(probe, 'TaskAssigned');
      const { candidates, candidate_count } = data.reason;
      expect(candidate_count).toBe(4);
      // The best three.
      expect(candidates.map((candidate) => candidate.agent_id).sort()).toEqual(agents.toSorted());
      const { agent_id, lease_token } = data;
      await tasks.done(completeTask, { task_id: probe, agent_id, lease_token, outcome: ok });
    });
    const ids = await submitAll(Array.from({ length: 60 }, () => ({ requirements: { capabilities: [capability] } })));
    const given = await Promise.all(ids.map(async (id) => (await tasks.happened(id, 'TaskAssigned')).data.agent_id));
    expect(agents.map((agent) => given.filter((each) => each === agent).length)).toEqual([20, 20, 20]);
  });

  it('should prefer sockets, and give agents that poll no more than they take', async () => {
    const capability = tasks.capability();
    const polls = await tasks.agent({ capabilities: [capability], max_concurrent_tasks: 2 });
    const socket = await tasks.agent({ capabilities: [capability], connect: 2 });
    const ids = await submitAll(Array.from({ length: 5 }, () => ({ requirements: { capabilities: [capability] } })));
    const first = await Promise.all(ids.slice(0, 4).map((id) => tasks.happened(id, 'TaskAssigned')));
    expect(first.map(({ data }) => data.agent_id).filter((id) => id === socket)).toHaveLength(2);
    expect(await tasks.types(ids[4]!)).toEqual(['TaskSubmitted']);
    await eventually(async () => {
      const { tasks: leased } = await tasks.done(leaseTasks, { agent_id: polls, limit: 1 });
      expect(leased).toHaveLength(1);
      await tasks.done(completeTask, { task_id: leased[0]!.task_id, agent_id: polls, outcome: ok });
    });
    expect((await tasks.happened(ids[4]!, 'TaskAssigned')).data.agent_id).toBe(polls);
  });
});

describe('leases that run out', () => {
  it('should give the task to another agent within the lease and two seconds, and refuse the zombie', async () => {
    const capability = tasks.capability();
    const zombie = await tasks.agent({ capabilities: [capability], connect: 1 });
    const task = await tasks.submit({ requirements: { capabilities: [capability] }, lease_seconds: 1 });
    const { leaseToken } = await tasks.assignment(zombie, task);
    const reference = { task_id: task, agent_id: zombie, lease_token: leaseToken };
    await tasks.done(startTask, reference);
    tasks.connect(zombie, 0);
    const other = await tasks.agent({ capabilities: [capability], connect: 1 });
    const again = await tasks.assignment(other, task);
    expect(again.attempt).toBe(2);
    const events = await tasks.events(task);
    const started = events.find(({ type }) => type === 'TaskStarted')!;
    const reassigned = events.findLast(({ type }) => type === 'TaskAssigned')!;
    expect(milliseconds(started, reassigned)).toBeGreaterThanOrEqual(990);
    expect(milliseconds(started, reassigned)).toBeLessThan(3_000);

    expect(await tasks.send(completeTask, { ...reference, outcome: ok })).toMatchObject({
      rejection: 'conflict',
      code: 'lease_superseded',
    });
    expect(
      await tasks.done(renewLeases, { agent_id: zombie, leases: [{ task_id: task, lease_token: leaseToken }] }),
    ).toEqual({
      renewed: [],
      lost: [task],
    });
    await tasks.done(completeTask, { task_id: task, agent_id: other, lease_token: again.leaseToken, outcome: ok });
    expect(await tasks.types(task)).toEqual([
      'TaskSubmitted',
      'TaskAssigned',
      'TaskStarted',
      'TaskLeaseExpired',
      'TaskAssigned',
      'TaskCompletionRejected',
      'TaskCompleted',
    ]);
  });

  it('should cost no attempt when the agent never started', async () => {
    const capability = tasks.capability();
    const agent = await tasks.agent({ capabilities: [capability], connect: 1 });
    const retry = { ...tasks.specification().retry, max_attempts: 1 };
    const task = await tasks.submit({ requirements: { capabilities: [capability] }, lease_seconds: 1, retry });
    await tasks.assignment(agent, task);
    const { data } = await tasks.happened(task, 'TaskLeaseExpired');
    expect(data).toMatchObject({ reason: 'lease_expired', failed_attempts: 0 });
    expect((await tasks.happened(task, 'TaskAssigned', { count: 2 })).data.attempt).toBe(1);
  });

  it('should leave a lease alone that its agent renews', async () => {
    const capability = tasks.capability();
    const agent = await tasks.agent({ capabilities: [capability], connect: 1 });
    const task = await tasks.submit({ requirements: { capabilities: [capability] }, lease_seconds: 1 });
    const { leaseToken } = await tasks.assignment(agent, task);
    const reference = { task_id: task, agent_id: agent, lease_token: leaseToken };
    await tasks.done(startTask, reference);
    const until = performance.now() + 3_000;
    // At the pace of a worker: several renewals within each lease.
    await eventually(
      async () => {
        expect((await tasks.done(renewLeases, { agent_id: agent, leases: [reference] })).lost).toEqual([]);
        expect(performance.now()).toBeGreaterThan(until);
      },
      { intervalMs: 200 },
    );
    await tasks.done(completeTask, { ...reference, outcome: ok });
    expect(await tasks.types(task)).toEqual(['TaskSubmitted', 'TaskAssigned', 'TaskStarted', 'TaskCompleted']);
  });

  it('should take everything back at once from an agent that went offline', async () => {
    const capability = tasks.capability();
    const lost = await tasks.agent({ capabilities: [capability], connect: 2 });
    const ids = await submitAll(Array.from({ length: 2 }, () => ({ requirements: { capabilities: [capability] } })));
    for (const id of ids) {
      const { leaseToken } = await tasks.assignment(lost, id);
      if (id === ids[0]) await tasks.done(startTask, { task_id: id, agent_id: lost, lease_token: leaseToken });
    }
    const other = await tasks.agent({ capabilities: [capability], connect: 2 });
    await tasks.offline(lost);
    expect((await tasks.assignment(other, ids[0]!, 2_000)).attempt).toBe(2);
    expect((await tasks.assignment(other, ids[1]!, 2_000)).attempt).toBe(1);
    expect((await tasks.happened(ids[0]!, 'TaskLeaseExpired')).data).toMatchObject({
      reason: 'agent_lost',
      failed_attempts: 1,
    });
  });
});

describe('assignments that get lost on the way', () => {
  it('should be sent again until the agent has started', async () => {
    const capability = tasks.capability();
    const agent = await tasks.agent({ capabilities: [capability], connect: 1 });
    const task = await tasks.submit({ requirements: { capabilities: [capability] } });
    const { leaseToken } = await tasks.assignment(agent, task);
    await eventually(() => expect(tasks.assignmentsOf(agent)).toHaveLength(2), { timeoutMs: 4_000 });
    expect(new Set(tasks.assignmentsOf(agent).map((each) => each.leaseToken))).toEqual(new Set([leaseToken]));
    await tasks.done(startTask, { task_id: task, agent_id: agent, lease_token: leaseToken });
    expect((await tasks.types(task)).filter((type) => type === 'TaskAssigned')).toHaveLength(1);
  });
});

describe('clearing a queue', () => {
  it('should cancel exactly the queued tasks of the band, those submitted just before included', async () => {
    const capability = tasks.capability();
    const requirements = { capabilities: [capability] };
    const agent = await tasks.agent({ capabilities: [capability], connect: 1 });
    const running = await tasks.submit({ priority: 79, requirements });
    await tasks.assignment(agent, running);
    const queued = await submitAll(Array.from({ length: 300 }, () => ({ priority: 75, requirements })));
    const elsewhere = await tasks.submit({ priority: 69, requirements });
    const last = await tasks.submit({ priority: 70, requirements });
    const command_id = newId();
    const [first, again] = await Promise.all([
      tasks.done(clearQueue, { band: 'critical' }, { command_id }),
      tasks.done(clearQueue, { band: 'critical' }, { command_id }),
    ]);
    expect(first).toEqual({ cleared: 301 });
    expect(again).toEqual(first);
    expect((await tasks.happened(queued[299]!, 'TaskCancelled')).data.reason).toBe('queue_cleared');
    expect(await tasks.types(last)).toEqual(['TaskSubmitted', 'TaskCancelled']);
    expect(await tasks.types(running)).toEqual(['TaskSubmitted', 'TaskAssigned']);
    expect(await tasks.types(elsewhere)).toEqual(['TaskSubmitted']);

    // The same command later is the same answer and touches nothing new; a new one clears what is there then.
    const later = await tasks.submit({ priority: 75, requirements });
    expect(await tasks.done(clearQueue, { band: 'critical' }, { command_id })).toEqual({ cleared: 301 });
    expect(await tasks.types(later)).toEqual(['TaskSubmitted']);
    expect(await tasks.done(clearQueue, { band: 'critical' })).toEqual({ cleared: 1 });
    await tasks.done(cancelTask, { task_id: elsewhere, reason: 'over' });
  });
});
