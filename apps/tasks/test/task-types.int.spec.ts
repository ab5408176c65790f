import { configureTaskType, deleteTaskType, submitTask, submitTasks, type TaskOrder } from '@ao/contracts';
import { newId } from '@ao/kernel';
import { TasksFixture } from './tasks.testing';

let tasks: TasksFixture;
beforeAll(async () => {
  tasks = await TasksFixture.start();
});
afterAll(() => tasks?.stop());

const EVERYWHERE = {
  ...{ priority: 40, lease_seconds: 60 },
  retry: { max_attempts: 3, initial_delay_ms: 1_000, factor: 2, max_delay_ms: 300_000, jitter: 0.2 },
};
const order = (type: string, change: Partial<TaskOrder> = {}): TaskOrder => ({
  ...{ type, payload: {}, requirements: { capabilities: ['nobody'] } },
  ...change,
});
const submittedAs = async (taskId: string) => (await tasks.happened(taskId, 'TaskSubmitted')).data;
const submit = async (type: string, change: Partial<TaskOrder> = {}) =>
  submittedAs((await tasks.done(submitTask, order(type, change))).task_id);

describe('the defaults of a task type', () => {
  it('should be those of submissions that do not say, from the answer on', async () => {
    const type = tasks.capability();
    expect(await submit(type)).toMatchObject(EVERYWHERE);
    const { task_type_id, created } = await tasks.done(configureTaskType, {
      ...{ type, lease_seconds: 7, priority: 80, on_agent_lost: 'fail' },
      retry: { max_attempts: 1, non_retryable: ['bad_input'] },
    });
    expect(created).toBe(true);
    const retry = { ...EVERYWHERE.retry, max_attempts: 1, non_retryable: ['bad_input'] };
    const defaults = { lease_seconds: 7, priority: 80, on_agent_lost: 'fail', retry };
    expect(await submit(type)).toMatchObject(defaults);
    expect(await submit(type, { priority: 0, retry: { max_attempts: 9 } })).toMatchObject({
      ...defaults,
      ...{ priority: 0, retry: { ...retry, max_attempts: 9 } },
    });
    const { task_ids } = await tasks.done(submitTasks, { tasks: [order(type), order(tasks.capability())] });
    expect(await submittedAs(task_ids[0]!)).toMatchObject(defaults);
    expect(await submittedAs(task_ids[1]!)).toMatchObject(EVERYWHERE);

    await tasks.stack.restart('tasks');
    expect(await submit(type)).toMatchObject(defaults);
    await tasks.done(deleteTaskType, { task_type_id });
    expect(await submit(type)).toMatchObject(EVERYWHERE);
  });

  it('should not make another command of one that is sent again after they have changed', async () => {
    const type = tasks.capability();
    const command_id = newId();
    const first = await tasks.done(submitTask, order(type), { command_id });
    await tasks.done(configureTaskType, { type, priority: 100 });
    expect(await tasks.done(submitTask, order(type), { command_id })).toEqual(first);
    expect(await submittedAs(first.task_id)).toMatchObject({ priority: 40 });
  });
});
