import { countDeadLetters, deadLetterRetry, deadLetterTask, retryDeadLetters, submitTasks } from '@ao/contracts';
import { eventually } from '@ao/testing';
import { TasksFixture } from './tasks.testing';

/** More than two parts of a retry. */
const TASKS = 1_100;
const TYPE = 'doomed';

/** A retry of many, whose process is killed again and again. */
describe('the retry of many dead letters', () => {
  let tasks: TasksFixture;

  beforeAll(async () => {
    tasks = await TasksFixture.start();
  });
  afterAll(() => tasks?.stop());

  async function retriesPerTask(): Promise<number[]> {
    const { rows } = await tasks.admin.query<{ retries: number }>(
      `select count(*)::int as retries from event_log.events
        where category = 'task' and type = 'TaskRetried' group by stream_id`,
    );
    return rows.map(({ retries }) => retries);
  }

  it('should retry each of them once and no other, however often it is cut off', async () => {
    const task = tasks.specification({ type: TYPE, requirements: { capabilities: [tasks.capability()] } });
    const ids: string[] = [];
    for (let left = TASKS; left > 0; left -= 500) {
      const some = Array.from({ length: Math.min(500, left) }, () => task);
      ids.push(...(await tasks.done(submitTasks, { tasks: some })).task_ids);
    }
    await Promise.all(ids.map((task_id) => tasks.done(deadLetterTask, { task_id, reason: 'doomed' })));
    const other = await tasks.submit({ type: 'spared' });
    await tasks.done(deadLetterTask, { task_id: other, reason: 'doomed' });
    const filter = { type: TYPE, failure_class: 'moved_by_operator' };
    expect(await tasks.done(countDeadLetters, { filter })).toEqual({ count: TASKS });

    const { retry_id, count } = await tasks.done(retryDeadLetters, { filter });
    expect(count).toBe(TASKS);
    // Once it has begun it is killed, and once more in the middle.
    for (const done of [1, TASKS / 2]) {
      await eventually(async () => expect((await retriesPerTask()).length).toBeGreaterThanOrEqual(done), {
        timeoutMs: 60_000,
      });
      await tasks.stack.restart('tasks');
    }
    // What becomes one meanwhile is not meant.
    const late = await tasks.submit({ type: TYPE });
    await tasks.done(deadLetterTask, { task_id: late, reason: 'doomed' });
    const finished = await eventually(
      async () => {
        const retry = await tasks.done(deadLetterRetry, { retry_id });
        expect(retry.status).toBe('finished');
        return retry;
      },
      { timeoutMs: 60_000 },
    );
    expect(finished.skipped).toBe(0);
    const retries = await retriesPerTask();
    expect(retries).toHaveLength(TASKS);
    expect(new Set(retries)).toEqual(new Set([1]));
    expect(await tasks.types(other)).not.toContain('TaskRetried');
    expect(await tasks.types(late)).not.toContain('TaskRetried');
    await eventually(async () => expect(await tasks.done(countDeadLetters, { filter: {} })).toEqual({ count: 2 }));
  }, 180_000);
});
