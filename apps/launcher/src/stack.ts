import { chmodSync, mkdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { freePort, portIsFree, SERVICES, StartupError, type ServiceName } from '@ao/embedded';
import { checkPostgres, provideNats, providePostgres } from './backing-servers';
import { hasAdmin, loadCredentials, provideAdmin, type FirstAdmin } from './credentials';
import { lockDataFolder } from './data-folder-lock';
import { migrate, sealKeyFile } from './migrate';
import { PidFiles } from './pid-files';
import { root } from './programs';
import { startSealing } from './sealing';
import { provideCaKeys, provideSealingKeys } from './sealing-keys';
import { environmentOf } from './service-environment';
import { startServiceProcess, type ServiceProcess } from './services';
import type { LauncherSettings } from './settings';
import { removeStackFile, writeStackFile } from './stack-file';
import type { Supervised } from './supervisor';

export interface StackOptions {
  /** From `readSettings`. */
  readonly settings: LauncherSettings;
  /** When PORT is taken: refuse (a person expects the port asked for), or take another (a demo beside a running stack). */
  readonly takenPort?: 'refuse' | 'another';
  /** The environment of every service; default: this process' own. */
  readonly env?: NodeJS.ProcessEnv;
  /** Every line of the launcher (`launcher`), Postgres, NATS and the services. */
  readonly say: (name: string, line: string) => void;
  /** Ends a start that is under way. */
  readonly signal?: AbortSignal;
}

export interface Stack {
  /** Of the API, for example `http://127.0.0.1:3000`. */
  readonly url: string;
  /** Bearer key of the operator. */
  readonly apiKey: string;
  /** Whether the credentials were made at this start. */
  readonly firstStart: boolean;
  /** The first administrator, and whether its password was made at this start. */
  readonly admin: FirstAdmin;
  readonly dataDir: string;
  /** By name of the process, see `processes`. */
  readonly healthUrls: Readonly<Record<string, string>>;
  /** What an operator's program needs in its environment: DATABASE_URL of that role, MIGRATE_DATABASE_URL, NATS_*. */
  operatorEnvironment(role: string): Record<string, string>;
  /**
   * By name, `postgres` and `nats` among them if they are embedded; a second replica is `tasks-2`. A process that was killed
   * comes back with another pid.
   */
  processes(): readonly { readonly name: string; readonly pid: number | undefined }[];
  /** Stops and starts these services with all their replicas, as after a build. */
  restart(names: readonly string[]): Promise<void>;
  /** Services drain, then NATS ends, then Postgres. Nothing acknowledged is lost. */
  stop(): Promise<void>;
  /** At once: for the second Ctrl-C. Postgres recovers at the next start. */
  kill(): Promise<void>;
}

/** The start was ended by its `signal`; everything it had started is stopped. */
export class InterruptedStart extends Error {
  constructor() {
    super('The start was interrupted; what had been started is stopped.');
    this.name = 'InterruptedStart';
  }
}

/** What runs already: filled while the start goes on, so that a failed start ends exactly that. */
interface Parts {
  readonly services: Supervised[];
  sealing?: ReturnType<typeof startSealing>;
  nats?: Supervised;
  postgres?: Supervised;
}

/**
 * Starts everything on one machine: Postgres and NATS (embedded unless the settings name others), the migrations, then
 * every service as a supervised process. Resolves when all of them are ready.
 * @throws StartupError with one sentence on what to do, InterruptedStart; nothing is left running then
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { DATA_DIR: dataDir } = options.settings;
  makeFolder(dataDir);
  const unlock = lockDataFolder(dataDir);
  const parts: Parts = { services: [] };
  try {
    return await start(options, parts, unlock);
  } catch (error) {
    await endAll(parts, 'stop');
    unlock();
    throw error;
  }
}

async function start(options: StackOptions, parts: Parts, unlock: () => void): Promise<Stack> {
  const { settings, say, signal } = options;
  const dataDir = settings.DATA_DIR;
  const environment = options.env ?? process.env;
  const pidFiles = new PidFiles(dataDir);
  await pidFiles.endOrphans((line) => say('launcher', line));
  const port = await choosePort(settings, options.takenPort ?? 'refuse');
  // The keys before the administrator: once there is one, keys that are missing are lost and not made anew.
  const caKeys = provideCaKeys({ dataDir, env: environment });
  const sealingKeys = provideSealingKeys({ dataDir, usedBefore: hasAdmin(dataDir), env: environment });
  const { credentials, madeNow } = loadCredentials(dataDir);
  const admin = provideAdmin(dataDir, settings);
  const apiKey = settings.BOOTSTRAP_API_KEY ?? credentials.bootstrap_api_key;
  const ownDatabase = settings.MIGRATE_DATABASE_URL ?? settings.DATABASE_URL;
  if (ownDatabase) await checkPostgres(ownDatabase);
  refuseIfInterrupted(signal);

  const backing = { dataDir, credentials, pidFiles, say, cacheDir: path.join(root, '.cache') };
  const [postgres, nats] = await settled(
    providePostgres(backing, ownDatabase).then((access) => {
      if (access.supervised) parts.postgres = access.supervised;
      return access;
    }),
    provideNats(backing, settings.NATS_URL, environment).then((access) => {
      if (access.supervised) parts.nats = access.supervised;
      return access;
    }),
  );
  refuseIfInterrupted(signal);
  await migrate(postgres.adminUrl, dataDir, credentials, say);
  refuseIfInterrupted(signal);

  parts.sealing = startSealing(postgres.urlOf('ao_auditor'), sealKeyFile(dataDir), (line) => say('launcher', line));

  const services: ServiceProcess[] = [];
  for (const { name, replica } of processesOf(settings)) {
    const service = await startServiceProcess({
      service: name,
      replica,
      pidFiles,
      say,
      env: {
        NODE_ENV: 'production',
        ...environment,
        DATABASE_URL: postgres.urlOf(`ao_${name}`),
        SEAL_KEY_FILE: sealKeyFile(dataDir),
        NATS_URL: nats.url,
        ...nats.login(name),
        ...environmentOf(name, { settings, env: environment, port, apiKey, admin, sealingKeys, caKeys }),
        // The administrator's login is nothing for a service.
        MIGRATE_DATABASE_URL: undefined,
      },
    });
    services.push(service);
    parts.services.push(service.supervised);
  }
  await Promise.race([Promise.all(services.map((service) => service.ready())), interruption(signal)]);
  refuseIfInterrupted(signal);

  const url = `http://${['0.0.0.0', '::'].includes(settings.HOST) ? '127.0.0.1' : settings.HOST}:${port}`;
  const operatorEnvironment = (role: string) => ({
    DATABASE_URL: postgres.urlOf(role),
    MIGRATE_DATABASE_URL: postgres.adminUrl,
    SEAL_KEY_FILE: sealKeyFile(dataDir),
    NATS_URL: nats.url,
    ...nats.login('operator'),
  });
  writeStackFile(dataDir, {
    url,
    environments: Object.fromEntries(OPERATOR_ROLES.map((role) => [role, operatorEnvironment(role)])),
  });
  const end = async (how: 'stop' | 'kill') => {
    removeStackFile(dataDir);
    await endAll(parts, how);
    unlock();
  };
  const all = () => [
    ...parts.services,
    ...(parts.nats ? [parts.nats] : []),
    ...(parts.postgres ? [parts.postgres] : []),
  ];
  return {
    url,
    apiKey,
    firstStart: madeNow,
    admin,
    dataDir,
    healthUrls: Object.fromEntries(services.map((service) => [service.name, service.healthUrl()])),
    operatorEnvironment,
    processes: () => all().map((process) => ({ name: process.name, pid: process.pid() })),
    restart: async (names) => {
      const concerned = services.filter(({ service }) => names.includes(service));
      await Promise.all(concerned.map(({ supervised }) => supervised.restart()));
    },
    stop: () => end('stop'),
    kill: () => end('kill'),
  };
}

/** In the order they are started. */
function processesOf(settings: LauncherSettings): { name: ServiceName; replica: number }[] {
  const replicas: Partial<Record<ServiceName, number>> = {
    tasks: settings.TASKS_REPLICAS,
    workflows: settings.WORKFLOWS_REPLICAS,
  };
  return SERVICES.flatMap((name) =>
    Array.from({ length: replicas[name] ?? 1 }, (_, index) => ({ name, replica: index + 1 })),
  );
}

/** Whose environment operators' programs may ask for, see `stack-file.ts`. */
const OPERATOR_ROLES = ['ao_auditor', ...SERVICES.map((service) => `ao_${service}`)];

async function choosePort({ PORT, HOST }: LauncherSettings, taken: 'refuse' | 'another'): Promise<number> {
  if (await portIsFree(PORT, HOST)) return PORT;
  if (taken === 'another') return freePort();
  throw new StartupError(
    `Port ${PORT} on ${HOST} is taken or not allowed: stop the program that listens there, or choose another (PORT=${PORT + 1} npm start).`,
  );
}

function makeFolder(dataDir: string): void {
  try {
    mkdirSync(dataDir, { recursive: true });
    // As root, Postgres' user must pass through, else its data goes elsewhere and outlives this folder. Passing is not
    // reading: every secret in here has mode 0600.
    if (process.getuid?.() === 0) chmodSync(dataDir, statSync(dataDir).mode | 0o111);
  } catch (error) {
    throw new StartupError(
      `The data folder ${dataDir} cannot be made (${(error as Error).message}): give this user the right, or set DATA_DIR to another folder.`,
    );
  }
}

/** Services first: they finish what they took over a bus and a log that still run. */
async function endAll(parts: Parts, how: 'stop' | 'kill'): Promise<void> {
  await Promise.allSettled(parts.services.map((service) => service[how]()));
  await Promise.allSettled([parts.sealing?.[how]()]);
  await Promise.allSettled([parts.nats?.[how]()]);
  await Promise.allSettled([parts.postgres?.[how]()]);
}

/** Both, or the first failure; but never before both have come to an end, so that a failed start knows what runs. */
async function settled<A, B>(a: Promise<A>, b: Promise<B>): Promise<[A, B]> {
  await Promise.allSettled([a, b]);
  return Promise.all([a, b]);
}

function refuseIfInterrupted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new InterruptedStart();
}

function interruption(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_resolve, reject) => {
    if (signal?.aborted) reject(new InterruptedStart());
    signal?.addEventListener('abort', () => reject(new InterruptedStart()), { once: true });
  });
}
