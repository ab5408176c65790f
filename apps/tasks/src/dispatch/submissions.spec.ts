import type { RecordedEvent } from '@ao/event-log';
import { Submissions } from './submissions';

const submitted = (task_id: string, bytes: number): RecordedEvent => ({
  position: 7,
  stream_id: `task-${task_id}`,
  category: 'task',
  version: 1,
  type: 'TaskSubmitted',
  schema_version: 1,
  data: {
    task_id,
    type: 't',
    payload: { text: 'x'.repeat(bytes) },
    priority: 40,
    lease_seconds: 60,
    submitted_at: 'then',
  },
  metadata: { actor: { type: 'operator', id: 'o' }, correlation_id: 'c', causation_id: 'x', command_id: 'y' },
  recorded_at: '2026-01-01T00:00:00.000000Z',
});

function submissions(capacity: number) {
  const reads: string[] = [];
  const log = {
    readStream: async (stream: string) => {
      reads.push(stream);
      return stream === 'task-none' ? [] : [submitted(stream.slice(5), 10)];
    },
  };
  return { reads, cache: new Submissions(log, capacity) };
}

describe('the submissions of tasks', () => {
  it('should come from memory as long as they fit', async () => {
    const { cache, reads } = submissions(3_000);
    for (const id of ['1', '2', '3']) cache.remember(submitted(id, 1_000));
    expect(await cache.of('3')).toMatchObject({
      type: 't',
      payload: expect.stringContaining('xxx') as unknown,
      origin: { correlation_id: 'c', causation_id: 'task@7' },
    });
    expect(reads).toEqual([]);
    expect(await cache.of('1')).toMatchObject({ payload: '{"text":"xxxxxxxxxx"}' });
    expect(reads).toEqual(['task-1']);
  });

  it('should be read once for all who ask at the same time', async () => {
    const { cache, reads } = submissions(3_000);
    await Promise.all([cache.of('9'), cache.of('9')]);
    expect(reads).toEqual(['task-9']);
  });

  it('rejects a task that nobody submitted', async () => {
    await expect(submissions(1).cache.of('none')).rejects.toThrow("expected task 'none' in the log");
  });
});
