import { spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Client } from 'pg';
import { endDaemon, startDaemon, type Daemon, type Exit } from './daemon';
import { realDataFolder, removeStalePidFile } from './data-folder';
import { postgresBinaries } from './postgres-binaries';
import { freePort } from './ports';
import { ids, postgresUser } from './runtime-user';
import { StartupError } from './startup-error';

const SUPERUSER = 'postgres';
const START_ATTEMPTS = 5;

export interface PostgresOptions {
  /** Made and initialised when it is missing. As root it may become a symbolic link, see `realDataFolder`. */
  readonly dataDir: string;
  /** Of the superuser `postgres`: set when the folder is initialised, needed again at every later start. */
  readonly password: string;
  /** On 127.0.0.1; default: a free one. */
  readonly port?: number;
  /** Further server settings, for example `{fsync: 'off'}` in tests. The defaults are durable. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Each line the server writes. */
  readonly log?: (line: string) => void;
  /** How long recovery and start may take; default 60,000 ms. */
  readonly timeoutMs?: number;
  /** Called with the pid as soon as there is one, before the server is ready. */
  readonly onSpawn?: (pid: number) => void;
  /** Ends with this process even when that is killed: for tests. */
  readonly endWithParent?: boolean;
}

export interface RunningPostgres {
  readonly port: number;
  readonly pid: number;
  /** The superuser on the database `postgres`. */
  readonly adminUrl: string;
  /** A connection URL on 127.0.0.1; default database `postgres`. */
  urlFor(role: string, password: string, database?: string): string;
  /** `fast` ends all sessions, writes a checkpoint and stops; `immediate` leaves recovery to the next start. */
  stop(mode?: 'fast' | 'immediate'): Promise<Exit>;
  /** kill -9, as a crash. Resolves when the process is gone; its data recovers at the next start. */
  kill(): Promise<Exit>;
  readonly exited: Promise<Exit>;
}

/**
 * Starts the embedded Postgres on 127.0.0.1: SCRAM passwords, no Unix socket, fsync and synchronous_commit on. About
 * 2 s for a new folder, 0.3 s for an old one.
 * @throws StartupError with one sentence on what to do
 */
export async function startPostgres(options: PostgresOptions): Promise<RunningPostgres> {
  const user = postgresUser();
  const binaries = postgresBinaries(user);
  const folder = realDataFolder(path.resolve(options.dataDir), user);
  if (!existsSync(path.join(folder, 'PG_VERSION'))) initialise(binaries.initdb, folder, options);
  removeStalePidFile(folder);

  for (let attempt = 1; ; attempt++) {
    const port = options.port ?? (await freePort());
    const server = startDaemon({
      command: binaries.postgres,
      args: ['-D', folder, ...serverArguments(port, options.settings)],
      cwd: folder,
      env: environment(),
      ...(user && { user }),
      ...(options.log && { log: options.log }),
      ...(options.endWithParent && { endWithParent: true }),
    });
    options.onSpawn?.(server.pid);
    const failure = await readiness(server, folder, port, options);
    if (!failure) return running(server, port, options.password);
    const again =
      (failure.includes('Address already in use') && options.port === undefined) ||
      // The backends of a Postgres killed a moment ago are still leaving.
      failure.includes('pre-existing shared memory block');
    if (!again || attempt === START_ATTEMPTS) {
      throw new StartupError(`Postgres did not start on ${folder} (port ${port}): ${failure}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100 * attempt));
  }
}

function initialise(initdb: string, folder: string, options: PostgresOptions): void {
  const user = postgresUser();
  const fresh = `${folder}.initialising`;
  const passwordFile = path.join(fresh, '..', `${path.basename(folder)}.password-${process.pid}`);
  rmSync(fresh, { recursive: true, force: true });
  if (existsSync(folder)) rmSync(folder, { recursive: true });
  mkdirSync(fresh, { recursive: true, mode: 0o700 });
  writeFileSync(passwordFile, `${options.password}\n`, { mode: 0o600 });
  if (user) for (const file of [fresh, passwordFile]) chownSync(file, user.uid, user.gid);
  try {
    const run = spawnSync(
      initdb,
      [
        ...['-D', fresh, '--username', SUPERUSER, '--auth=scram-sha-256', `--pwfile=${passwordFile}`],
        ...['--encoding=UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C'],
        '--no-instructions',
        ...(options.settings?.fsync === 'off' ? ['--no-sync'] : []),
      ],
      { cwd: '/', encoding: 'utf8', env: environment(), ...ids(user) },
    );
    if (run.status !== 0) {
      const reason = run.error?.message ?? lastLine([run.stderr, run.stdout].join('\n').split('\n'));
      throw new StartupError(`Postgres could not set up its data in ${folder}: ${reason}`);
    }
    // Renamed when it is whole: a start that was interrupted here begins anew the next time.
    renameSync(fresh, folder);
  } finally {
    rmSync(passwordFile, { force: true });
    rmSync(fresh, { recursive: true, force: true });
  }
}

/** Without what would redirect the server or its messages (PGDATA, PGPORT, LC_ALL …). */
function environment(): NodeJS.ProcessEnv {
  return { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC', ...(process.env.HOME && { HOME: process.env.HOME }) };
}

function serverArguments(port: number, settings: Readonly<Record<string, string>> = {}): string[] {
  const all: Record<string, string> = {
    port: String(port),
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    fsync: 'on',
    synchronous_commit: 'on',
    password_encryption: 'scram-sha-256',
    max_connections: '200',
    shared_buffers: '256MB',
    // The log is written all the time: fewer, longer checkpoints.
    max_wal_size: '2GB',
    checkpoint_completion_target: '0.9',
    // Short queries only; parallel workers would need /dev/shm, which containers keep at 64 MB.
    max_parallel_workers_per_gather: '0',
    jit: 'off',
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_line_prefix: '',
    ...settings,
  };
  return Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

/** Why it did not start; `undefined` once it answers. */
async function readiness(
  server: Daemon,
  folder: string,
  port: number,
  options: PostgresOptions,
): Promise<string | undefined> {
  const deadline = Date.now() + (options.timeoutMs ?? 60_000);
  let waitingFor = 'it is still recovering';
  while (server.running()) {
    // Only its own word counts: whoever else holds the port may answer as well.
    if (saysReady(folder, server.pid)) {
      const error = await connectionError(url(SUPERUSER, options.password, port));
      if (!error) return undefined;
      if (error.code === '28P01') {
        await endDaemon(server, 'SIGINT', 10_000);
        return 'the password kept for it is not the one its data was made with; restore credentials.json or remove the data folder.';
      }
      waitingFor = error.message;
    }
    if (Date.now() > deadline) {
      await endDaemon(server, 'SIGQUIT', 5_000);
      return `it was not ready in time: ${waitingFor}`;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await server.exited;
  return lastLine(server.lastLines());
}

/** `postmaster.pid`: the first line is the process, the eighth its state. */
function saysReady(folder: string, pid: number): boolean {
  try {
    const lines = readFileSync(path.join(folder, 'postmaster.pid'), 'utf8').split('\n');
    return Number(lines[0]) === pid && lines[7]?.trim() === 'ready';
  } catch {
    return false;
  }
}

async function connectionError(connectionString: string): Promise<{ code?: string; message: string } | undefined> {
  const client = new Client({ connectionString, connectionTimeoutMillis: 5_000, query_timeout: 5_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return undefined;
  } catch (error) {
    return error as { code?: string; message: string };
  } finally {
    await client.end().catch(() => undefined);
  }
}

function running(server: Daemon, port: number, password: string): RunningPostgres {
  return {
    port,
    pid: server.pid,
    adminUrl: url(SUPERUSER, password, port),
    urlFor: (role, secret, database) => url(role, secret, port, database),
    stop: (mode = 'fast') => endDaemon(server, mode === 'fast' ? 'SIGINT' : 'SIGQUIT', 30_000),
    kill: () => endDaemon(server, 'SIGKILL', 5_000),
    exited: server.exited,
  };
}

function url(role: string, password: string, port: number, database = 'postgres'): string {
  return `postgres://${encodeURIComponent(role)}:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}`;
}

/** The line that tells most: the last FATAL or error, else the last one. */
function lastLine(lines: readonly string[]): string {
  const told = lines.filter((line) => line.trim() !== '');
  return (
    told.findLast((line) => /FATAL|PANIC|error:|Address already in use/.test(line)) ??
    told.at(-1) ??
    'it ended without a word'
  );
}
