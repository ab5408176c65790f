import path from 'node:path';
import {
  findNatsServer,
  natsAnswers,
  startNats,
  startPostgres,
  StartupError,
  type RunningNats,
  type RunningPostgres,
  type ServiceName,
} from '@ao/embedded';
import { NATS_SERVICES, natsServerConfig } from '@ao/messaging';
import { Client, escapeIdentifier } from 'pg';
import type { Credentials } from './credentials';
import type { PidFiles } from './pid-files';
import { supervise, type Supervised } from './supervisor';

const DATABASE = 'agent_orchestration';

/** Recovery of a large log after a crash takes its time. */
const RECOVERY_MS = 600_000;

interface Backing {
  readonly dataDir: string;
  readonly credentials: Credentials;
  readonly pidFiles: PidFiles;
  readonly say: (name: string, line: string) => void;
}

export interface PostgresAccess {
  /** May create roles and schemas. */
  readonly adminUrl: string;
  urlOf(role: string): string;
  readonly supervised?: Supervised;
}

/** The embedded Postgres with its database, or the caller's own. */
export async function providePostgres(backing: Backing, ownUrl: string | undefined): Promise<PostgresAccess> {
  const { dataDir, credentials, pidFiles, say } = backing;
  if (ownUrl) {
    return { adminUrl: ownUrl, urlOf: (role) => withLogin(ownUrl, role, credentials.role_passwords[role] ?? '') };
  }
  let server: RunningPostgres | undefined;
  const supervised = await supervise({
    name: 'postgres',
    pidFiles,
    say: (line) => say('launcher', line),
    start: async (onSpawn) => {
      server = await startPostgres({
        dataDir: path.join(dataDir, 'postgres'),
        password: credentials.postgres_password,
        // The services keep their URLs: after a crash it must come back where it was.
        ...(server && { port: server.port }),
        log: (line) => isNoteworthy(line) && say('postgres', line),
        timeoutMs: RECOVERY_MS,
        onSpawn,
      });
      const running = server;
      return {
        pid: running.pid,
        exited: running.exited,
        stop: () => running.stop('fast'),
        kill: () => running.stop('immediate'),
      };
    },
  });
  const { urlFor } = server!;
  try {
    await createDatabase(server!.adminUrl);
  } catch (error) {
    await supervised.stop();
    throw error;
  }
  return {
    adminUrl: urlFor('postgres', credentials.postgres_password, DATABASE),
    urlOf: (role) => urlFor(role, credentials.role_passwords[role] ?? '', DATABASE),
    supervised,
  };
}

/** Checkpoints and connections are its daily business; warnings and failures are not. */
const isNoteworthy = (line: string) => /^(WARNING|FATAL|PANIC)|could not|corrupt/.test(line);

async function createDatabase(adminUrl: string): Promise<void> {
  const admin = new Client({ connectionString: adminUrl, connectionTimeoutMillis: 10_000, query_timeout: 60_000 });
  admin.on('error', () => undefined);
  await admin.connect();
  try {
    const { rowCount } = await admin.query('select from pg_database where datname = $1', [DATABASE]);
    if (rowCount === 0) await admin.query(`create database ${escapeIdentifier(DATABASE)}`);
  } finally {
    await admin.end();
  }
}

/** @throws StartupError when it cannot be reached: said before anything is started on it */
export async function checkPostgres(databaseUrl: string): Promise<void> {
  const client = new Client({ connectionString: databaseUrl, connectionTimeoutMillis: 10_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
  } catch (error) {
    const { host, pathname } = new URL(databaseUrl);
    throw new StartupError(
      `Postgres at DATABASE_URL (${host}${pathname}) cannot be used (${(error as Error).message || (error as { code?: string }).code}): start it or correct the URL, or unset DATABASE_URL for the embedded one.`,
      { cause: error },
    );
  } finally {
    await client.end().catch(() => undefined);
  }
}

export interface NatsAccess {
  readonly url: string;
  /** NATS_USER and NATS_PASSWORD of a service. */
  login(service: ServiceName | 'operator'): Record<string, string>;
  readonly supervised?: Supervised;
}

/** The embedded nats-server with a user per service, or the caller's own with the login its URL carries. */
export async function provideNats(
  backing: Backing & { readonly cacheDir: string },
  ownUrl: string | undefined,
  env: NodeJS.ProcessEnv,
): Promise<NatsAccess> {
  const { dataDir, credentials, pidFiles, say, cacheDir } = backing;
  if (ownUrl) return ownNats(ownUrl, env);

  const program = findNatsServer(cacheDir, (line) => say('launcher', line));
  const users = NATS_SERVICES.map((service) => ({ service, password: credentials.nats_passwords[service] ?? '' }));
  let server: RunningNats | undefined;
  const supervised = await supervise({
    name: 'nats',
    pidFiles,
    say: (line) => say('launcher', line),
    start: async (onSpawn) => {
      server = await startNats({
        program,
        dir: path.join(dataDir, 'nats'),
        ...(server && { port: server.port }),
        config: (port) => natsServerConfig({ port, users }),
        log: (line) => isTrouble(line) && say('nats', line),
        onSpawn,
      });
      return server;
    },
  });
  return {
    url: server!.url,
    login: (service) => ({ NATS_USER: service, NATS_PASSWORD: credentials.nats_passwords[service] ?? '' }),
    supervised,
  };
}

/** Its warning about passwords in clear is about a file that only this user can read. */
const isTrouble = (line: string) => /\[(WRN|ERR|FTL)\]/.test(line) && !line.includes('Plaintext passwords');

async function ownNats(ownUrls: string, env: NodeJS.ProcessEnv): Promise<NatsAccess> {
  const urls = ownUrls.split(',').map((url) => new URL(url.trim()));
  const answers = await Promise.all(urls.map((url) => natsAnswers(url.hostname, Number(url.port || 4222))));
  if (!answers.includes(true)) {
    throw new StartupError(
      `No NATS answers at NATS_URL (${urls.map((url) => url.host).join(', ')}): start it or correct the URL, or unset NATS_URL for the embedded one.`,
    );
  }
  const [first] = urls;
  const user = first!.username ? decodeURIComponent(first!.username) : env.NATS_USER;
  const password = first!.password ? decodeURIComponent(first!.password) : env.NATS_PASSWORD;
  return {
    url: urls.map((url) => `${url.protocol}//${url.host}`).join(','),
    login: () => ({
      ...(user !== undefined && { NATS_USER: user }),
      ...(password !== undefined && { NATS_PASSWORD: password }),
    }),
  };
}

function withLogin(databaseUrl: string, user: string, password: string): string {
  const url = new URL(databaseUrl);
  url.username = encodeURIComponent(user);
  url.password = encodeURIComponent(password);
  return url.toString();
}
