import { Inject, Module, type OnApplicationBootstrap } from '@nestjs/common';
import type { Subscriptions } from '@ao/event-log';
import { LOGGER, METRICS, PlatformModule, POOL, SUBSCRIPTIONS, type Logger } from '@ao/platform';
import type { Pool } from 'pg';
import type { Registry } from 'prom-client';
import { AgentsHandlers } from './agents/agents.handlers';
import { AgentsService } from './agents/agents.service';
import { waitForSchema } from './schema';

const agentsService = {
  provide: AgentsService,
  useFactory: (pool: Pool, subscriptions: Subscriptions, metrics: Registry) =>
    new AgentsService({ pool, subscriptions, metrics }),
  inject: [POOL, SUBSCRIPTIONS, METRICS],
};

/** Which agents can do what. */
@Module({
  imports: [PlatformModule.forService({ service: 'discovery', schema: 'discovery' })],
  controllers: [AgentsHandlers],
  providers: [agentsService],
})
export class DiscoveryModule implements OnApplicationBootstrap {
  constructor(
    @Inject(AgentsService) private readonly agents: AgentsService,
    @Inject(POOL) private readonly pool: Pool,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Before the command server listens. */
  async onApplicationBootstrap(): Promise<void> {
    await waitForSchema(this.pool, this.logger);
    await this.agents.start();
  }
}
