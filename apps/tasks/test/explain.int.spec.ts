import { completeTask, explainTask, pauseTask, setDispatchLimit, submitTask } from '@ao/contracts';
import { isoTime, newId } from '@ao/kernel';
import { TasksFixture } from './tasks.testing';

let tasks: TasksFixture;
beforeAll(async () => {
  tasks = await TasksFixture.start();
});
afterAll(() => tasks?.stop());

const explained = (task_id: string) => tasks.done(explainTask, { task_id });
const codes = async (task_id: string) => (await explained(task_id)).waits_because.map(({ code }) => code);

describe('why a task waits', () => {
  it('should be that nobody fits, with what they lack', async () => {
    const [capability, wanted] = [tasks.capability(), tasks.capability()];
    const lacking = await tasks.agent({ capabilities: [capability], connect: 1 });
    const task = await tasks.submit({ requirements: { capabilities: [capability, wanted] } });
    const { waits_because, fleet, place, status } = await explained(task);
    expect(status).toBe('queued');
    expect(waits_because).toMatchObject([{ code: 'no_agent_fits' }]);
    expect(fleet).toMatchObject({ fit: 0, free: 0 });
    expect(fleet!.obstacles).toContainEqual({ code: 'lacks_capability', subject: wanted, agents: fleet!.agents });
    const example = fleet!.examples.find(({ agent_id }) => agent_id === lacking);
    expect(example).toMatchObject({ fits: false, obstacles: [{ code: 'lacks_capability', subject: wanted }] });
    expect(place).toMatchObject({ effective_priority: 40, ahead: 0, other_keys: 0 });
  });

  it('should be that those who fit are full or offline, and what comes before', async () => {
    const capability = tasks.capability();
    const requirements = { capabilities: [capability] };
    const full = await tasks.agent({ capabilities: [capability], connect: 1 });
    await tasks.assignment(full, await tasks.submit({ requirements }));
    const gone = await tasks.agent({ capabilities: [capability], max_concurrent_tasks: 9 });
    await tasks.offline(gone);
    await tasks.submit({ requirements });
    const task = await tasks.submit({ requirements });
    const { waits_because, fleet, place } = await explained(task);
    expect(waits_because.map(({ code }) => code)).toEqual(['agents_unavailable', 'before_it']);
    expect(place).toMatchObject({ ahead: 1 });
    expect(fleet).toMatchObject({ fit: 2, free: 0 });
    const obstacles = fleet!.examples.filter(({ fits }) => fits).map(({ obstacles: [first] }) => first!.code);
    expect(obstacles.sort()).toEqual(['full', 'offline']);
  });

  it('should be a limit', async () => {
    const capability = tasks.capability();
    const concurrency_key = newId();
    await tasks.done(setDispatchLimit, { scope: 'concurrency_key', value: concurrency_key, max_concurrent: 1 });
    const agent = await tasks.agent({ capabilities: [capability], connect: 5 });
    const first = await tasks.submit({ requirements: { capabilities: [capability] }, concurrency_key });
    await tasks.assignment(agent, first);
    const task = await tasks.submit({ requirements: { capabilities: [capability] }, concurrency_key });
    const { waits_because, fleet } = await explained(task);
    expect(waits_because).toMatchObject([
      { code: 'concurrency_limit', detail: expect.stringContaining(concurrency_key) },
    ]);
    expect(fleet).toMatchObject({ free: 1 });
  });

  it('should be its time, its dependencies, a pause', async () => {
    const requirements = { capabilities: [tasks.capability()] };
    const not_before = isoTime(Date.now() + 3_600_000);
    const other = await tasks.submit({ requirements });
    const later = await tasks.done(submitTask, tasks.specification({ requirements, not_before, depends_on: [other] }));
    expect(await codes(later.task_id)).toEqual(['not_before', 'dependencies']);
    expect(await explained(later.task_id)).toMatchObject({
      ...{ status: 'scheduled', not_before, waits_for: [other], place: null, fleet: null },
    });
    await tasks.done(pauseTask, { task_id: other, reason: 'lunch' });
    expect((await explained(other)).waits_because).toMatchObject([
      { code: 'paused', detail: expect.stringContaining('lunch') },
    ]);
  });

  it('should be the pause before its next attempt', async () => {
    const capability = tasks.capability();
    const agent = await tasks.agent({ capabilities: [capability], connect: 1 });
    const retry = { max_attempts: 2, initial_delay_ms: 600_000, factor: 1, max_delay_ms: 600_000, jitter: 0 };
    const task = await tasks.submit({ requirements: { capabilities: [capability] }, retry });
    const { leaseToken } = await tasks.assignment(agent, task);
    const outcome = { success: false, failure: { message: 'no', retryable: true } } as const;
    await tasks.done(completeTask, { task_id: task, agent_id: agent, lease_token: leaseToken, outcome });
    const { waits_because, retry_at, assignments } = await explained(task);
    expect(waits_because).toMatchObject([{ code: 'retry', until: retry_at }]);
    expect(assignments).toMatchObject([{ agent_id: agent, ended_by: 'TaskAttemptFailed' }]);
  });
});

describe('who got a task', () => {
  it('should be said with the strategy, the candidates, and how long it waited', async () => {
    const capability = tasks.capability();
    const [agent] = await Promise.all([1, 2].map(() => tasks.agent({ capabilities: [capability], connect: 1 })));
    const task = await tasks.submit({ requirements: { capabilities: [capability] } });
    const { data } = await tasks.happened(task, 'TaskAssigned');
    const { agent_id, lease_token } = data;
    const assigned = await explained(task);
    expect(assigned).toMatchObject({ waits_because: [], place: null, fleet: null, assignments_total: 1 });
    expect(assigned.assignments).toMatchObject([
      { agent_id, attempt: 1, ...data.reason, strategy: 'least_connections', ended_by: null, ended_at: null },
    ]);
    expect(assigned.assignments[0]!.candidates.map((each) => each.agent_id)).toContain(agent);
    expect(assigned.assignments[0]!.waited_seconds).toBeGreaterThanOrEqual(0);
    await tasks.done(completeTask, { task_id: task, agent_id, lease_token, outcome: { success: true, result: 1 } });
    expect(await explained(task)).toMatchObject({ status: 'completed', assignments: [{ ended_by: 'TaskCompleted' }] });
  });

  it('rejects a task that there is not', async () => {
    expect(await tasks.send(explainTask, { task_id: newId() })).toMatchObject({ code: 'task_not_found' });
  });
});
