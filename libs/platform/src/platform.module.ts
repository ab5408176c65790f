import {
  Global,
  Inject,
  Module,
  type BeforeApplicationShutdown,
  type DynamicModule,
  type OnApplicationShutdown,
  type OnModuleInit,
  type Provider,
} from '@nestjs/common';
import { createSubscriptions, type Subscriptions } from '@ao/event-log';
import { noTracing } from '@ao/messaging';
import { takeBooted } from './booted';
import { loadConfig, type ConfigExtension } from './config';
import { Health } from './health';
import { Lifecycle } from './lifecycle';
import { createLogger } from './logging';
import { createMetrics } from './metrics';
import { observeSubscriptions, subscriptionMetrics } from './observe-subscriptions';
import { openPlatform, upcasters, type Platform } from './platform';
import { announceStatus, type StatusAnnouncer } from './service-status';
import {
  BUS,
  CLOCK,
  COMMAND_CLIENT,
  COMMAND_SHELL,
  CONFIG,
  EVENT_LOG,
  HEALTH,
  LIFECYCLE,
  LOGGER,
  METRICS,
  POOL,
  SUBSCRIPTIONS,
} from './tokens';

const PLATFORM = Symbol('PLATFORM');

export interface PlatformModuleOptions {
  readonly service: string;
  /** The service's schema in Postgres: its subscriptions keep their checkpoints there. */
  readonly schema: string;
  /** Its own variables; only looked at when the module is used without `bootService`, as in tests. */
  readonly config?: ConfigExtension;
  /** Instead of process.env; only looked at without `bootService`. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** What every service is given: connections, log, shell, subscriptions, bus, clock, metrics, config. Global. */
@Global()
@Module({})
export class PlatformModule implements OnModuleInit, BeforeApplicationShutdown, OnApplicationShutdown {
  private status: StatusAnnouncer | undefined;

  constructor(
    @Inject(PLATFORM) private readonly platform: Platform,
    @Inject(SUBSCRIPTIONS) private readonly subscriptions: Subscriptions,
  ) {}

  static forService(options: PlatformModuleOptions): DynamicModule {
    const providers = [
      { provide: PLATFORM, useFactory: () => takeBooted(options.service) ?? openFromEnvironment(options) },
      part(POOL, (platform) => platform.pool),
      part(EVENT_LOG, (platform) => platform.log),
      part(COMMAND_SHELL, (platform) => platform.shell),
      part(BUS, (platform) => platform.bus),
      part(COMMAND_CLIENT, (platform) => platform.commands),
      part(CLOCK, (platform) => platform.log.clock),
      part(METRICS, (platform) => platform.metrics.registry),
      part(CONFIG, (platform) => platform.config),
      part(LOGGER, (platform) => platform.logger),
      part(LIFECYCLE, (platform) => platform.lifecycle),
      part(HEALTH, (platform) => platform.health),
      part(SUBSCRIPTIONS, (platform) => subscriptionsOf(platform, options.schema)),
    ];
    return { module: PlatformModule, providers, exports: providers.map(({ provide }) => provide) };
  }

  onModuleInit(): void {
    const { service, bus, log, health, lifecycle } = this.platform;
    const { subscriptions } = this;
    this.status = announceStatus({ service, bus, log, health, lifecycle, subscriptions, clock: log.clock });
  }

  /** After every provider's `onModuleDestroy`: nothing asks the subscriptions for anything any more. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.status?.stop();
    await this.subscriptions.stop();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.platform.close();
  }
}

type NamedProvider = Extract<Provider, { provide: unknown; useFactory: unknown }>;

function part(token: symbol, pick: (platform: Platform) => unknown): NamedProvider {
  return { provide: token, useFactory: pick, inject: [PLATFORM] };
}

function subscriptionsOf({ pool, log, bus, health, metrics, logger }: Platform, schema: string): Subscriptions {
  const { registry } = metrics;
  const subscriptions = createSubscriptions({
    pool,
    log,
    bus: bus.commitBus(),
    schema,
    upcasters,
    metrics: subscriptionMetrics(registry, logger),
  });
  observeSubscriptions(subscriptions, { log, clock: log.clock, health, registry });
  return subscriptions;
}

function openFromEnvironment({ service, config, env }: PlatformModuleOptions): Promise<Platform> {
  const checked = loadConfig(service, config, env);
  const metrics = createMetrics(service);
  return openPlatform({
    service,
    config: checked,
    logger: createLogger({ service, level: checked.LOG_LEVEL }),
    metrics,
    health: new Health(metrics.registry),
    lifecycle: new Lifecycle(),
    tracing: noTracing,
  });
}
