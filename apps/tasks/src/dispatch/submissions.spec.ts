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

  it('should follow what is changed, asked and answered', async () => {
    const { cache, reads } = submissions(3_000);
    const happens = (type: string, data: object) =>
      cache.remember({ ...submitted('1', 0), type, version: 2, data: { task_id: '1', ...data } });
    cache.remember(submitted('1', 10));
    happens('TaskChanged', { changes: { payload: { file: 'b' }, priority: 90, title: 'B', instructions: 'do b' } });
    happens('TaskChanged', { changes: { title: 'C', deadline: null } });
    expect(await cache.of('1')).toMatchObject({
      ...{ payload: '{"file":"b"}', priority: 90, texts: { title: 'C', instructions: 'do b' }, revision: 2 },
    });
    happens('TaskInputProvided', { input: null });
    expect(await cache.of('1')).toMatchObject({ answer: { input: null } });
    happens('TaskInputRequired', { prompt: 'and?' });
    expect(await cache.of('1')).not.toHaveProperty('answer');
    expect(reads).toEqual([]);
  });

  it('should read again what was changed while it was read', async () => {
    let answer: (events: RecordedEvent[]) => void = () => undefined;
    let reads = 0;
    const readStream = () => new Promise<RecordedEvent[]>((resolve) => ((reads += 1), (answer = resolve)));
    const cache = new Submissions({ readStream });
    void cache.of('1');
    cache.remember({ ...submitted('1', 0), type: 'TaskChanged', data: { task_id: '1', changes: {} } });
    const later = cache.of('1');
    expect(reads).toBe(2);
    answer([submitted('1', 10)]);
    expect(await later).toMatchObject({ revision: 0 });
  });

  it('rejects a task that nobody submitted', async () => {
    await expect(submissions(1).cache.of('none')).rejects.toThrow("expected task 'none' in the log");
  });
});
