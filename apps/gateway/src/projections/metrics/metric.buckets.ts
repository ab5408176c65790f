/**
 * Names of the counters that the model `metrics` is made of: `m2026-01-31T10:15/completed` of a minute,
 * `h2026-01-31T10:00/completed` of an hour, `now/agents` of a level that only changes. All of one width up to the measure, so
 * that a stretch of time is a range of the primary key.
 */

/** What is counted in both kinds of bucket: how much of it, by its name. Whole numbers. */
export type Measures = Readonly<Record<string, number>>;

export type Resolution = 'minute' | 'hour';

const LETTER: Readonly<Record<Resolution, string>> = { minute: 'm', hour: 'h' };

/** Levels: what is summed up in buckets is by how much they changed. */
export const LEVELS = ['queued', 'running', 'agents'] as const;
const IS_LEVEL: ReadonlySet<string> = new Set(LEVELS);

/** The counters that measures at a time (ISO 8601, UTC) change. */
export function countersAt(time: string, measures: Measures): Record<string, number> {
  const minute = `m${time.slice(0, 16)}/`;
  const hour = `h${time.slice(0, 13)}:00/`;
  const counters: Record<string, number> = {};
  for (const measure in measures) {
    const by = measures[measure]!;
    if (by === 0) continue;
    counters[minute + measure] = by;
    counters[hour + measure] = by;
    if (IS_LEVEL.has(measure)) counters[`now/${measure}`] = by;
  }
  return counters;
}

/** Where the counters of a stretch begin: those from `from` on are not before this name. Unix milliseconds. */
export function firstCounter(resolution: Resolution, from: number): string {
  return LETTER[resolution] + new Date(from).toISOString().slice(0, 16);
}

/**
 * Bounds of a histogram of milliseconds: bin `n` holds what is at least BOUNDS[n] and less than the next. Two bins to each
 * doubling, up to 24 days; the last has no upper bound. Whole numbers: near 1 two of them are the same one.
 */
export const BOUNDS: readonly number[] = [
  ...new Set([0, 1, ...Array.from({ length: 62 }, (_, n) => Math.round(2 ** ((n + 1) / 2)))]),
];

/** One time that something took: into the sum, and into its bin. Times before their beginning are none. */
export function taken(what: 'response' | 'wait' | 'run', from: string, to: string): Measures {
  const milliseconds = Math.max(0, Date.parse(to) - Date.parse(from));
  return { [`${what}/ms`]: milliseconds, [`${what}/${String(binOf(milliseconds)).padStart(2, '0')}`]: 1 };
}

export function binOf(milliseconds: number): number {
  let low = 0;
  let high = BOUNDS.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (BOUNDS[middle]! <= milliseconds) low = middle;
    else high = middle - 1;
  }
  return low;
}

/**
 * The time below which this share of what is in the bins lies, as if what is in a bin lay evenly in it: off by less than
 * the bin is wide, which is 41 % of it. Undefined of empty bins.
 */
export function quantile(bins: ReadonlyMap<number, number>, share: number): number | undefined {
  const filled = [...bins].sort(([a], [b]) => a - b);
  const total = filled.reduce((sum, [, count]) => sum + count, 0);
  if (total === 0) return undefined;
  let below = 0;
  for (const [bin, count] of filled) {
    if (below + count >= share * total) {
      const lower = BOUNDS[bin]!;
      const upper = BOUNDS[bin + 1] ?? lower * 2;
      return lower + ((share * total - below) / count) * (upper - lower);
    }
    below += count;
  }
  return undefined;
}
