import { SERVICES } from '@ao/embedded';
import { fillWithFleet, type Fleet } from './fleet';
import { openLoop, requestText } from './open.load';
import { pause } from './figures';
import { benchStack, type BenchStack } from './stack';

const AGENTS = 100_000;
const INTERVAL_SECONDS = 30;
const CONNECTIONS = 256;
/** Of all our processes, Postgres and NATS among them. */
const CORES_GATE = 1;

export interface HeartbeatsBenchOptions {
  readonly print: (line: object) => void;
}

/**
 * 100,000 agents that beat every 30 s over HTTP, 3,333 beats a second: what that costs each process, by its own account in
 * /proc. The load generator is this process; what it uses is printed and not counted. Nobody falls silent and nobody
 * comes, so the log must not grow.
 */
export async function heartbeatsBench({ print }: HeartbeatsBenchOptions): Promise<void> {
  const line = (what: string, figures: object) => print({ bench: 'heartbeats', what, ...figures });
  const stack = await benchStack({ services: [] });
  try {
    const fleet = await fillWithFleet(stack.log, {
      ...{ agents: AGENTS, each: 0, names: 0, texts: 0, heartbeatIntervalSeconds: INTERVAL_SECONDS },
    });
    // Registry alone keeps up with the log before anybody could be called silent; then it begins to listen anew.
    await stack.start(['registry']);
    await stack.caughtUp(['registry']);
    await stack.end(['registry']);
    await stack.start(SERVICES.filter((name) => name !== 'registry'));
    await stack.caughtUp(['tasks', 'discovery', 'gateway']);
    await stack.start(['registry']);
    await beats(stack, fleet, 'agents/:id/heartbeat', line);
  } finally {
    await stack.stop();
  }
}

async function beats(stack: BenchStack, fleet: Fleet, door: string, line: (what: string, figures: object) => void) {
  const perSecond = AGENTS / INTERVAL_SECONDS;
  const load = {
    ...{ url: stack.url, connections: CONNECTIONS, perSecond, seconds: INTERVAL_SECONDS },
    request: (n: number) =>
      requestText('POST', `/agents/${fleet.agentIds[n % AGENTS]!}/heartbeat`, stack.apiKey, {
        load_metrics: { cpu_usage: 0.5, active_tasks: 1 },
      }),
  };
  // Every agent once for nothing.
  await openLoop(load);
  const before = { cpu: stack.cpu(), head: await stack.log.head(), at: performance.now() };
  const { p50, p99, answered } = await openLoop(load);
  // What was taken is written and announced within a tenth of a second.
  await pause(500);
  const elapsed = (performance.now() - before.at) / 1_000;
  const after = stack.cpu();
  const cores = (name: keyof typeof after) => Math.round(((after[name] - before.cpu[name]) / elapsed) * 1_000) / 1_000;
  const { this: generator, ...ours } = Object.fromEntries(
    (Object.keys(after) as (keyof typeof after)[]).map((name) => [name, cores(name)]),
  );
  const sum = Math.round(Object.values(ours).reduce((total, used) => total + used, 0) * 1_000) / 1_000;
  const written = (await stack.log.head()) - before.head;
  line(`door: ${door}, beats per second`, { value: Math.round(answered / elapsed), p50_ms: p50, p99_ms: p99 });
  line('cores used', { ...ours, load_generator: generator });
  const perBeat = Object.entries(ours).map(([name, used]) => [name, Math.round((used * elapsed * 1e6) / answered)]);
  line('processor time of a beat, microseconds', Object.fromEntries(perBeat) as Record<string, number>);
  line('cores used, all ours together', { value: sum, gate: CORES_GATE, reached: sum <= CORES_GATE });
  line('events written meanwhile', { value: written, gate: 0, reached: written === 0 });
}
