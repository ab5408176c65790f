import path from 'node:path';
import { ROUTING_STRATEGIES } from '@ao/contracts';
import { SERVICES, type ServiceName } from '@ao/embedded';
import { fillWithFleet, type Fleet } from './fleet';
import { question } from './fleet.words';
import { measure, median, type Measured } from './http.load';
import { openLoop, requestText, type OpenLoad } from './open.load';
import { pause } from './figures';
import { benchStack, type BenchStack, type Memory } from './stack';

const AGENTS = 100_000;
const EACH = 3;
const CAPABILITIES = EACH * AGENTS;
const NAMES = 300;
const TEXTS = 10_000;
/** Of the requests per second of the constant route on the same gateway. */
const ROUTES_GATE = 0.25;
const ROUTES_PER_SECOND = 500;
const ROUTES_P99_GATE_MS = 10;
const SEARCHES_PER_SECOND = 50;
const SEARCH_P99_GATE_MS = 30;
const REBUILD_GATE_S = 30;
const MEMORY_GATE_MB = 300;
const CONNECTIONS = 64;
const RUNS = 3;
const RUN_SECONDS = 4;
const OPEN_SECONDS = 10;
/** So that nobody falls silent during the bench. */
const BEAT_SECONDS = 3_600;

export interface DiscoveryBenchOptions {
  readonly print: (line: object) => void;
}

/**
 * Discovery over a fleet of 100,000 agents with 300,000 capabilities of 300 names, which are searched as 10,000 different
 * texts: its rebuild from the log, its answers through the gateway, and the memory of every service.
 */
export async function discoveryBench({ print }: DiscoveryBenchOptions): Promise<void> {
  const line = (what: string, figures: object) => print({ bench: 'discovery', what, ...figures });
  const stack = await benchStack({ programs: { gateway: path.join(__dirname, 'discovery.gateway.main') } });
  try {
    await pause(3_000);
    const idle = await memoryOfAll(stack);
    await stack.end(SERVICES);

    const begun = performance.now();
    const fleet = await fillWithFleet(stack.log, {
      ...{ agents: AGENTS, each: EACH, names: NAMES, texts: TEXTS, heartbeatIntervalSeconds: BEAT_SECONDS },
    });
    await stack.pool.query('vacuum analyze event_log.events');
    line('fleet written to the log', { events: await stack.log.head(), seconds: seconds(begun) });

    const rebuilt = await timeToServe(stack);
    const reached = rebuilt.serves < REBUILD_GATE_S;
    line('discovery from the log, nothing in its tables, s', { ...rebuilt, gate: REBUILD_GATE_S, reached });
    await stack.end(['discovery']);
    line('discovery from its tables, s', await timeToServe(stack));
    await stack.start(SERVICES.filter((name) => name !== 'discovery'));
    await stack.caughtUp();

    await routes(stack, fleet, line);
    await searches(stack, line);
    await memory(stack, idle, line);
  } finally {
    await stack.stop();
  }
}

type Line = (what: string, figures: object) => void;

/** Seconds from the start of the process until it answers for everyone, and until its tables are where the log is. */
async function timeToServe(stack: BenchStack): Promise<{ serves: number; tables: number }> {
  const begun = performance.now();
  await stack.start(['discovery']);
  for (const deadline = begun + 120_000; ; await pause(100)) {
    const agents = await stack.gauge('discovery', 'ao_discovery_agents');
    const capabilities = await stack.gauge('discovery', 'ao_discovery_capabilities');
    if (agents === AGENTS && capabilities === CAPABILITIES) break;
    if (performance.now() > deadline) throw new Error(`discovery has ${agents} agents, ${capabilities} capabilities`);
  }
  const serves = seconds(begun);
  await stack.caughtUp(['discovery']);
  return { serves, tables: seconds(begun) };
}

async function routes(stack: BenchStack, fleet: Fleet, line: Line): Promise<void> {
  const pathOf = (n: number) => {
    const capability = fleet.capabilities[n % fleet.capabilities.length]!;
    const strategy = ROUTING_STRATEGIES[n % ROUTING_STRATEGIES.length]!;
    return `/api/v1/discovery/agents?capability=${capability}&strategy=${strategy}`;
  };
  const headers = { authorization: `Bearer ${stack.apiKey}` };
  const requests = (paths: readonly string[]) => paths.map((path) => ({ method: 'GET' as const, path, headers }));
  const load = { url: stack.url, connections: CONNECTIONS, seconds: RUN_SECONDS };
  const constant = { ...load, requests: requests(['/api/v1/bench/constant']) };
  const asked = { ...load, requests: requests(fleet.capabilities.map((_, n) => pathOf(n))) };
  for (const once of [constant, asked]) await measure({ ...once, seconds: 2 });
  const runs: { constant: Measured; asked: Measured }[] = [];
  for (let run = 0; run < RUNS; run += 1) runs.push({ constant: await measure(constant), asked: await measure(asked) });
  const [still, served] = [median(runs.map((run) => run.constant)), median(runs.map((run) => run.asked))];
  line('constant route on the same gateway', { connections: CONNECTIONS, requests_per_second: still.perSecond });
  line('agents of a capability, all strategies', { connections: CONNECTIONS, requests_per_second: served.perSecond });
  const ratio = Math.round((served.perSecond / still.perSecond) * 100) / 100;
  line('agents of a capability / constant route', { ratio, gate: ROUTES_GATE, reached: ratio >= ROUTES_GATE });

  await open(line, `agents of a capability at ${ROUTES_PER_SECOND}/s, open loop`, ROUTES_P99_GATE_MS, {
    ...{ url: stack.url, connections: CONNECTIONS, perSecond: ROUTES_PER_SECOND, seconds: OPEN_SECONDS },
    request: (n) => requestText('GET', pathOf(n), stack.apiKey),
  });
}

async function searches(stack: BenchStack, line: Line): Promise<void> {
  const texts = await stack.gauge('discovery', 'ao_discovery_search_texts');
  const what = `search over ${texts} texts of ${CAPABILITIES} capabilities at ${SEARCHES_PER_SECOND}/s, open loop`;
  await open(line, what, SEARCH_P99_GATE_MS, {
    ...{ url: stack.url, connections: CONNECTIONS, perSecond: SEARCHES_PER_SECOND, seconds: OPEN_SECONDS },
    request: (n) =>
      requestText('POST', '/api/v1/discovery/search', stack.apiKey, {
        query: question(n),
        top_k: 5,
      }),
  });
}

/** Medians of three after one that does not count. */
async function open(line: Line, what: string, gate: number, load: OpenLoad): Promise<void> {
  await openLoop({ ...load, seconds: 2 });
  // What the generator has left behind must not become pauses of its own in the middle of the figures.
  global.gc?.();
  const runs = [];
  for (let run = 0; run < RUNS; run += 1) runs.push(await openLoop(load));
  const { p50, p99, longest } = runs.sort((a, b) => a.p99 - b.p99)[Math.floor(RUNS / 2)]!;
  line(what, { p50_ms: p50, p99_ms: p99, longest_ms: longest, gate, reached: p99 < gate });
}

type MemoryOfAll = Record<ServiceName, Memory>;

async function memoryOfAll(stack: BenchStack): Promise<MemoryOfAll> {
  const all: [ServiceName, Memory][] = [];
  for (const name of SERVICES) all.push([name, await stack.collected(name)]);
  return Object.fromEntries(all) as MemoryOfAll;
}

/** After the load above; what an idle service takes is not the fleet's. */
async function memory(stack: BenchStack, idle: MemoryOfAll, line: Line): Promise<void> {
  const before = stack.memory();
  const now = await memoryOfAll(stack);
  for (const name of SERVICES) {
    const grown = now[name].resident - idle[name].resident;
    line(`${name} with ${AGENTS} agents, MB`, {
      ...now[name],
      resident_before_collection: before[name],
      idle: idle[name],
      ...{ grown_by: grown, gate: MEMORY_GATE_MB, reached: grown < MEMORY_GATE_MB },
    });
  }
}

const seconds = (begun: number) => Math.round((performance.now() - begun) / 100) / 10;
