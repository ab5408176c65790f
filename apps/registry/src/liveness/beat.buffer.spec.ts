import { BeatBuffer, type Beat } from './beat.buffer';

const beat = (id: string, at: number, more: Partial<Beat> = {}): Beat => ({
  id,
  seen_at: at,
  at,
  interval_seconds: 30,
  ...more,
});

describe('the beat buffer', () => {
  it('should keep one entry per agent, with the newest beat and what was last said of load and health', () => {
    const buffer = new BeatBuffer();
    buffer.take(beat('a', 1, { load_metrics: { cpu_usage: 1 }, health: 'degraded' }));
    buffer.take(beat('a', 2, { load_metrics: { cpu_usage: 2 } }));
    buffer.take(beat('a', 3));
    expect(buffer.drain(10)).toEqual([beat('a', 3, { load_metrics: { cpu_usage: 2 }, health: 'degraded' })]);
    expect(buffer.size).toBe(0);
  });

  it('should not take a load report for a sign of life', () => {
    const buffer = new BeatBuffer();
    buffer.take(beat('a', 5, { seen_at: null, load_metrics: { pending_tasks: 1 } }));
    buffer.take(beat('b', 1));
    buffer.take(beat('b', 5, { seen_at: null, load_metrics: { pending_tasks: 1 } }));
    expect(buffer.drain(10).map(({ id, seen_at }) => [id, seen_at])).toEqual([
      ['a', null],
      ['b', 1],
    ]);
  });

  it('should drain in portions, oldest first', () => {
    const buffer = new BeatBuffer();
    for (const id of ['a', 'b', 'c']) buffer.take(beat(id, 1));
    expect(buffer.drain(2).map(({ id }) => id)).toEqual(['a', 'b']);
    expect(buffer.drain(2).map(({ id }) => id)).toEqual(['c']);
  });

  it('should let what came meanwhile win over what is put back', () => {
    const buffer = new BeatBuffer();
    buffer.take(beat('a', 1, { health: 'error' }));
    const failed = buffer.drain(10);
    buffer.take(beat('a', 2, { load_metrics: { cpu_usage: 1 } }));
    buffer.putBack([...failed, beat('b', 1)]);
    expect(buffer.drain(10)).toEqual([beat('a', 2, { health: 'error', load_metrics: { cpu_usage: 1 } }), beat('b', 1)]);
  });
});
