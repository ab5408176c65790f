import type { EventLog, Subscriptions } from '@ao/event-log';
import type { Clock } from '@ao/kernel';
import type { CommandClient } from '@ao/messaging';
import {
  CLOCK,
  COMMAND_CLIENT,
  CONFIG,
  EVENT_LOG,
  HEALTH,
  LOGGER,
  POOL,
  SUBSCRIPTIONS,
  type Health,
  type Logger,
} from '@ao/platform';
import { Inject, Injectable, Module, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { Pool } from 'pg';
import { settingDefaults, type GatewayConfig } from '../gateway.config';
import { LIMITER } from '../limits/limiter';
import { limiterProvider } from '../limits/limiter.provider';
import { platform } from '../platform';
import { SealedAddresses } from './addresses';
import { Authentication } from './authentication';
import { trustedPeer } from './client-address';
import { ClientCertificates } from './client-certificates';
import { wasIssued } from './issued-certificates';
import { Refusals } from './refusals';

/** Starts what keeps the door informed, and hands over what it counted. */
@Injectable()
class AccessRuntime implements OnApplicationBootstrap, OnModuleDestroy {
  constructor(
    private readonly authentication: Authentication,
    private readonly refusals: Refusals,
    @Inject(HEALTH) private readonly health: Health,
  ) {}

  onApplicationBootstrap(): void {
    this.health.addCheck('authentication', () =>
      this.authentication.ready ? undefined : 'who may do what is not known yet',
    );
    this.authentication.start();
  }

  async onModuleDestroy(): Promise<void> {
    this.authentication.stop();
    await this.refusals.close();
  }
}

/** Who may do what, as this replica knows it by itself. */
@Module({
  imports: [platform],
  providers: [
    {
      provide: Authentication,
      inject: [POOL, EVENT_LOG, SUBSCRIPTIONS, CLOCK, CONFIG],
      useFactory: (pool: Pool, log: EventLog, subscriptions: Subscriptions, clock: Clock, config: GatewayConfig) =>
        new Authentication({
          ...{ pool, log, subscriptions, clock },
          defaults: settingDefaults(config),
        }),
    },
    {
      provide: ClientCertificates,
      inject: [Authentication, POOL, EVENT_LOG, CLOCK, CONFIG],
      useFactory: (authentication: Authentication, pool: Pool, log: EventLog, clock: Clock, config: GatewayConfig) =>
        new ClientCertificates({
          ...{ authentication, clock },
          wasIssued: (agentId, serial) => wasIssued({ pool, log }, agentId, serial),
          isTrustedProxy: trustedPeer(config.FORWARDED_CLIENT_CERTIFICATES ? config.TRUSTED_PROXIES : []),
        }),
    },
    {
      provide: Refusals,
      inject: [COMMAND_CLIENT, CLOCK, LOGGER],
      useFactory: (client: CommandClient, clock: Clock, logger: Logger) =>
        new Refusals({
          ...{ client, clock },
          onError: (error) => logger.warn({ err: error }, 'refusals could not be recorded'),
        }),
    },
    {
      provide: SealedAddresses,
      inject: [COMMAND_CLIENT, CLOCK],
      useFactory: (client: CommandClient, clock: Clock) => new SealedAddresses(client, clock),
    },
    limiterProvider,
    AccessRuntime,
  ],
  exports: [Authentication, ClientCertificates, Refusals, SealedAddresses, LIMITER],
})
export class AccessModule {}
