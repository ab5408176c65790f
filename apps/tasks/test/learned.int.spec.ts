import { completeTask, dispatchStatus } from '@ao/contracts';
import { eventually } from '@ao/testing';
import { TasksFixture } from './tasks.testing';

let tasks: TasksFixture;
beforeAll(async () => {
  tasks = await TasksFixture.start({ ROUTING_STRATEGY: 'trust' });
});
afterAll(() => tasks?.stop());

const done = { success: true, result: null } as const;
const failed = { success: false, failure: { message: 'no', retryable: false } } as const;

describe('a pool that goes by trust', () => {
  it('should give tasks to the agent that does them, also after a restart', async () => {
    const capability = tasks.capability();
    const agents = [1, 2].map(() => tasks.agent({ capabilities: [capability], max_concurrent_tasks: 5 }));
    const [reliable, unreliable] = await Promise.all(agents);
    const assigned = async () => {
      const task_id = await tasks.submit({ requirements: { capabilities: [capability] } });
      return (await tasks.happened(task_id, 'TaskAssigned')).data;
    };
    const end = async ({ task_id, agent_id, lease_token }: Awaited<ReturnType<typeof assigned>>) => {
      const outcome = agent_id === reliable ? done : failed;
      await tasks.done(completeTask, { task_id, agent_id, lease_token, outcome });
    };
    // Of equals each gets one, in turn.
    const first = [await assigned(), await assigned()];
    expect(new Set(first.map(({ agent_id }) => agent_id))).toEqual(new Set([reliable, unreliable]));
    for (const each of first) await end(each);

    const goesToTheReliable = async () => {
      const { reason, ...lease } = await assigned();
      await end({ reason, ...lease });
      expect(reason).toMatchObject({
        strategy: 'trust',
        candidates: [{ agent_id: reliable }, { agent_id: unreliable }],
        candidate_count: 2,
      });
      const [best, other] = reason.candidates.map(({ score }) => score);
      expect(best).toBeGreaterThan(0.5);
      expect(other).toBeCloseTo(1 / 3);
    };
    await eventually(goesToTheReliable);
    expect(await tasks.done(dispatchStatus, { pool: 'default' })).toMatchObject({ strategy: 'trust' });
    await tasks.stack.restart('tasks');
    await eventually(goesToTheReliable, { timeoutMs: 30_000 });
  });
});
