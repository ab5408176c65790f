import { randomBytes } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import {
  LOGIN_ROLES,
  SERVICES,
  findNatsServer,
  freePort,
  rolePasswords,
  startDaemon,
  startNats,
  startPostgres,
  type Daemon,
  type ServiceName,
} from '@ao/embedded';
import { createEventLog, createPool, type EventLog } from '@ao/event-log';
import { NATS_SERVICES, natsServerConfig } from '@ao/messaging';
import { escapeIdentifier, escapeLiteral, type Pool } from 'pg';
import { pause } from './figures';
import { useWalAgain } from './wal';

const PASSWORD = 'bench';
const STATEMENTS = process.env.BENCH_STATEMENTS;
const EXTENSION = path.extname(__filename);
/** Where services keep how far their subscriptions are. */
const CHECKPOINTS = { tasks: 'tasks', registry: 'registry', discovery: 'discovery', gateway: 'read_models' } as const;
const program = (...parts: string[]) => path.join(__dirname, '../apps', ...parts) + EXTENSION;

export interface BenchStackOptions {
  /** Services that run from the beginning; default: all. */
  readonly services?: readonly ServiceName[];
  /** Programs that take the place of a service's own, without their extension. */
  readonly programs?: Partial<Record<ServiceName, string>>;
}

/** In MB. */
export interface Memory {
  readonly resident: number;
  /** The highest it ever was. */
  readonly peak: number;
  /** What is alive on the heap, and what of it lies in buffers and typed arrays outside it. */
  readonly heap: number;
  readonly buffers: number;
}

/** The whole system as processes on this machine, durable as in production, thrown away afterwards. */
export interface BenchStack {
  readonly url: string;
  readonly apiKey: string;
  /** The superuser. */
  readonly pool: Pool;
  /** Of the superuser as well. */
  readonly databaseUrl: string;
  readonly log: EventLog;
  readonly natsUrl: string;
  natsCredentials(service: ServiceName): {
    readonly user: string;
    readonly password: string;
    readonly inboxPrefix: string;
  };
  /** Resolves once they answer. */
  start(services: readonly ServiceName[]): Promise<void>;
  end(services: readonly ServiceName[]): Promise<void>;
  /** Resident memory of each service, in MB. */
  memory(): Record<ServiceName, number>;
  /** Of one service, after a full garbage collection. */
  collected(service: ServiceName): Promise<Memory>;
  /** A gauge of a service without labels, or the sum over its labels. */
  gauge(service: ServiceName, name: string): Promise<number>;
  /** Processor time that each has used so far, in seconds. */
  cpu(): Record<ServiceName | 'postgres' | 'nats' | 'this', number>;
  /** Resolves once every subscription that these services (default: all) keep in a table has reached the head of the log. */
  caughtUp(services?: readonly (keyof typeof CHECKPOINTS)[]): Promise<void>;
  /** Resolves once that read model shows all that is in the log. */
  shown(model: string): Promise<void>;
  stop(): Promise<void>;
}

/**
 * `BENCH_CPU_PROF=<folder>`: every service writes a CPU profile there when it ends. `BENCH_STATEMENTS=<file>`: what each
 * statement cost Postgres is written there at the end, the costliest first.
 */
export async function benchStack({ services = SERVICES, programs = {} }: BenchStackOptions = {}): Promise<BenchStack> {
  const folder = path.resolve('.cache', 'bench', `stack-${process.pid}`);
  mkdirSync(folder, { recursive: true });
  const postgres = await startPostgres({
    dataDir: path.join(folder, 'postgres'),
    password: PASSWORD,
    settings: {
      ...{ shared_buffers: '256MB', max_wal_size: '4GB', min_wal_size: '2GB' },
      ...(STATEMENTS && { shared_preload_libraries: 'pg_stat_statements', 'pg_stat_statements.track': 'all' }),
    },
    endWithParent: true,
  });
  migrate(postgres.adminUrl);
  const users = NATS_SERVICES.map((service) => ({ service, password: PASSWORD }));
  const nats = await startNats({
    program: findNatsServer(path.resolve('.cache')),
    dir: path.join(folder, 'nats'),
    config: (port) => natsServerConfig({ port, users }),
    endWithParent: true,
  });
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const apiKey = 'bench-bootstrap-api-key';
  const own: Partial<Record<ServiceName, Record<string, string>>> = {
    // What is measured is not the limit.
    gateway: {
      PORT: String(port),
      AGENT_TLS_PORT: '0',
      BOOTSTRAP_API_KEY: apiKey,
      BOOTSTRAP_RATE_PER_MINUTE: '10000000',
    },
    identity: { SEALING_KEYS: `bench:${randomBytes(32).toString('base64')}` },
    registry: { CA_KEYS: `bench:${randomBytes(32).toString('base64')}` },
    notifications: { ALLOW_PRIVATE_WEBHOOKS: 'true' },
    workflows: { ALLOW_PRIVATE_WEBHOOKS: 'true' },
  };
  const running = new Map<ServiceName, Service>();
  const serviceOf = (name: ServiceName) => running.get(name) ?? notRunning(name);
  const start = async (names: readonly ServiceName[]) => {
    for (const name of names) {
      running.set(
        name,
        startService(name, programs[name] ?? program(name, 'src', 'main'), await freePort(), {
          ...{ DATABASE_URL: serviceUrl(postgres.adminUrl, name), LOG_LEVEL: 'warn' },
          ...{ NATS_URL: nats.url, NATS_USER: name, NATS_PASSWORD: PASSWORD },
          ...own[name],
        }),
      );
    }
    await Promise.all(names.map((name) => answers(serviceOf(name))));
  };
  const end = async (names: readonly ServiceName[]) => {
    for (const name of names) running.get(name)?.daemon.signal('SIGTERM');
    await Promise.all(names.map((name) => running.get(name)?.daemon.exited));
    for (const name of names) running.delete(name);
  };
  const pool = createPool(postgres.adminUrl, { applicationName: 'bench', max: 8 });
  await useWalAgain(pool);
  await start(services);
  const log = createEventLog({ pool });
  await log.ready();
  if (STATEMENTS) await pool.query('create extension pg_stat_statements');
  return {
    url,
    apiKey,
    pool,
    databaseUrl: postgres.adminUrl,
    log,
    natsUrl: nats.url,
    natsCredentials: (user) => ({ user, password: PASSWORD, inboxPrefix: `_INBOX_${user}` }),
    start,
    end,
    memory: () => ofEach((pid) => memoryOf(pid, 'VmRSS')),
    collected: (name) => serviceOf(name).collected(),
    gauge: async (name, metric) => sumOf(await (await fetch(`${serviceOf(name).health}/metrics`)).text(), metric),
    cpu: () => {
      const self = process.cpuUsage();
      return {
        ...ofEach((pid) => cpuSeconds(pid)),
        postgres: cpuSeconds(postgres.pid, 'and its children'),
        nats: cpuSeconds(nats.pid),
        this: (self.user + self.system) / 1e6,
      };
    },
    caughtUp: (names = Object.keys(CHECKPOINTS) as (keyof typeof CHECKPOINTS)[]) =>
      caughtUp(
        pool,
        log,
        names
          .map((name) => `select position from ${escapeIdentifier(CHECKPOINTS[name])}.subscription_checkpoints`)
          .join(' union all '),
      ),
    shown: (model) =>
      caughtUp(
        pool,
        log,
        `select position from read_models.subscription_checkpoints where subscription = ${escapeLiteral(model)}`,
      ),
    stop: async () => {
      await log.close();
      if (STATEMENTS) await writeStatements(pool, STATEMENTS);
      await pool.end();
      await end([...running.keys()]);
      await nats.stop();
      await postgres.stop('immediate');
      rmSync(folder, { recursive: true, force: true });
    },
  };

  function ofEach(figure: (pid: number) => number): Record<ServiceName, number> {
    return Object.fromEntries([...running].map(([name, { daemon }]) => [name, figure(daemon.pid)])) as Record<
      ServiceName,
      number
    >;
  }
}

interface Service {
  readonly name: ServiceName;
  readonly daemon: Daemon;
  /** Where it answers for itself. */
  readonly health: string;
  collected(): Promise<Memory>;
}

function notRunning(name: ServiceName): never {
  throw new Error(`${name} is not running`);
}

type HeapReport = Pick<Memory, 'heap' | 'buffers'>;

/** What `heap.preload` prints. */
function heapReported(line: string): HeapReport | undefined {
  const mark = 'bench-heap ';
  return line.startsWith(mark) ? (JSON.parse(line.slice(mark.length)) as HeapReport) : undefined;
}

function startService(name: ServiceName, main: string, port: number, env: Record<string, string>): Service {
  const profiles = process.env.BENCH_CPU_PROF;
  const profile = profiles
    ? ['--cpu-prof', `--cpu-prof-dir=${path.resolve(profiles)}`, `--cpu-prof-name=${name}.cpuprofile`]
    : [];
  // One thread of V8's own, as the launcher and the manifests have it.
  const report = ['--v8-pool-size=1', '--expose-gc', '-r', path.join(__dirname, `heap.preload${EXTENSION}`)];
  let reported: (heap: HeapReport) => void = () => undefined;
  const daemon = startDaemon({
    command: process.execPath,
    args: [...process.execArgv.filter((arg) => arg !== '--expose-gc'), ...report, ...profile, main],
    cwd: process.cwd(),
    env: { PATH: process.env.PATH, HOME: process.env.HOME, HEALTH_PORT: String(port), ...env },
    log: (line) => {
      const heap = heapReported(line);
      if (heap) reported(heap);
      else process.stderr.write(`${name}: ${line}\n`);
    },
    endWithParent: true,
  });
  return {
    name,
    daemon,
    health: `http://127.0.0.1:${port}`,
    async collected() {
      const report = new Promise<HeapReport>((resolve) => (reported = resolve));
      daemon.signal('SIGUSR2');
      const { heap, buffers } = await report;
      return { resident: memoryOf(daemon.pid, 'VmRSS'), peak: memoryOf(daemon.pid, 'VmHWM'), heap, buffers };
    },
  };
}

function serviceUrl(adminUrl: string, service: ServiceName): string {
  const url = new URL(adminUrl);
  url.username = `ao_${service}`;
  url.password = PASSWORD;
  return url.toString();
}

function migrate(databaseUrl: string): void {
  const passwords = rolePasswords(Object.fromEntries(LOGIN_ROLES.map((role) => [role, PASSWORD])));
  const { status, stderr } = spawnSync(
    process.execPath,
    [...process.execArgv, program('operator', 'src', 'migrate.main')],
    {
      encoding: 'utf8',
      env: { ...process.env, ...passwords, MIGRATE_DATABASE_URL: databaseUrl },
    },
  );
  if (status !== 0) throw new Error(`npm run migrate failed: ${stderr}`);
}

/** One JSON line for each statement of a role: how often, milliseconds in all, rows, WAL in bytes. */
async function writeStatements(pool: Pool, file: string): Promise<void> {
  const { rows } = await pool.query<object>(
    `select rolname as role, calls, round(total_exec_time::numeric, 1)::float8 as ms,
            round((total_exec_time / calls)::numeric, 4)::float8 as ms_each, rows, wal_bytes::float8 as wal_bytes,
            regexp_replace(left(query, 300), '\\s+', ' ', 'g') as query
       from pg_stat_statements join pg_roles on pg_roles.oid = userid order by total_exec_time desc limit 200`,
  );
  writeFileSync(file, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
}

async function answers({ name, daemon, health }: Service): Promise<void> {
  const deadline = performance.now() + 120_000;
  while (daemon.running() && performance.now() < deadline) {
    const response = await fetch(`${health}/health/ready`).catch(() => undefined);
    if (response?.ok) return;
    await pause(50);
  }
  throw new Error(`${name} did not start:\n${daemon.lastLines().join('\n')}`);
}

async function caughtUp(pool: Pool, log: EventLog, positionsSql: string): Promise<void> {
  const head = await log.head();
  const deadline = performance.now() + 600_000;
  while (performance.now() < deadline) {
    const { rows } = await pool.query<{ slowest: number | null }>(
      `select min(position) as slowest from (${positionsSql}) as all_of_them`,
    );
    if ((rows[0]!.slowest ?? 0) >= head) return;
    await pause(5);
  }
  throw new Error('the subscriptions did not catch up with the log within ten minutes');
}

/** Of this process' machine: Linux. */
function memoryOf(pid: number, what: 'VmRSS' | 'VmHWM'): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Math.round(Number(new RegExp(`${what}:\\s+(\\d+)`).exec(status)?.[1] ?? 0) / 1024);
}

function sumOf(metrics: string, name: string): number {
  const line = new RegExp(`^${name}(?:\\{.*\\})? (.+)$`, 'gm');
  return [...metrics.matchAll(line)].reduce((sum, [, value]) => sum + Number(value), 0);
}

const TICKS_PER_SECOND = 100;

/** Of children that have ended as well, once their parent has noticed. */
function cpuSeconds(pid: number, children?: 'and its children'): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name, in brackets, may hold anything; utime, stime, cutime and cstime are fields 14 to 17 of the whole line.
  const fields = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 15)
    .map(Number);
  const own = fields.reduce((sum, ticks) => sum + ticks, 0) / TICKS_PER_SECOND;
  if (!children) return own;
  const pids = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean);
  return own + pids.reduce((sum, child) => sum + cpuSeconds(Number(child)), 0);
}
