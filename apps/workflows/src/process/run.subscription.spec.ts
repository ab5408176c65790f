import { taskEvents } from '@ao/contracts';
import type { RecordedEvent } from '@ao/event-log';
import { newId } from '@ao/kernel';
import { endedTask } from './batch.plan';
import { runSubscription, type RunSubscriptionOptions } from './run.subscription';

const ended = (task_id: string, type = 'TaskCompleted') =>
  ({ category: 'task', type, data: { task_id, result: null } }) as unknown as RecordedEvent;
const failure = (task_id: string) =>
  ({
    category: 'task',
    type: 'TaskDeadLettered',
    data: { task_id, failure: { message: '' } },
  }) as unknown as RecordedEvent;

/** The subscription with the tasks that its table names. */
async function scene(...ids: string[]) {
  const tasks = new Set<string>();
  const subscription = runSubscription({
    tasks,
    store: {
      async *tasks() {
        yield* await Promise.resolve(ids);
      },
    },
    executor: { takeOver: () => Promise.resolve() },
    carriesOut: () => undefined,
  } as unknown as RunSubscriptionOptions);
  await subscription.activated!(0);
  return { subscription, tasks };
}

describe('what runs follow', () => {
  it('should pass over the ends of tasks that no run waits for', async () => {
    const [mine, other] = [newId(), newId()];
    const { subscription } = await scene(mine);
    expect(subscription.passesOver!([ended(other), failure(other), ended(mine, 'TaskStarted')])).toBe(true);
    expect(subscription.passesOver!([ended(other), ended(mine)])).toBe(false);
    expect(subscription.passesOver!([failure(mine)])).toBe(false);
    expect(subscription.passesOver!([{ category: 'run', type: 'RunStarted' } as RecordedEvent])).toBe(false);
  });

  it('should want tasks at once while runs wait for some, and the rest always', async () => {
    const { subscription, tasks } = await scene();
    const interests = () => subscription.categories.map((category) => subscription.interest!(category));
    expect(subscription.categories).toEqual(['run', 'task', 'approval', 'signal']);
    expect(interests()).toEqual(['now', 'later', 'now', 'now']);
    const mine = newId();
    tasks.add(mine);
    expect(interests()).toEqual(['now', 'now', 'now', 'now']);
    tasks.delete(mine);
    expect(interests()).toEqual(['now', 'later', 'now', 'now']);
  });

  it('should want of tasks all that may tell of an end', async () => {
    const { subscription } = await scene();
    const telling = Object.keys(taskEvents).filter((type) => {
      const event = { category: 'task', type, data: { task_id: newId(), failure: {} } };
      return endedTask(event as unknown as RecordedEvent) !== undefined;
    });
    expect(new Set(subscription.types!['task'])).toEqual(new Set(telling));
  });
});
