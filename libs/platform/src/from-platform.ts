import type { CommandShell, EventLog, Subscriptions } from '@ao/event-log';
import type { Clock } from '@ao/kernel';
import type { Bus, CommandClient } from '@ao/messaging';
import type { FactoryProvider, Type } from '@nestjs/common';
import type { Pool } from 'pg';
import type { Registry } from 'prom-client';
import type { Logger } from './logging';
import {
  BUS,
  CLOCK,
  COMMAND_CLIENT,
  COMMAND_SHELL,
  CONFIG,
  EVENT_LOG,
  LOGGER,
  METRICS,
  POOL,
  SUBSCRIPTIONS,
} from './tokens';

/** What the platform gives a service, as one object: each is described at its token. */
export interface ServicePlatform<Config = unknown> {
  readonly pool: Pool;
  readonly log: EventLog;
  readonly shell: CommandShell;
  readonly subscriptions: Subscriptions;
  readonly bus: Bus;
  readonly commands: CommandClient;
  readonly clock: Clock;
  readonly metrics: Registry;
  readonly logger: Logger;
  readonly config: Config;
}

/** A provider whose class is made from the platform, and from other providers where `others` names some. */
export function fromPlatform<Service, Config, Others extends readonly unknown[] = []>(
  provide: Type<Service>,
  create: (platform: ServicePlatform<Config>, ...others: Others) => Service,
  others: { readonly [Index in keyof Others]: Type<Others[Index]> } = [] as never,
): FactoryProvider<Service> {
  return {
    provide,
    useFactory: (
      pool: Pool,
      log: EventLog,
      shell: CommandShell,
      subscriptions: Subscriptions,
      bus: Bus,
      commands: CommandClient,
      clock: Clock,
      metrics: Registry,
      logger: Logger,
      config: Config,
      ...rest: unknown[]
    ) =>
      create(
        { pool, log, shell, subscriptions, bus, commands, clock, metrics, logger, config },
        ...(rest as unknown as Others),
      ),
    inject: [
      ...[POOL, EVENT_LOG, COMMAND_SHELL, SUBSCRIPTIONS, BUS, COMMAND_CLIENT, CLOCK, METRICS, LOGGER, CONFIG],
      ...(others as readonly Type[]),
    ],
  };
}
