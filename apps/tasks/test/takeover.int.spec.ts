import { completeTask, dispatchStatus, startTask, submitTasks } from '@ao/contracts';
import { eventually } from '@ao/testing';
import { TasksFixture } from './tasks.testing';

let tasks: TasksFixture;
beforeEach(async () => {
  tasks = await TasksFixture.start();
});
afterEach(() => tasks?.stop());

const ok = { success: true, result: null } as const;

async function pools(): Promise<{ version: number; owner: string; recorded_at: Date }[]> {
  const { rows } = await tasks.admin.query<{ version: number; owner: string; recorded_at: Date }>(
    `select version, data ->> 'owner' as owner, recorded_at from event_log.events
      where category = 'pool' and data ->> 'pool' = 'default' order by version`,
  );
  return rows;
}

/** Works through everything that the agent is given, as an SDK worker would. */
function work(agent: string): { stop(): Promise<void>; readonly done: Set<string> } {
  const done = new Set<string>();
  const seen = new Set<string>();
  let stopped = false;
  const loop = (async () => {
    while (!stopped) {
      for (const { taskId, leaseToken } of tasks.assignmentsOf(agent)) {
        if (seen.has(leaseToken)) continue;
        seen.add(leaseToken);
        const reference = { task_id: taskId, agent_id: agent, lease_token: leaseToken };
        const result = await tasks.send(completeTask, { ...reference, outcome: ok });
        if (result.kind === 'done') done.add(taskId);
        else if (result.rejection === 'unavailable') seen.delete(leaseToken);
      }
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  })();
  return {
    done,
    stop: async () => {
      stopped = true;
      await loop;
    },
  };
}

describe('a standby', () => {
  it('should take over within three seconds when the owner is killed, and lose nothing', async () => {
    const capability = tasks.capability();
    const requirements = { capabilities: [capability] };
    await tasks.replica();
    const owner = tasks.stack.service('tasks');
    const running = await tasks.agent({ capabilities: [capability], connect: 1 });
    const held = await tasks.submit({ requirements });
    const { leaseToken } = await tasks.assignment(running, held);
    await tasks.done(startTask, { task_id: held, agent_id: running, lease_token: leaseToken });
    const waiting = await tasks.submit({ requirements });
    expect(await pools()).toHaveLength(1);

    await owner.kill();
    const killed = performance.now();
    const other = await tasks.agent({ capabilities: [capability], connect: 1 });
    await tasks.happened(waiting, 'TaskAssigned', { timeoutMs: 3_000 });
    expect(performance.now() - killed).toBeLessThan(3_000);
    // The new owner had not heard of sockets yet; it knows this one when the gateway says so again.
    tasks.connect(other, 1);
    await tasks.assignment(other, waiting);
    const status = await tasks.done(dispatchStatus, { pool: 'default' });
    expect(status).toMatchObject({ epoch: 2, assigned: 2 });
    // What the predecessor had assigned goes on under the same lease.
    await tasks.done(completeTask, { task_id: held, agent_id: running, lease_token: leaseToken, outcome: ok });
    expect(await tasks.types(held)).toEqual(['TaskSubmitted', 'TaskAssigned', 'TaskStarted', 'TaskCompleted']);
  });

  it('should take over at once when the owner ends in good order', async () => {
    const capability = tasks.capability();
    await tasks.replica();
    await tasks.agent({ capabilities: [capability], connect: 1 });
    const ended = tasks.stack.service('tasks').stop();
    const task = await tasks.submit({ requirements: { capabilities: [capability] } });
    await tasks.happened(task, 'TaskAssigned', { timeoutMs: 3_000 });
    expect((await ended).code).toBe(0);
    // The first may have given the task out in its last moments.
    await eventually(async () => expect(await pools()).toHaveLength(2), { timeoutMs: 3_000 });
  });

  it('should take over from an owner that hangs, which assigns nothing more when it wakes up', async () => {
    const capability = tasks.capability();
    const requirements = { capabilities: [capability] };
    await tasks.replica();
    const owner = tasks.stack.service('tasks');
    await tasks.agent({ capabilities: [capability], connect: 1 });
    const first = await tasks.submit({ requirements });
    await tasks.happened(first, 'TaskAssigned');
    owner.signal('SIGSTOP');
    try {
      await eventually(async () => expect(await pools()).toHaveLength(2), { timeoutMs: 15_000 });
    } finally {
      owner.signal('SIGCONT');
    }
    // Both run now. One of them answers commands for both; only the new owner assigns.
    const agent = await tasks.agent({ capabilities: [capability], connect: 5 });
    const ids = await submitUntilAll(requirements, 20);
    const worker = work(agent);
    await eventually(() => expect(worker.done.size).toBeGreaterThanOrEqual(20), { timeoutMs: 30_000 });
    await worker.stop();
    for (const id of ids) {
      const { data } = await tasks.happened(id, 'TaskAssigned');
      expect(data.epoch).toBe((await pools()).length);
    }
  });
});

/** While a replica hangs, requests that reach it are lost for a moment; asked again they are answered. */
async function submitUntilAll(requirements: { capabilities: string[] }, count: number): Promise<string[]> {
  const specifications = Array.from({ length: count }, () => tasks.specification({ requirements }));
  return eventually(async () => (await tasks.done(submitTasks, { tasks: specifications })).task_ids);
}

describe('a restart', () => {
  it('should keep every task, lease, deadline and retry time', async () => {
    const capability = tasks.capability();
    const requirements = { capabilities: [capability] };
    const agent = await tasks.agent({ capabilities: [capability], connect: 3 });
    const [completing, expiring, retrying] = [
      await tasks.submit({ requirements }),
      await tasks.submit({ requirements, lease_seconds: 3 }),
      await tasks.submit({
        requirements,
        retry: { max_attempts: 2, initial_delay_ms: 3_000, factor: 1, max_delay_ms: 3_000, jitter: 0 },
      }),
    ];
    const lease = async (task: string) => ({
      task_id: task,
      agent_id: agent,
      lease_token: (await tasks.assignment(agent, task)).leaseToken,
    });
    await tasks.done(startTask, await lease(completing));
    await tasks.done(startTask, await lease(expiring));
    const failure = { message: 'again, please', retryable: true };
    await tasks.done(completeTask, { ...(await lease(retrying)), outcome: { success: false, failure } });
    const queued = await tasks.submit({ requirements: { capabilities: [tasks.capability()] }, priority: 95 });

    await tasks.stack.restart('tasks');
    tasks.connect(agent, 3);
    const status = await tasks.done(dispatchStatus, { pool: 'default' });
    expect(status).toMatchObject({ epoch: 2, ready: { urgent: 1 } });
    expect(await tasks.types(queued)).toEqual(['TaskSubmitted']);
    await tasks.done(completeTask, { ...(await lease(completing)), outcome: ok });

    await tasks.happened(expiring, 'TaskLeaseExpired');
    const again = await tasks.happened(retrying, 'TaskAssigned', { count: 2 });
    const failed = await tasks.happened(retrying, 'TaskAttemptFailed');
    expect(again.recorded_at.getTime() - failed.recorded_at.getTime()).toBeGreaterThanOrEqual(2_990);
  });
});

describe('the bus down', () => {
  it('should cost time and no task', async () => {
    const capability = tasks.capability();
    const requirements = { capabilities: [capability] };
    const agent = await tasks.agent({ capabilities: [capability], connect: 4 });
    const worker = work(agent);
    const before = await submitUntilAll(requirements, 10);
    await tasks.stack.nats.kill();
    // Assignments made meanwhile, and what tells of them, are lost.
    await eventually(() => expect(tasks.bus.isConnected()).toBe(false));
    await tasks.stack.nats.restart();
    await eventually(() => expect(tasks.bus.isConnected()).toBe(true));
    const after = await submitUntilAll(requirements, 10);
    await eventually(
      () => {
        tasks.connect(agent, 4);
        expect([...before, ...after].filter((id) => !worker.done.has(id))).toEqual([]);
      },
      { timeoutMs: 30_000, intervalMs: 250 },
    );
    await worker.stop();
  });
});
