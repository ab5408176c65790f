import { Client, Worker, type TaskContext } from '@agent-orchestration/sdk';
import { SERVICES } from '@ao/embedded';
import { pause, round } from './figures';
import { chooseWorkflowPeers, runWorkflowPeers } from './peers/workflows/run-workflow-peers';
import { benchStack, type BenchStack } from './stack';
import { stepLatencies, type StepLatencies, type WorkflowFigures } from './workflows.figures';
import { measureRuns } from './workflows.load';

const WORKERS = 4;
const CONCURRENCY = 64;
const FAN = 10;
/** Of Restate with three journalled steps in process. */
const GATE = 0.4;
const GOAL = 1;
const CAPABILITY = 'bench';

export interface WorkflowsBenchOptions {
  readonly print: (line: object) => void;
}

/**
 * Runs through everything: started over HTTP, each step a task that a worker carries out over WebSocket, the end heard on the
 * live hub. Then the peers (`BENCH_PEERS=restate` chooses, `none` leaves them out), while our services rest.
 */
export async function workflowsBench({ print }: WorkflowsBenchOptions): Promise<void> {
  const peers = chooseWorkflowPeers();
  const stack = await benchStack();
  const line = (what: string, figures: object) => print({ bench: 'workflows', what, ...figures });
  try {
    const times = stepLatencies();
    const fleet = await startFleet(stack, times);
    let sequence: WorkflowFigures;
    try {
      const spent = costOf(stack);
      sequence = await fleet.measure('three steps in sequence', SEQUENCE);
      line('three steps in sequence', { ...flat(sequence), cpu_us_per_run: spent(fleet.ended()) });
      line(`a fan-out of ${FAN}, then one step`, flat(await fleet.measure('fan-out', FANNED)));
    } finally {
      await fleet.stop();
    }
    await stack.end(SERVICES);
    const figures = await runWorkflowPeers(peers, stack, line);
    const restate = figures.get('restate');
    if (restate) {
      const ratio = round(sequence.runs_per_second / restate.runs_per_second);
      const verdict = { gate: GATE, reached: ratio >= GATE, goal: GOAL, goal_reached: ratio >= GOAL };
      line('three steps by remote workers / restate, three steps in process', { ratio, ...verdict });
    }
  } finally {
    await stack.stop();
  }
}

function flat({ runs_per_second, step_to_step }: WorkflowFigures) {
  return { runs_per_second, ...step_to_step };
}

const step = (key: string, index: number) => ({
  key,
  type: 'task',
  task: { type: 'bench', capabilities: [CAPABILITY], payload: { run: '${{ parameters.run }}', step: index } },
});

const SEQUENCE = { steps: [step('first', 0), step('second', 1), step('third', 2)] };

const FANNED = {
  steps: [
    {
      key: 'fan',
      type: 'parallel',
      parallel: { steps: Array.from({ length: FAN }, (_, index) => step(`branch_${index}`, 0)) },
    },
    step('last', 1),
  ],
};

async function startFleet(stack: BenchStack, times: StepLatencies) {
  const client = new Client({ baseUrl: stack.url, apiKey: stack.apiKey });
  const workers = Array.from(
    { length: WORKERS },
    (_, index) =>
      new Worker({
        ...{ baseUrl: stack.url, apiKey: stack.apiKey },
        ...{ agentId: `bench-${index}`, agentType: 'worker', capabilities: [CAPABILITY], concurrency: CONCURRENCY },
        handler: ({ payload }: TaskContext) => {
          times.started(Number(payload['run']), Number(payload['step']));
          times.ended(Number(payload['run']), Number(payload['step']));
          return { ok: true };
        },
      }),
  );
  await Promise.all(workers.map((worker) => worker.start()));
  const waiting = new Map<string, (failure?: Error) => void>();
  const early = new Map<string, Error | undefined>();
  let ended = 0;
  const heard = client.events.subscribe({ events: ['workflow.completed', 'workflow.failed'] });
  const hearing = (async () => {
    for await (const { name, subject } of heard) {
      const failure = name === 'workflow.failed' ? new Error(`run ${subject.id} failed`) : undefined;
      ended += 1;
      const end = waiting.get(subject.id);
      if (end) end(failure);
      else early.set(subject.id, failure);
    }
  })().catch(() => undefined);
  await pause(500);

  /** The end may be heard before the answer to its start. */
  const endOf = (run: string) =>
    new Promise<void>((resolve, reject) => {
      const end = (failure?: Error) => {
        waiting.delete(run);
        early.delete(run);
        if (failure) reject(failure);
        else resolve();
      };
      if (early.has(run)) end(early.get(run));
      else waiting.set(run, end);
    });

  return {
    ended: () => ended,
    async measure(name: string, definition: object): Promise<WorkflowFigures> {
      const { id } = await client.workflows.create({ name, ...definition });
      return measureRuns(async (run) => endOf((await client.workflows.execute(id, { parameters: { run } })).id), times);
    },
    async stop() {
      heard.close();
      await hearing;
      await Promise.all(workers.map((worker) => worker.stop()));
      client.close();
    },
  };
}

/** Processor time of each process from now on, in microseconds a run. */
function costOf(stack: BenchStack) {
  const before = stack.cpu();
  return (runs: number) =>
    Object.fromEntries(
      Object.entries(stack.cpu()).map(([name, seconds]) => [
        name,
        Math.round(((seconds - before[name as keyof typeof before]) / runs) * 1e6),
      ]),
    );
}
