import { Client, Worker, type TaskContext } from '@agent-orchestration/sdk';
import { SERVICES } from '@ao/embedded';
import { latencyOf, middle, middleLatency, pause, round, type Latency } from './figures';
import { WARM_UP_MS } from './peers/measure-peer';
import { choosePeers, runPeers } from './peers/run-peers';
import { fillWithTasks } from './replay.tasks';
import { benchStack, type BenchStack } from './stack';
import { againstPeers, gated, type OurRates } from './tasks.gates';

const RUNS = 3;
const WORKERS = 8;
const CONCURRENCY = 32;
const SUBMITTERS = 64;
const RUN_MS = 5_000;
const BACKLOG = 10_000;
/** Requests of 500 tasks under way at once. */
const BULKS = 4;
const PACES = [100, 200] as const;
/** The pace whose latency has a gate. */
const GATED_PACE = 200;
const PACE_MS = 10_000;
const SMALL = 10_000;
const LARGE = 1_000_000;
const GROWTH_GATE = 1.3;
const MEMORY_GATE_MB = 150;
const CAPABILITY = 'bench';

export interface TasksBenchOptions {
  readonly print: (line: object) => void;
}

/**
 * Tasks through everything: submitted over HTTP, dispatched, run by SDK workers over WebSocket, completed, projected.
 * The submitters and the workers share the machine with the services. Figures are medians of three runs.
 * `BENCH_TASKS=speed` leaves the growth out, which takes minutes.
 *
 * Then the peers (`BENCH_PEERS=pg-boss,bullmq` chooses, `none` leaves them out), on the same Postgres while our services rest.
 */
export async function tasksBench({ print }: TasksBenchOptions): Promise<void> {
  const grows = process.env.BENCH_TASKS !== 'speed';
  const peers = choosePeers();
  const stack = await benchStack();
  const line = (what: string, figures: object) => print({ bench: 'tasks', what, ...figures });
  try {
    await pause(3_000);
    const memory = stack.memory();
    line('idle services, resident MB', {
      ...memory,
      gate: MEMORY_GATE_MB,
      reached: Object.values(memory).every((mb) => mb < MEMORY_GATE_MB),
    });
    const client = new Client({ baseUrl: stack.url, apiKey: stack.apiKey });
    let ours: OurRates;
    let fleet = await startFleet(stack);
    try {
      await paced(fleet, client, 200);
      const small = grows ? await latencyAt(stack, fleet, client, SMALL) : undefined;
      if (small) line(`submit to start, ${SMALL} events in the log`, small);
      await submitFor(fleet, client, WARM_UP_MS);
      const oneByOnes = await throughput(stack, () => oneByOne(stack, fleet, client));
      line(`submit one by one, ${SUBMITTERS} in flight, while ${WORKERS} workers complete`, oneByOnes);
      const drains = await throughput(stack, async () => {
        await fleet.stop();
        await submitBacklog(client);
        const begun = performance.now();
        fleet = await startFleet(stack);
        await fleet.reached(BACKLOG);
        await stack.shown('tasks');
        return { tasks: BACKLOG, seconds: (performance.now() - begun) / 1_000 };
      });
      line(`drain ${BACKLOG} tasks, submitted in bulks of 500 before the workers start`, drains);
      for (const pace of PACES) {
        const latency = await medianLatency(() => paced(fleet, client, pace));
        line(`submit to start at ${pace} tasks/s`, pace === GATED_PACE ? gated(latency) : latency);
      }
      if (small) {
        const large = await latencyAt(stack, fleet, client, LARGE);
        line(`submit to start, ${LARGE} events in the log`, large);
        const ratio = round(large.p50_ms / small.p50_ms);
        line(`p50 at ${LARGE} / ${SMALL} events`, { ratio, gate: GROWTH_GATE, reached: ratio <= GROWTH_GATE });
      }
      line('services afterwards, resident MB', stack.memory());
      ours = { one_by_one: oneByOnes.tasks_per_second, drain: drains.tasks_per_second };
    } finally {
      await fleet.stop();
      client.close();
    }
    await stack.end(SERVICES);
    const figures = await runPeers(peers, stack, line);
    for (const { what, ...ratio } of againstPeers(ours, figures)) line(what, ratio);
  } finally {
    await stack.stop();
  }
}

/** Workers that do nothing but note when they start a task, on this process' own clock. */
interface Fleet {
  readonly startedAfter: number[];
  completed(): number;
  /** Resolves once so many tasks have been completed in all. */
  reached(total: number): Promise<void>;
  stop(): Promise<void>;
}

async function startFleet({ url, apiKey }: BenchStack): Promise<Fleet> {
  let completed = 0;
  const startedAfter: number[] = [];
  const workers = Array.from({ length: WORKERS }, (_, index) => {
    const worker = new Worker({
      baseUrl: url,
      apiKey,
      agentId: `bench-${index}`,
      agentType: 'worker',
      capabilities: [CAPABILITY],
      concurrency: CONCURRENCY,
      handler: ({ payload }: TaskContext) => {
        startedAfter.push(performance.now() - Number(payload['sent']));
        return { ok: true };
      },
    });
    worker.on('completed', () => (completed += 1));
    return worker;
  });
  await Promise.all(workers.map((worker) => worker.start()));
  return {
    startedAfter,
    completed: () => completed,
    async reached(total) {
      const deadline = performance.now() + 120_000;
      while (completed < total) {
        if (performance.now() > deadline) throw new Error(`only ${completed} of ${total} tasks were completed`);
        await pause(2);
      }
    },
    stop: async () => void (await Promise.all(workers.map((worker) => worker.stop()))),
  };
}

function task() {
  return {
    type: 'bench',
    payload: {
      sent: performance.now(),
      text: 'A task of ordinary size, about two hundred bytes of payload.'.repeat(3),
    },
    requirements: { capabilities: [CAPABILITY] },
  };
}

/** So many submitters, each of which submits again as soon as it is answered. Resolves with how many were submitted. */
async function submitFor(fleet: Fleet, client: Client, milliseconds: number): Promise<number> {
  const before = fleet.completed();
  const end = performance.now() + milliseconds;
  let submitted = 0;
  await Promise.all(
    Array.from({ length: SUBMITTERS }, async () => {
      while (performance.now() < end) {
        await client.tasks.submit(task());
        submitted += 1;
      }
    }),
  );
  await fleet.reached(before + submitted);
  return submitted;
}

interface Stretch {
  readonly tasks: number;
  readonly seconds: number;
}

/** From the first submission to the last completion in the read models. */
async function oneByOne(stack: BenchStack, fleet: Fleet, client: Client): Promise<Stretch> {
  const begun = performance.now();
  const tasks = await submitFor(fleet, client, RUN_MS);
  await stack.shown('tasks');
  return { tasks, seconds: (performance.now() - begun) / 1_000 };
}

async function submitBacklog(client: Client): Promise<void> {
  let left = BACKLOG;
  await Promise.all(
    Array.from({ length: BULKS }, async () => {
      for (; left > 0;) {
        left -= 500;
        await client.tasks.submitMany(Array.from({ length: 500 }, task));
      }
    }),
  );
}

/** An open loop: the next task is sent when its time has come, whether the last one was answered or not. */
async function paced(fleet: Fleet, client: Client, perSecond: number): Promise<Latency> {
  const before = fleet.completed();
  const count = (perSecond * PACE_MS) / 1_000;
  fleet.startedAfter.length = 0;
  const begun = performance.now();
  const submissions: Promise<unknown>[] = [];
  for (let index = 0; index < count; index += 1) {
    const wait = begun + (index * 1_000) / perSecond - performance.now();
    if (wait > 0) await pause(wait);
    submissions.push(client.tasks.submit(task()));
  }
  await Promise.all(submissions);
  await fleet.reached(before + count);
  return latencyOf(fleet.startedAfter);
}

/** From submission to start at 100 tasks/s, once the log has that many events. */
async function latencyAt(stack: BenchStack, fleet: Fleet, client: Client, events: number): Promise<Latency> {
  await fillWithTasks(stack.log, Math.max(0, events - (await stack.log.head())));
  await stack.caughtUp();
  for (const text of ['vacuum analyze event_log.events', 'checkpoint']) {
    await stack.pool.query({ text, query_timeout: 600_000 } as never);
  }
  await paced(fleet, client, 100);
  return medianLatency(() => paced(fleet, client, 100));
}

/** Tasks per second, and the processor time that a task costs each process, in microseconds. */
async function throughput(stack: BenchStack, once: () => Promise<Stretch>) {
  const before = stack.cpu();
  const rates: number[] = [];
  let tasks = 0;
  for (let run = 0; run < RUNS; run += 1) {
    const stretch = await once();
    rates.push(stretch.tasks / stretch.seconds);
    tasks += stretch.tasks;
  }
  const spent = Object.entries(stack.cpu()).map(([name, seconds]) => [
    name,
    Math.round(((seconds - before[name as keyof typeof before]) / tasks) * 1e6),
  ]);
  const cpu_us_per_task = Object.fromEntries(spent) as Record<string, number>;
  return { tasks_per_second: Math.round(middle(rates)), cpu_us_per_task };
}

async function medianLatency(once: () => Promise<Latency>): Promise<Latency> {
  const runs: Latency[] = [];
  for (let run = 0; run < RUNS; run += 1) runs.push(await once());
  return middleLatency(runs);
}
