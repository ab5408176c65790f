import path from 'node:path';
import { sqlFile } from '@ao/event-log';
import type { Pool } from 'pg';
import { firstCounter, type Resolution } from './metric.buckets';
import type { MetricSums, Stretch } from './metric.series';

const SERIES = sqlFile(path.join(__dirname, 'sql', 'series.sql'));
const DAY_MS = 86_400_000;

/** How a period is told: each step is made of minutes or of hours, and begins where a multiple of it does in UTC. */
export const PERIODS = {
  '1h': { seconds: 3_600, stepSeconds: 60, resolution: 'minute' },
  '24h': { seconds: 86_400, stepSeconds: 900, resolution: 'minute' },
  '7d': { seconds: 604_800, stepSeconds: 3_600, resolution: 'hour' },
  '30d': { seconds: 2_592_000, stepSeconds: 21_600, resolution: 'hour' },
} as const satisfies Readonly<
  Record<string, { readonly seconds: number; readonly stepSeconds: number; readonly resolution: Resolution }>
>;
export type Period = keyof typeof PERIODS;

/** The whole steps that the period before `now` touches: the first begins at its beginning or before. */
export function stretchOf(period: Period, now: number): Stretch {
  const { seconds, stepSeconds } = PERIODS[period];
  const width = stepSeconds * 1_000;
  return { from: Math.floor((now - seconds * 1_000) / width) * width, now, stepSeconds };
}

/** Reads of the model `metrics`. */
export class MetricQueries {
  constructor(private readonly pool: Pick<Pool, 'query'>) {}

  async sums(period: Period, stretch: Stretch): Promise<MetricSums> {
    const { resolution } = PERIODS[period];
    return this.read(resolution, stretch.from, stretch.stepSeconds);
  }

  /** What was counted since the beginning of the day (UTC). */
  async today(now: number): Promise<ReadonlyMap<string, number>> {
    const from = Math.floor(now / DAY_MS) * DAY_MS;
    return (await this.read('hour', from, DAY_MS / 1_000)).steps.get(from) ?? new Map<string, number>();
  }

  /** Everything since `from`, to the end: of what is later too levels are reckoned. ':' comes after every digit. */
  private async read(resolution: Resolution, from: number, stepSeconds: number): Promise<MetricSums> {
    const first = firstCounter(resolution, from);
    const { rows } = await this.pool.query<{ at: number | null; measure: string; value: number }>({
      name: 'metric_series',
      text: SERIES,
      values: [first, `${first.slice(0, 1)}:`, stepSeconds],
    });
    const steps = new Map<number, Map<string, number>>();
    const now = new Map<string, number>();
    for (const { at, measure, value } of rows) {
      if (at === null) {
        now.set(measure, value);
        continue;
      }
      const start = Number(at) * 1_000;
      const step = steps.get(start);
      if (step) step.set(measure, value);
      else steps.set(start, new Map([[measure, value]]));
    }
    return { steps, now };
  }
}
