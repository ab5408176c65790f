import { middle, middleLatency, type Latency } from './figures';
import type { StepLatencies, WorkflowFigures } from './workflows.figures';

const TIMES = 3;
const IN_FLIGHT = 64;
const WARM_UP_MS = 20_000;
const RUN_MS = 5_000;
/** In flight while latency is measured: what a step waits for is then the machine, not its neighbours. */
const CALM = 4;
const CALM_MS = 3_000;

/** `run(n)` resolves at the end of the nth run. Medians of three times. */
export async function measureRuns(
  run: (n: number) => Promise<unknown>,
  times: StepLatencies,
): Promise<WorkflowFigures> {
  let n = 0;
  const during = async (milliseconds: number, inFlight: number): Promise<number> => {
    const begun = performance.now();
    let ended = 0;
    await Promise.all(
      Array.from({ length: inFlight }, async () => {
        while (performance.now() < begun + milliseconds) {
          await run(n++);
          ended += 1;
        }
      }),
    );
    return (ended / (performance.now() - begun)) * 1_000;
  };
  await during(WARM_UP_MS, IN_FLIGHT);
  const rates: number[] = [];
  for (let time = 0; time < TIMES; time += 1) rates.push(await during(RUN_MS, IN_FLIGHT));
  times.taken();
  const latencies: Latency[] = [];
  for (let time = 0; time < TIMES; time += 1) {
    await during(CALM_MS, CALM);
    latencies.push(times.taken());
  }
  return { runs_per_second: Math.round(middle(rates)), step_to_step: middleLatency(latencies) };
}
