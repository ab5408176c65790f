import { Global, Inject, Module, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { EventLog, Subscriptions } from '@ao/event-log';
import { CONFIG, EVENT_LOG, LOGGER, POOL, SUBSCRIPTIONS, type Logger } from '@ao/platform';
import type { Pool } from 'pg';
import type { IdentityConfig } from '../identity.config';
import { waitForSchema } from '../schema';
import { SealingHandlers } from './sealing.handlers';
import { SealingService } from './sealing.service';
import { SEALER } from './tokens';

export { SEALER } from './tokens';

const sealingService = {
  provide: SealingService,
  useFactory: (config: IdentityConfig, pool: Pool, log: EventLog, subscriptions: Subscriptions, logger: Logger) =>
    new SealingService({ config, pool, log, subscriptions, logger }),
  inject: [CONFIG, POOL, EVENT_LOG, SUBSCRIPTIONS, LOGGER],
};
const sealer = {
  provide: SEALER,
  useFactory: (service: SealingService) => service.sealer,
  inject: [SealingService],
};

@Global()
@Module({ controllers: [SealingHandlers], providers: [sealingService, sealer], exports: [sealer] })
export class SealingModule implements OnApplicationBootstrap, OnModuleDestroy {
  constructor(
    @Inject(SealingService) private readonly service: SealingService,
    @Inject(POOL) private readonly pool: Pool,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** A global module's turn comes before the others', which may seal at once. */
  async onApplicationBootstrap(): Promise<void> {
    await waitForSchema(this.pool, this.logger);
    await this.service.start();
  }

  async onModuleDestroy(): Promise<void> {
    await this.service.stop();
  }
}
