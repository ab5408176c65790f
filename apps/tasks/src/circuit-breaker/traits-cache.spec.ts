import type { RecordedEvent } from '@ao/event-log';
import { TraitsCache } from './traits-cache';

const submitted = (task_id: string, concurrency_key?: string) =>
  ({
    ...{ category: 'task', stream_id: `task-${task_id}`, type: 'TaskSubmitted' },
    data: { task_id, type: `type of ${task_id}`, concurrency_key },
  }) as unknown as RecordedEvent;

function cacheOver(ids: string[], capacity?: number) {
  const read: string[] = [];
  const readStream = async (stream: string) => {
    read.push(stream);
    return ids.filter((id) => stream === `task-${id}`).map((id) => submitted(id));
  };
  return { cache: new TraitsCache({ readStream }, capacity), read };
}

describe('what is known of tasks', () => {
  it('should be what was heard, and read where it was not', async () => {
    const { cache, read } = cacheOver(['1', '2', '3']);
    cache.remember(submitted('1', 'host-1'));
    cache.remember({ ...submitted('1'), type: 'TaskCancelled' });
    await cache.learn(['1', '2', '2', '3', 'unknown']);
    expect(read.sort()).toEqual(['task-2', 'task-3', 'task-unknown']);
    expect(cache.get('1')).toEqual({ type: 'type of 1', target: 'host-1' });
    expect(cache.get('2')).toEqual({ type: 'type of 2' });
    expect(cache.get('unknown')).toBeUndefined();
  });

  it('should be no more than there is room for, the oldest gone first', async () => {
    const { cache, read } = cacheOver(['1'], 2);
    for (const id of ['1', '2', '3']) cache.remember(submitted(id));
    expect(['1', '2', '3'].map((id) => cache.get(id) !== undefined)).toEqual([false, true, true]);
    await cache.learn(['1']);
    expect(read).toEqual(['task-1']);
  });
});
