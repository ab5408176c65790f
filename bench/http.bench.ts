import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { Client } from '@agent-orchestration/sdk';
import { readSettings } from '../apps/launcher/src/settings';
import { startStack, type Stack } from '../apps/launcher/src/stack';
import { keepLoggingIn, makeApiKey, startGateway } from './http.access';
import { measure, median, type Load, type Measured } from './http.load';

const RUNS = 3;
const CONNECTIONS = 64;
/** Enough that a tick asks for different ones; each connection of the generator prepares all of them before it begins. */
const TASKS = 100;
const GET_GATE = 0.3;
const SUBMIT_GATE = 4_000;
const SUBMIT_RATIO_GATE = 0.5;
/** GET of one task with an API key against the same route of a gateway whose authentication is off. */
const ACCESS_GATE = 0.9;
const LOGINS = 200;
const LOGINS_P99_GATE_MS = 500;
/** Of each kind of submission: three services run code that is not compiled yet when they have just started. */
const WARM_UP_SECONDS = 10;
/** Some that read meanwhile, not as many as the machine can serve: that would be a wait of its own. */
const LOGINS_CONNECTIONS = 8;

export interface HttpBenchOptions {
  /** Seconds of each run; default 5. */
  readonly seconds?: number;
  readonly print: (line: object) => void;
}

/**
 * The gateway over HTTP with everything behind it, in one process each: GET of one task from its read model against a
 * constant Nest route, and the durable submission of single tasks against Fastify with one insert per request into the
 * same Postgres. Then what authentication costs: the same GET with an API key against a gateway with authentication off; and
 * how long others wait while many log in. Medians of three; ours and the baseline take turns. All share this machine with
 * the load generator.
 */
export async function httpBench({ seconds = 5, print }: HttpBenchOptions): Promise<void> {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'ao-bench-http-'));
  const stack = await startStack({
    settings: { ...readSettings({}), DATA_DIR: dataDir, COMPAT_PORTS: '', AGENT_TLS_PORT: 0 },
    takenPort: 'another',
    // What is measured is not the limit.
    env: { ...process.env, LOG_LEVEL: 'warn', BOOTSTRAP_RATE_PER_MINUTE: '10000000' },
    say: () => undefined,
  });
  try {
    await benchStack(stack, seconds, print);
  } finally {
    await stack.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function benchStack(stack: Stack, seconds: number, print: (line: object) => void): Promise<void> {
  const client = new Client({ baseUrl: stack.url, apiKey: stack.apiKey });
  const submitted = await client.tasks.submitMany(
    Array.from({ length: TASKS }, (_, n) => ({
      type: 'bench',
      payload: { n },
      requirements: { capabilities: ['none'] },
    })),
  );
  const headers = { authorization: `Bearer ${stack.apiKey}`, 'content-type': 'application/json' };
  const one = await (await fetch(`${stack.url}/api/v1/tasks/${submitted[0]!.taskId}`, { headers })).text();
  client.close();
  const baseline = await startBaseline(stack.operatorEnvironment('ao_tasks').MIGRATE_DATABASE_URL ?? '', one);

  const body = JSON.stringify({ type: 'bench', payload: { n: 1 }, requirements: { capabilities: ['none'] } });
  const load = (url: string, requests: Load['requests']): Load => ({
    url,
    requests,
    connections: CONNECTIONS,
    seconds,
  });
  const paths = (prefix: string) =>
    submitted.map(({ taskId }) => ({ method: 'GET' as const, path: prefix + taskId, headers }));
  try {
    const [get, constant] = await inTurns([
      load(stack.url, paths('/api/v1/tasks/')),
      load(baseline.constant, paths('/constant/')),
    ]);
    line(print, 'GET of one task from its read model', get!);
    line(print, 'GET of a constant of the same size, Nest on Fastify', constant!);
    gate(print, 'GET of one task / constant route', get!.perSecond / constant!.perSecond, GET_GATE);

    // What the baseline promises is what is gated: the answer comes when the log has the task.
    const durable = { ...headers, prefer: 'respond-async' };
    const submits = [
      load(stack.url, [{ method: 'POST', path: '/api/v1/tasks', headers: durable, body }]),
      load(stack.url, [{ method: 'POST', path: '/api/v1/tasks', headers, body }]),
      load(baseline.insert, [{ method: 'POST', path: '/tasks', headers, body }]),
    ];
    for (const each of submits) await measure({ ...each, seconds: WARM_UP_SECONDS });
    const [submit, shown, insert] = await inTurns(submits);
    line(print, 'durable submit, one by one', submit!);
    line(print, 'durable submit, answered when the read model shows it', shown!);
    line(print, 'Fastify, one insert per request', insert!);
    gate(print, 'submits per second', submit!.perSecond, SUBMIT_GATE);
    gate(print, 'submit / Fastify with one insert', submit!.perSecond / insert!.perSecond, SUBMIT_RATIO_GATE);

    await benchAccess(
      stack,
      load,
      submitted.map(({ taskId }) => taskId),
      print,
    );
  } finally {
    baseline.process.stdin?.end();
  }
}

async function benchAccess(
  stack: Stack,
  load: (url: string, requests: Load['requests']) => Load,
  taskIds: readonly string[],
  print: (line: object) => void,
): Promise<void> {
  const headers = { authorization: `Bearer ${await makeApiKey(stack)}` };
  const requests = taskIds.map((id) => ({ method: 'GET' as const, path: `/api/v1/tasks/${id}`, headers }));
  const [closed, open, bare] = [
    await startGateway(stack, 'on'),
    await startGateway(stack, 'off'),
    await startGateway(stack, 'off', 'off'),
  ];
  try {
    const [withKey, without, unlimited] = await inTurns([closed, open, bare].map(({ url }) => load(url, requests)));
    line(print, 'GET of one task with an API key', withKey!);
    line(print, 'the same with authentication off', without!);
    line(print, 'the same with authentication and rate limits off', unlimited!);
    gate(print, 'with an API key / authentication off', withKey!.perSecond / without!.perSecond, ACCESS_GATE);
  } finally {
    await Promise.all([closed, open, bare].map((gateway) => gateway.stop()));
  }

  const stopLogins = keepLoggingIn(stack, LOGINS);
  const meanwhile = await measure({ ...load(stack.url, requests), connections: LOGINS_CONNECTIONS });
  const logins = await stopLogins();
  print({ bench: 'http', what: `${LOGINS} logins at once`, ...logins });
  print({
    ...{ bench: 'http', what: `p99 of GET of one task meanwhile, ms`, value: meanwhile.p99, gate: LOGINS_P99_GATE_MS },
    ...{ requests_per_second: meanwhile.perSecond, reached: meanwhile.p99 < LOGINS_P99_GATE_MS && logins.granted > 0 },
  });
}

async function inTurns(loads: readonly Load[]): Promise<Measured[]> {
  // Once for nothing: code gets compiled, connections and caches filled.
  for (const load of loads) await measure({ ...load, seconds: 2 });
  const runs: Measured[][] = loads.map(() => []);
  for (let run = 0; run < RUNS; run += 1) {
    for (const [index, load] of loads.entries()) runs[index]!.push(await measure(load));
  }
  return runs.map(median);
}

function line(print: (line: object) => void, what: string, { perSecond, p50, p99 }: Measured): void {
  print({ bench: 'http', what, connections: CONNECTIONS, requests_per_second: perSecond, p50_ms: p50, p99_ms: p99 });
}

function gate(print: (line: object) => void, what: string, value: number, least: number): void {
  print({ bench: 'http', what, value: Math.round(value * 1000) / 1000, gate: least, reached: value >= least });
}

async function startBaseline(
  databaseUrl: string,
  constant: string,
): Promise<{ process: ChildProcess; constant: string; insert: string }> {
  const program = path.join(__dirname, `http.baseline.main${path.extname(__filename)}`);
  const child = spawn(process.execPath, [...process.execArgv, program], {
    env: { ...process.env, BENCH_DATABASE_URL: databaseUrl, BENCH_CONSTANT: constant },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  for await (const text of createInterface({ input: child.stdout })) {
    const ports = JSON.parse(text) as { constant: number; insert: number };
    const url = (port: number) => `http://127.0.0.1:${port}`;
    return { process: child, constant: url(ports.constant), insert: url(ports.insert) };
  }
  throw new Error('the baseline of the bench did not start');
}
