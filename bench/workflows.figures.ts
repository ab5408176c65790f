import { latencyOf, type Latency } from './figures';

/** Medians of three runs. */
export interface WorkflowFigures {
  readonly runs_per_second: number;
  /** From the end of a step's work to the start of the next one's, on one clock. */
  readonly step_to_step: Latency;
}

/** When steps of runs began and ended, in the process that carries them out. */
export interface StepLatencies {
  started(run: number, step: number): void;
  ended(run: number, step: number): void;
  /** Since the last time it was asked. */
  taken(): Latency;
}

export function stepLatencies(): StepLatencies {
  const endedAt = new Map<number, number>();
  let between: number[] = [];
  return {
    started(run, step) {
      const before = endedAt.get(run);
      if (step > 0 && before !== undefined) between.push(performance.now() - before);
    },
    ended: (run) => void endedAt.set(run, performance.now()),
    taken() {
      const latency = latencyOf(between);
      between = [];
      endedAt.clear();
      return latency;
    },
  };
}
