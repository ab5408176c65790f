import { METRIC_NAMES, METRICS, seriesOf, type MetricSums } from './metric.series';
import { PERIODS, stretchOf } from './metric.queries';

const NOW = Date.parse('2026-01-01T10:02:30.000Z');
const from = Date.parse('2026-01-01T10:00:00.000Z');
const stretch = { from, now: NOW, stepSeconds: 60 };
const step = (minute: number, sums: Record<string, number>) =>
  [from + minute * 60_000, new Map(Object.entries(sums))] as const;
const sums = (now: Record<string, number>, ...steps: (readonly [number, Map<string, number>])[]): MetricSums => ({
  now: new Map(Object.entries(now)),
  steps: new Map(steps),
});
const series = (name: keyof typeof METRICS, of: MetricSums) =>
  seriesOf([name], of, stretch)
    .get(name)!
    .map(({ timestamp, value }) => [timestamp.slice(14, 16), value]);

describe('the series of metrics', () => {
  const some = sums(
    { queued: 3, agents: 2 },
    ...[
      step(0, { submitted: 20, completed: 19, failed: 1, queued: 2, 'response/ms': 300, 'response/14': 2, agents: 1 }),
      step(2, { submitted: 4, completed: 1, cancelled: 3, queued: -1, agents: 1 }),
    ],
  );

  it('should tell shares and times only where there is something to tell, and counts always', () => {
    expect(series('task_completion_rate', some)).toEqual([
      ['00', 95],
      ['02', 25],
    ]);
    expect(series('error_rate', some)).toEqual([
      ['00', 5],
      ['02', 0],
    ]);
    expect(series('response_time', some)).toEqual([['00', 150]]);
    expect(series('response_time_p99', some)).toHaveLength(1);
    expect(series('tasks_submitted', some)).toEqual([
      ['00', 20],
      ['01', 0],
      ['02', 4],
    ]);
  });

  it('should reckon levels backwards from now, changes after the last step left out', () => {
    expect(series('queue_depth', some)).toEqual([
      ['00', 4],
      ['01', 4],
      ['02', 3],
    ]);
    const ahead = sums({ agents: 5 }, step(1, { agents: 2 }), step(3, { agents: 1 }));
    expect(series('active_agents', ahead)).toEqual([
      ['00', 2],
      ['01', 4],
      ['02', 4],
    ]);
  });

  it('should reckon the throughput of the step that is not over by what has passed of it', () => {
    expect(series('throughput', some)).toEqual([
      ['00', 19],
      ['01', 0],
      ['02', 2],
    ]);
    const first = seriesOf(['throughput'], some, { ...stretch, now: from }).get('throughput')!;
    expect(first).toEqual([{ timestamp: '2026-01-01T10:00:00.000Z', value: 1_140 }]);
  });

  it('should have all of them, none of it not a number, of nothing too', () => {
    for (const counted of [some, sums({})])
      for (const points of seriesOf(METRIC_NAMES, counted, stretch).values())
        for (const { value } of points) expect(Number.isFinite(value)).toBe(true);
    expect([...seriesOf(METRIC_NAMES, sums({}), stretch).keys()]).toEqual(METRIC_NAMES);
    expect(METRIC_NAMES.slice(0, 3)).toEqual(['task_completion_rate', 'response_time', 'error_rate']);
  });

  it.each(Object.keys(PERIODS) as (keyof typeof PERIODS)[])(
    'should cover all of %s, from where a step begins',
    (period) => {
      const { from: first, stepSeconds } = stretchOf(period, NOW);
      expect(first % (stepSeconds * 1_000)).toBe(0);
      expect(NOW - first).toBeGreaterThanOrEqual(PERIODS[period].seconds * 1_000);
      expect(NOW - first).toBeLessThan((PERIODS[period].seconds + stepSeconds) * 1_000);
    },
  );
});
