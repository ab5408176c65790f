import type { Server } from 'node:http';
import type { INestApplication, INestApplicationContext, INestMicroservice, Type } from '@nestjs/common';
import { NestFactory, type AbstractHttpAdapter } from '@nestjs/core';
import { NatsCommandServer } from '@ao/messaging';
import { handOver } from './booted';
import { loadConfig, type ConfigExtension, type ConfigOf } from './config';
import { drainHttp } from './drain-http';
import { Health, listenError } from './health';
import { Lifecycle } from './lifecycle';
import { correlated, createLogger, nestLogger, type Logger } from './logging';
import { createMetrics } from './metrics';
import { openPlatform, type Platform } from './platform';
import { StartupError } from './startup-error';
import { startTracing, type RunningTracing } from './tracing';

/** SIGTERM to the end of the process at the latest; Kubernetes kills after 30 s. */
const DRAIN_LIMIT_MS = 25_000;

/** The HTTP side of a service that has one. */
export interface HttpFace<Config> {
  /** For example `new FastifyAdapter({...})`; the platform itself does not load an HTTP framework. */
  adapter(config: Config, logger: Logger): AbstractHttpAdapter;
  port(config: Config): number;
  host(config: Config): string;
  /** Before it listens: middleware, hooks, documents. */
  configure?(app: INestApplication, config: Config): Promise<void> | void;
  /** After it listens. */
  listening?(app: INestApplication, config: Config): Promise<void> | void;
}

export interface BootOptions<Extension extends ConfigExtension> {
  readonly service: string;
  /** Imports `PlatformModule.forService({service, schema})`. */
  readonly module: Type;
  /** The service's own variables. */
  readonly config?: Extension;
  /** Why these settings must not be used together: one sentence that says what to do. */
  readonly refuse?: (config: ConfigOf<Extension>) => string | undefined;
  readonly http?: HttpFace<ConfigOf<Extension>>;
  /** As `PoolOptions.byIndex`. */
  readonly byIndex?: boolean;
}

/**
 * The whole life of a service process, for its main.ts: config, logs, health, connections, the Nest application, the
 * command server, and on SIGTERM or SIGINT the drain. Ends the process: 0 after a clean drain; 1 with one sentence when it
 * cannot start, on the second SIGTERM, after 25 s of draining, and after an error that nobody caught.
 */
export async function bootService<Extension extends ConfigExtension>(options: BootOptions<Extension>): Promise<void> {
  const { service } = options;
  const config = orExit(() => {
    const checked = loadConfig(service, options.config);
    const why = options.refuse?.(checked);
    if (why !== undefined) throw new StartupError(`${service} cannot start: ${why}`);
    return checked;
  });
  const logger = createLogger({ service, level: config.LOG_LEVEL });
  const metrics = createMetrics(service);
  const health = new Health(metrics.registry);
  const lifecycle = new Lifecycle();
  const starting = new AbortController();
  const parts: RunningParts = { health, lifecycle, logger };

  process.on('uncaughtException', (error) => fatal(logger, error, 'an exception that nobody caught'));
  process.on('unhandledRejection', (error) => fatal(logger, error, 'a rejected promise that nobody handled'));
  onSignals(logger, () => {
    lifecycle.begin();
    starting.abort();
    void drain(parts, config.DRAIN_DELAY_MS);
  });

  try {
    health.addCheck('start', () => 'starting');
    const healthPort = await health.listen(config.HEALTH_PORT, config.HEALTH_HOST);
    logger.info({ health_port: healthPort }, 'starting');
    parts.tracing = await startTracing(service, config.OTEL_EXPORTER_OTLP_ENDPOINT);
    const { tracing } = parts.tracing;
    const platform = await openPlatform(
      { service, config, byIndex: options.byIndex, logger, metrics, health, lifecycle, tracing },
      { signal: starting.signal, onFatal: (error) => fatal(logger, error, 'cannot go on') },
    );
    parts.platform = platform;
    handOver(platform);
    const server = new NatsCommandServer({
      service,
      bus: platform.bus,
      clock: platform.log.clock,
      tracing,
      onHandled: (handled) => metrics.handled(handled),
      onDefect: (error, name, metadata) =>
        correlated(logger, metadata).error({ err: error, request: name }, 'a handler failed unexpectedly'),
      onMalformed: (error) => {
        metrics.dropped();
        logger.warn({ err: error }, 'a request could not be read');
      },
    });
    parts.server = server;
    parts.app = options.http
      ? await startHttpApplication(options.module, options.http, config, server, parts)
      : await startMicroservice(options.module, server, logger);
    health.removeCheck('start');
    if (!lifecycle.draining) logger.info('ready');
  } catch (error) {
    // A drain that began meanwhile ends the process in its own way.
    if (lifecycle.draining) return;
    if (error instanceof StartupError) exitWith(error.message);
    fatal(logger, error, 'cannot start');
  }
}

async function startMicroservice(
  module: Type,
  strategy: NatsCommandServer,
  logger: Logger,
): Promise<INestMicroservice> {
  const app = await NestFactory.createMicroservice(module, { ...nestOptions(logger), strategy });
  await app.listen();
  return app;
}

async function startHttpApplication<Config>(
  module: Type,
  http: HttpFace<Config>,
  config: Config,
  strategy: NatsCommandServer,
  parts: RunningParts,
): Promise<INestApplication> {
  const app = await NestFactory.create(module, http.adapter(config, parts.logger), nestOptions(parts.logger));
  app.connectMicroservice({ strategy });
  await http.configure?.(app, config);
  await app.startAllMicroservices();
  const port = http.port(config);
  try {
    await app.listen(port, http.host(config));
  } catch (error) {
    throw listenError(error as NodeJS.ErrnoException, 'PORT', port);
  }
  parts.httpServer = app.getHttpServer() as Server;
  await http.listening?.(app, config);
  return app;
}

const nestOptions = (logger: Logger) => ({ logger: nestLogger(logger), abortOnError: false });

interface RunningParts {
  readonly health: Health;
  readonly lifecycle: Lifecycle;
  readonly logger: Logger;
  tracing?: RunningTracing;
  platform?: Platform;
  server?: NatsCommandServer;
  app?: INestApplicationContext;
  httpServer?: Server;
}

/** Not ready at once, then: no intake, finish what is under way, stop subscriptions and timers, flush, close, exit 0. */
async function drain(parts: RunningParts, delayMs: number): Promise<void> {
  const { health, lifecycle, logger } = parts;
  setTimeout(() => {
    logger.error(`the drain took longer than ${DRAIN_LIMIT_MS / 1000} s`);
    process.exit(1);
  }, DRAIN_LIMIT_MS).unref();
  try {
    logger.info('draining');
    if (parts.app) {
      await new Promise((resolve) => setTimeout(resolve, delayMs));
      await Promise.all([
        parts.server?.close(),
        parts.httpServer && drainHttp(parts.httpServer),
        lifecycle.runHooks((name, err) => logger.error({ err }, `draining ${name} failed`)),
      ]);
      await parts.app.close();
    }
    // Closed by the application already, unless there is none yet.
    await parts.platform?.close();
    await parts.tracing?.stop();
    await health.close();
    logger.info('ended');
    process.exit(0);
  } catch (error) {
    fatal(logger, error, 'the drain failed');
  }
}

/**
 * SIGINT only asks: Ctrl-C reaches every process of a terminal, and a supervisor then sends SIGTERM on top. The second
 * SIGTERM means it.
 */
function onSignals(logger: Logger, begin: () => void): void {
  let begun = false;
  let terminated = false;
  const once = () => {
    if (begun) return;
    begun = true;
    begin();
  };
  process.on('SIGINT', once);
  process.on('SIGTERM', () => {
    if (terminated) {
      logger.error('a second SIGTERM: ending at once');
      process.exit(1);
    }
    terminated = true;
    once();
  });
}

function orExit<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof StartupError) exitWith(error.message);
    throw error;
  }
}

function exitWith(sentence: string): never {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}

function fatal(logger: Logger, error: unknown, what: string): never {
  logger.fatal({ err: error instanceof Error ? error : new Error(String(error)) }, what);
  process.exit(1);
}
