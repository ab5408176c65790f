import { allEvents, eventUpcasters } from '@ao/contracts';
import {
  LogUnavailableError,
  createCommandShell,
  createEventLog,
  createPool,
  defineUpcasters,
  waitForLog,
  type CommandShell,
  type EventLog,
} from '@ao/event-log';
import {
  connectBus,
  createCommandClient,
  inboxPrefixOf,
  type Bus,
  type BusStatus,
  type CommandClient,
  type Tracing,
} from '@ao/messaging';
import type { Pool } from 'pg';
import type { PlatformConfig } from './config';
import type { Health } from './health';
import type { Lifecycle } from './lifecycle';
import { redacted, type Logger } from './logging';
import type { PlatformMetrics } from './metrics';
import { StartupError } from './startup-error';

/** What exists before Postgres and NATS are reached. */
export interface Foundation {
  readonly service: string;
  readonly config: PlatformConfig;
  /** As `PoolOptions.byIndex`. */
  readonly byIndex?: boolean;
  readonly logger: Logger;
  readonly metrics: PlatformMetrics;
  readonly health: Health;
  readonly lifecycle: Lifecycle;
  readonly tracing: Tracing;
}

export interface Platform extends Foundation {
  readonly pool: Pool;
  readonly bus: Bus;
  readonly log: EventLog;
  readonly shell: CommandShell;
  readonly commands: CommandClient;
  /** Flushes appends, lets messages leave, closes connections. Safe to call again. */
  close(): Promise<void>;
}

/** Every event type this release knows; a newer one pauses whoever meets it. */
export const upcasters = defineUpcasters(eventUpcasters, allEvents);

/** A clear sentence this often while something is waited for. */
const REMIND_MS = 5_000;

/**
 * Connects to Postgres and NATS, waiting for both as long as it takes; /health/ready tells what is missing meanwhile.
 * @throws StartupError when waiting cannot help
 */
export async function openPlatform(
  foundation: Foundation,
  options: { readonly signal?: AbortSignal; readonly onFatal?: (error: Error) => void } = {},
): Promise<Platform> {
  const { service, config, byIndex, logger, metrics, health, lifecycle, tracing } = foundation;
  health.addCheck('nats', () => 'not connected yet');
  health.addCheck('postgres', () => 'not connected yet');
  health.addCheck('lifecycle', () => (lifecycle.draining ? 'draining' : undefined));

  const pool = createPool(config.DATABASE_URL, {
    applicationName: service,
    max: config.DATABASE_POOL_MAX,
    byIndex,
    onError: (error) => logger.warn({ err: error }, 'a connection to Postgres was lost'),
  });
  try {
    const [bus] = await Promise.all([openBus(foundation, options), waitForPostgres(pool, foundation, options.signal)]);
    health.addCheck('nats', () => (bus.isConnected() ? undefined : 'disconnected'));
    health.addCheck('postgres', postgresCheck(pool));
    const log = createEventLog({ pool, bus: bus.commitBus(), upcasters, metrics: metrics.eventLog });
    await log.ready();
    const shell = createCommandShell(log);
    const commands = createCommandClient(bus, {
      defaultTimeoutMs: config.COMMAND_TIMEOUT_MS,
      clock: log.clock,
      tracing,
      onAnswered: (answer) => metrics.answered(answer),
    });
    let closing: Promise<void> | undefined;
    const close = async () => {
      await log.close();
      await bus.drain();
      await pool.end();
    };
    return { ...foundation, pool, bus, log, shell, commands, close: () => (closing ??= close()) };
  } catch (error) {
    await pool.end();
    throw error;
  }
}

async function openBus(
  { service, config, logger, metrics }: Foundation,
  options: { readonly signal?: AbortSignal; readonly onFatal?: (error: Error) => void },
): Promise<Bus> {
  const remind = reminder((reason) =>
    logger.warn(`${service} waits for NATS: ${reason}. Start it, or set NATS_URL, NATS_USER and NATS_PASSWORD.`),
  );
  const onStatus = (status: BusStatus) => {
    metrics.busConnected(status.kind === 'connected' || status.kind === 'reconnected');
    switch (status.kind) {
      case 'waiting':
        return remind(status.reason);
      case 'disconnected':
        return logger.warn('the connection to NATS was lost; trying to get it back');
      case 'error':
        return logger.error(`NATS refused something: ${status.reason}`);
      case 'closed':
        if (status.reason === undefined) return;
        return options.onFatal?.(new Error(`the connection to NATS ended for good: ${status.reason}`));
      default:
        return logger.info(`${status.kind} to NATS`);
    }
  };
  return connectBus({
    url: config.NATS_URL,
    user: config.NATS_USER,
    password: config.NATS_PASSWORD,
    name: service,
    inboxPrefix: inboxPrefixOf(config.NATS_USER),
    onStatus,
    onDropped: (error) => {
      metrics.dropped();
      logger.warn({ err: error }, 'a message was dropped');
    },
    signal: options.signal,
  });
}

async function waitForPostgres(
  pool: Pool,
  { service, config, logger }: Foundation,
  signal?: AbortSignal,
): Promise<void> {
  const where = redacted(config.DATABASE_URL);
  const remind = reminder((reason) =>
    logger.warn(`${service} waits for Postgres at ${where}: ${reason}. Start it, or set DATABASE_URL.`),
  );
  for (;;) {
    if (signal?.aborted) throw new LogUnavailableError('the wait for Postgres was ended');
    try {
      await waitForLog(pool, 1_000);
      return;
    } catch (error) {
      if (!(error instanceof LogUnavailableError)) throw new StartupError(reasonOf(error));
      remind(reasonOf(error.cause ?? error));
    }
  }
}

/** At most one word every few seconds, the first at once. */
function reminder(say: (reason: string) => void): (reason: string) => void {
  let saidAt = -Infinity;
  return (reason) => {
    if (performance.now() - saidAt < REMIND_MS) return;
    saidAt = performance.now();
    say(reason);
  };
}

/** Node reports a refused connection to a name with two addresses as an AggregateError without a message. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return error.errors.map(reasonOf).join(', ');
  return error instanceof Error ? error.message : String(error);
}

/** One query at a time and at most one per second, however often it is asked. */
function postgresCheck(pool: Pool): () => Promise<string | undefined> {
  let checkedAt = -Infinity;
  let current: Promise<string | undefined> = Promise.resolve(undefined);
  return () => {
    if (performance.now() - checkedAt > 1_000) {
      checkedAt = performance.now();
      current = pool.query('select 1').then(
        () => undefined,
        (error: unknown) => reasonOf(error),
      );
    }
    return current;
  };
}
