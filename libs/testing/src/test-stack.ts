import { freePort, SERVICES, type ServiceName } from '@ao/embedded';
import { startService, type StartedService } from './start-service';
import { testDatabase, type TestDatabase } from './test-database';
import { testNats, type TestNats } from './test-nats';

export interface TestStackOptions {
  /** Default: all of them. */
  readonly services?: readonly ServiceName[];
  /** For every service. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface TestStack {
  readonly database: TestDatabase;
  readonly nats: TestNats;
  /** Of the gateway's HTTP side. */
  readonly url: string;
  /** Bearer key of the operator (BOOTSTRAP_API_KEY). */
  readonly apiKey: string;
  /** The first administrator (BOOTSTRAP_ADMIN_EMAIL and _PASSWORD). */
  readonly admin: { readonly email: string; readonly password: string };
  /** Present and running, unless a test ended it. */
  service(name: ServiceName): StartedService;
  /** Starts the service anew with the same environment (and `env` on top); the old process is killed if it still runs. */
  restart(name: ServiceName, env?: Readonly<Record<string, string>>): Promise<StartedService>;
  /** The environment the service was given, for a further replica of it (give that one its own PORT and HEALTH_PORT). */
  environmentOf(name: ServiceName): Record<string, string>;
  stop(): Promise<void>;
}

/** Everything, with nothing replaced: a database, a nats-server and the services as processes on free ports. */
export async function testStack(options: TestStackOptions = {}): Promise<TestStack> {
  const names = options.services ?? SERVICES;
  const [database, nats, port] = await Promise.all([testDatabase(), testNats(), freePort()]);
  const apiKey = 'test-bootstrap-api-key';
  const admin = { email: 'admin@example.org', password: 'a long enough password' };
  const environmentOf = (name: ServiceName): Record<string, string> => {
    const { user, password } = nats.credentials(name);
    return {
      DATABASE_URL: database.urlFor(name),
      NATS_URL: nats.url,
      NATS_USER: user,
      NATS_PASSWORD: password,
      LOG_LEVEL: 'warn',
      ...(name === 'gateway' && {
        ...{ PORT: String(port), AGENT_TLS_PORT: '0', BOOTSTRAP_API_KEY: apiKey, COORDINATOR_OPEN: 'true' },
      }),
      ...(name === 'registry' && { CA_KEYS: `test:${Buffer.alloc(32, 9).toString('base64')}` }),
      ...(name === 'identity' && {
        SEALING_KEYS: `test:${Buffer.alloc(32, 7).toString('base64')}`,
        BOOTSTRAP_ADMIN_EMAIL: admin.email,
        BOOTSTRAP_ADMIN_PASSWORD: admin.password,
      }),
      // The servers that tests receive with are on this machine.
      ...((name === 'notifications' || name === 'workflows') && { ALLOW_PRIVATE_WEBHOOKS: 'true' }),
      ...options.env,
    };
  };
  const running = new Map<ServiceName, StartedService>();
  const start = async (name: ServiceName, env: Readonly<Record<string, string>> = {}) => {
    const service = await startService(name, { ...environmentOf(name), ...env });
    running.set(name, service);
    return service;
  };
  const stop = async () => {
    await Promise.all([...running.values()].map((service) => service.kill()));
    await nats.stop();
    await database.drop();
  };
  try {
    const started = await Promise.all(names.map((name) => start(name)));
    await Promise.all(started.map((service) => service.ready()));
  } catch (error) {
    await stop();
    throw error;
  }
  const service = (name: ServiceName) => {
    const found = running.get(name);
    if (!found) throw new Error(`the stack was started without ${name}`);
    return found;
  };
  return {
    database,
    nats,
    url: `http://127.0.0.1:${port}`,
    apiKey,
    admin,
    service,
    restart: async (name, env) => {
      await service(name).kill();
      const again = await start(name, env);
      await again.ready();
      return again;
    },
    environmentOf,
    stop,
  };
}
