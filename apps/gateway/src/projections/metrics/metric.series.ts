import { quantile } from './metric.buckets';

/** A stretch of time in steps. Unix milliseconds. */
export interface Stretch {
  /** Of the first step. */
  readonly from: number;
  /** Until when the last step lasts, so far. */
  readonly now: number;
  readonly stepSeconds: number;
}

/** What was counted in one step, by measure; absent: nothing. */
export type StepSums = ReadonlyMap<string, number>;

export interface MetricSums {
  /** By the Unix milliseconds at which a step begins. */
  readonly steps: ReadonlyMap<number, StepSums>;
  /** Where levels stand now. */
  readonly now: StepSums;
}

export interface Point {
  readonly timestamp: string;
  readonly value: number;
}

interface Step {
  readonly sums: StepSums;
  readonly minutes: number;
  /** Of a level, at the end of the step. */
  readonly levels: ReadonlyMap<string, number>;
}

interface Metric {
  readonly unit: 'percent' | 'milliseconds' | 'count' | 'per minute';
  readonly what: string;
  /** Undefined: the step says nothing of it. */
  readonly of: (step: Step) => number | undefined;
}

const sum =
  (...measures: string[]) =>
  ({ sums }: Step) =>
    measures.reduce((all, one) => all + (sums.get(one) ?? 0), 0);
const ended = sum('completed', 'failed', 'cancelled');
const level =
  (name: string) =>
  ({ levels }: Step) =>
    levels.get(name) ?? 0;

const share = (part: string) => (step: Step) => {
  const whole = ended(step);
  return whole === 0 ? undefined : round(((step.sums.get(part) ?? 0) / whole) * 100, 1);
};

function binsOf({ sums }: Step, what: string): Map<number, number> {
  const bins = new Map<number, number>();
  for (const [measure, count] of sums) {
    const [of, bin] = measure.split('/');
    if (of === what && bin !== undefined && bin !== 'ms') bins.set(Number(bin), count);
  }
  return bins;
}

const mean = (what: string) => (step: Step) => {
  const count = [...binsOf(step, what).values()].reduce((all, one) => all + one, 0);
  return count === 0 ? undefined : Math.round((step.sums.get(`${what}/ms`) ?? 0) / count);
};

const below = (what: string, part: number) => (step: Step) => {
  const time = quantile(binsOf(step, what), part);
  return time === undefined ? undefined : Math.round(time);
};

/** The series there are: seed 001's three, and what stands beside them. */
export const METRICS = {
  task_completion_rate: { unit: 'percent', what: 'completed tasks, of those that ended', of: share('completed') },
  response_time: {
    unit: 'milliseconds',
    what: 'mean time from the start of a task to its completion',
    of: mean('response'),
  },
  error_rate: {
    unit: 'percent',
    what: 'tasks that failed, expired or were dead-lettered, of those that ended',
    of: share('failed'),
  },
  response_time_p50: { unit: 'milliseconds', what: 'median of the same time', of: below('response', 0.5) },
  response_time_p99: { unit: 'milliseconds', what: '99th percentile of the same time', of: below('response', 0.99) },
  queue_wait: { unit: 'milliseconds', what: 'mean time from a task being ready to its assignment', of: mean('wait') },
  queue_wait_p50: { unit: 'milliseconds', what: 'median of the same time', of: below('wait', 0.5) },
  queue_wait_p99: { unit: 'milliseconds', what: '99th percentile of the same time', of: below('wait', 0.99) },
  throughput: {
    unit: 'per minute',
    what: 'completed tasks',
    of: (step) => round((step.sums.get('completed') ?? 0) / step.minutes, 2),
  },
  tasks_submitted: { unit: 'count', what: 'tasks submitted', of: sum('submitted') },
  tasks_completed: { unit: 'count', what: 'tasks completed', of: sum('completed') },
  tasks_failed: { unit: 'count', what: 'tasks failed, expired or dead-lettered', of: sum('failed') },
  tasks_cancelled: { unit: 'count', what: 'tasks cancelled, or dead-lettered by hand', of: sum('cancelled') },
  attempts_failed: { unit: 'count', what: 'attempts that failed and are repeated', of: sum('attempts_failed') },
  queue_depth: { unit: 'count', what: 'tasks that waited for an agent, at the end', of: level('queued') },
  running_tasks: { unit: 'count', what: 'tasks that were worked at, at the end', of: level('running') },
  active_agents: { unit: 'count', what: 'agents that took tasks or were busy, at the end', of: level('agents') },
  workflow_runs: { unit: 'count', what: 'runs of workflows started', of: sum('runs_started') },
  workflow_runs_completed: { unit: 'count', what: 'runs of workflows completed', of: sum('runs_completed') },
  workflow_runs_failed: { unit: 'count', what: 'runs of workflows failed', of: sum('runs_failed') },
  workflow_run_time: {
    unit: 'milliseconds',
    what: 'mean time from the start of a run to its completion',
    of: mean('run'),
  },
} as const satisfies Readonly<Record<string, Metric>>;

export type MetricName = keyof typeof METRICS;
export const METRIC_NAMES = Object.keys(METRICS) as MetricName[];

/**
 * One point per step, at its beginning, oldest first; the last step is not over. Counts and levels have every point; a share
 * or a time has none for a step in which nothing ended or was taken. Pure.
 */
export function seriesOf(names: readonly MetricName[], sums: MetricSums, stretch: Stretch): Map<MetricName, Point[]> {
  const steps = stepsOf(sums, stretch);
  return new Map(
    names.map((name) => {
      const metric: Metric = METRICS[name];
      return [
        name,
        steps.flatMap(({ at, ...step }) => {
          const value = metric.of(step);
          return value === undefined ? [] : [{ timestamp: new Date(at).toISOString(), value }];
        }),
      ];
    }),
  );
}

const NOTHING: StepSums = new Map();

/** Levels are known now: what they were before follows backwards from how much they changed since. */
function stepsOf(sums: MetricSums, { from, now, stepSeconds }: Stretch): (Step & { at: number })[] {
  const levels = new Map(sums.now);
  const steps: (Step & { at: number })[] = [];
  const width = stepSeconds * 1_000;
  const last = from + Math.floor((now - from) / width) * width;
  // By the log's clock, which may be ahead of this process's.
  for (const [at, step] of sums.steps) if (at > last) takeBack(levels, step);
  for (let at = last; at >= from; at -= width) {
    const step = sums.steps.get(at) ?? NOTHING;
    // The step that is not over: what was counted in its first moment did not come in no time.
    const minutes = Math.max(1_000, Math.min(width, now - at)) / 60_000;
    steps.unshift({ at, sums: step, minutes, levels: new Map(levels) });
    takeBack(levels, step);
  }
  return steps;
}

function takeBack(levels: Map<string, number>, changes: StepSums): void {
  for (const [name, value] of levels) levels.set(name, value - (changes.get(name) ?? 0));
}

function round(value: number, digits: number): number {
  return Math.round(value * 10 ** digits) / 10 ** digits;
}
