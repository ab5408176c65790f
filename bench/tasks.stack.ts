import { randomBytes } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
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
import type { Pool } from 'pg';

const PASSWORD = 'bench';
const EXTENSION = path.extname(__filename);
const program = (...parts: string[]) => path.join(__dirname, '../apps', ...parts) + EXTENSION;

/** The whole system as processes on this machine, durable as in production, thrown away afterwards. */
export interface BenchStack {
  readonly url: string;
  readonly apiKey: string;
  /** The superuser. */
  readonly pool: Pool;
  readonly log: EventLog;
  /** Resident memory of each service, in MB. */
  memory(): Record<ServiceName, number>;
  /** Processor time that each has used so far, in seconds. */
  cpu(): Record<ServiceName | 'postgres' | 'nats' | 'this', number>;
  /** Resolves once every subscription that is kept in a table has reached the head of the log. */
  caughtUp(): Promise<void>;
  stop(): Promise<void>;
}

/** `BENCH_CPU_PROF=<folder>`: every service writes a CPU profile there when it ends. */
export async function benchStack(): Promise<BenchStack> {
  const folder = path.resolve('.cache', 'bench', `tasks-${process.pid}`);
  mkdirSync(folder, { recursive: true });
  const postgres = await startPostgres({
    dataDir: path.join(folder, 'postgres'),
    password: PASSWORD,
    settings: { shared_buffers: '256MB', max_wal_size: '4GB' },
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
  const daemons = new Map<ServiceName, Daemon>();
  const ready: Promise<void>[] = [];
  for (const service of SERVICES) {
    const health = await freePort();
    const daemon = startService(service, {
      DATABASE_URL: serviceUrl(postgres.adminUrl, service),
      NATS_URL: nats.url,
      NATS_USER: service,
      NATS_PASSWORD: PASSWORD,
      HEALTH_PORT: String(health),
      LOG_LEVEL: 'warn',
      ...(service === 'gateway' && {
        ...{ PORT: String(port), BOOTSTRAP_API_KEY: apiKey },
        // What is measured is not the limit.
        BOOTSTRAP_RATE_PER_MINUTE: '10000000',
      }),
      ...(service === 'identity' && { SEALING_KEYS: `bench:${randomBytes(32).toString('base64')}` }),
      ...(service === 'registry' && { CA_KEYS: `bench:${randomBytes(32).toString('base64')}` }),
    });
    daemons.set(service, daemon);
    ready.push(answers(service, daemon, `http://127.0.0.1:${health}/health/ready`));
  }
  await Promise.all(ready);
  const pool = createPool(postgres.adminUrl, { applicationName: 'bench', max: 8 });
  const log = createEventLog({ pool });
  await log.ready();
  return {
    url,
    apiKey,
    pool,
    log,
    memory: () =>
      Object.fromEntries([...daemons].map(([name, { pid }]) => [name, residentMb(pid)])) as Record<ServiceName, number>,
    cpu: () => {
      const self = process.cpuUsage();
      return {
        ...(Object.fromEntries([...daemons].map(([name, { pid }]) => [name, cpuSeconds(pid)])) as Record<
          ServiceName,
          number
        >),
        postgres: cpuSeconds(postgres.pid, 'and its children'),
        nats: cpuSeconds(nats.pid),
        this: (self.user + self.system) / 1e6,
      };
    },
    caughtUp: () => caughtUp(pool, log),
    stop: async () => {
      await log.close();
      await pool.end();
      for (const daemon of daemons.values()) daemon.signal('SIGTERM');
      await Promise.all([...daemons.values()].map(({ exited }) => exited));
      await nats.stop();
      await postgres.stop('immediate');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function startService(service: ServiceName, env: Record<string, string>): Daemon {
  const profiles = process.env.BENCH_CPU_PROF;
  const profile = profiles
    ? ['--cpu-prof', `--cpu-prof-dir=${path.resolve(profiles)}`, `--cpu-prof-name=${service}.cpuprofile`]
    : [];
  return startDaemon({
    command: process.execPath,
    args: [...process.execArgv.filter((arg) => arg !== '--expose-gc'), ...profile, program(service, 'src', 'main')],
    cwd: process.cwd(),
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
    log: (line) => process.stderr.write(`${service}: ${line}\n`),
    endWithParent: true,
  });
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

async function answers(service: ServiceName, daemon: Daemon, url: string): Promise<void> {
  const deadline = performance.now() + 60_000;
  while (daemon.running() && performance.now() < deadline) {
    const response = await fetch(url).catch(() => undefined);
    if (response?.ok) return;
    await pause(50);
  }
  throw new Error(`${service} did not start:\n${daemon.lastLines().join('\n')}`);
}

async function caughtUp(pool: Pool, log: EventLog): Promise<void> {
  const head = await log.head();
  const deadline = performance.now() + 600_000;
  while (performance.now() < deadline) {
    const { rows } = await pool.query<{ slowest: number }>(
      `select min(position) as slowest from (
         select position from tasks.subscription_checkpoints
         union all select position from read_models.subscription_checkpoints
       ) as all_of_them`,
    );
    if (rows[0]!.slowest >= head) return;
    await pause(5);
  }
  throw new Error('the subscriptions did not catch up with the log within ten minutes');
}

/** Of this process' machine: Linux. */
function residentMb(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
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

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
