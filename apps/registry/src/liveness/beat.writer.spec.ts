import { HeartbeatBatch } from '@ao/contracts';
import type { Pool } from 'pg';
import { BeatWriter } from './beat.writer';

/** A pool that keeps the statements' parameters and answers when told to. */
function recorder() {
  const queries: { parameters: unknown[][]; answer: (error?: Error) => void }[] = [];
  const published: string[] = [];
  const failures: unknown[] = [];
  const writer = new BeatWriter({
    table: { name: 'telemetry.agent_liveness', key: 'agent_id' },
    pool: {
      query: (_sql: string, parameters: unknown[][]) =>
        new Promise((resolve, reject) => {
          queries.push({ parameters, answer: (error) => (error ? reject(error) : resolve({ rows: [] })) });
        }),
    } as unknown as Pick<Pool, 'query'>,
    publish: (_subject, text) => published.push(text),
    onFailure: (error) => failures.push(error),
  });
  return { writer, queries, published, failures };
}

const beat = (id: string, at = 1_000) => ({ id, at, seen_at: at, interval_seconds: 10 });
const ids = (query: { parameters: unknown[][] } | undefined) => query?.parameters[0];

describe('the writer of beats', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('should write the beats of 100 ms in one statement, with the deadline that the rules give', async () => {
    const { writer, queries } = recorder();
    writer.take(beat('a'));
    writer.take(beat('b'));
    jest.advanceTimersByTime(99);
    expect(queries).toHaveLength(0);
    jest.advanceTimersByTime(1);
    expect(queries).toHaveLength(1);
    expect(queries[0]?.parameters.slice(0, 4)).toEqual([
      ['a', 'b'],
      [10, 10],
      ['1970-01-01T00:00:01.000Z', '1970-01-01T00:00:01.000Z'],
      ['1970-01-01T00:00:12.000Z', '1970-01-01T00:00:12.000Z'],
    ]);
    queries[0]?.answer();
    await writer.close();
  });

  it('should not wait once a thousand beats wait', () => {
    const { writer, queries } = recorder();
    for (let index = 0; index < 1_000; index += 1) writer.take(beat(`a${index}`));
    expect(queries).toHaveLength(1);
  });

  it('should keep one statement in flight and write the rest after it', async () => {
    const { writer, queries } = recorder();
    for (let index = 0; index < 1_000; index += 1) writer.take(beat(`a${index}`));
    writer.take(beat('late'));
    jest.advanceTimersByTime(1_000);
    expect(queries).toHaveLength(1);
    queries[0]?.answer();
    await jest.advanceTimersByTimeAsync(100);
    expect(ids(queries[1])).toEqual(['late']);
  });

  it('should announce what was written, in messages that fit the bus', async () => {
    const { writer, queries, published } = recorder();
    const load_metrics = Object.fromEntries(
      Array.from({ length: 100 }, (_, index) => [`metric-number-${index}`, index]),
    );
    for (let index = 0; index < 200; index += 1) writer.take({ ...beat(`a${index}`), load_metrics });
    await jest.advanceTimersByTimeAsync(100);
    expect(published).toEqual([]);
    queries[0]?.answer();
    await jest.advanceTimersByTimeAsync(0);
    expect(published.length).toBeGreaterThan(1);
    expect(Math.max(...published.map((text) => text.length))).toBeLessThan(256 * 1024);
    const beats = published.flatMap((text) => (JSON.parse(text) as HeartbeatBatch).beats);
    expect(beats).toHaveLength(200);
    expect(beats[0]).toEqual({ agent_id: 'a0', at: 1_000, load_metrics });
  });

  it('should keep beats that could not be written and try again later', async () => {
    const { writer, queries, failures, published } = recorder();
    writer.take(beat('a'));
    await jest.advanceTimersByTimeAsync(100);
    queries[0]?.answer(new Error('away'));
    await jest.advanceTimersByTimeAsync(0);
    expect(failures).toHaveLength(1);
    writer.take(beat('a', 2_000));
    await jest.advanceTimersByTimeAsync(199);
    expect(queries).toHaveLength(1);
    await jest.advanceTimersByTimeAsync(1);
    expect(queries[1]?.parameters.slice(0, 3)).toEqual([['a'], [10], ['1970-01-01T00:00:02.000Z']]);
    queries[1]?.answer();
    await jest.advanceTimersByTimeAsync(0);
    expect(published).toHaveLength(1);
  });

  it('should write what waits before it closes', async () => {
    const { writer, queries } = recorder();
    writer.take(beat('a'));
    const closed = writer.close();
    await jest.advanceTimersByTimeAsync(0);
    expect(ids(queries[0])).toEqual(['a']);
    queries[0]?.answer();
    await closed;
    expect(writer.waiting).toBe(0);
  });
});
