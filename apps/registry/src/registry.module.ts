import { Inject, Module, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { CommandShell, Subscriptions } from '@ao/event-log';
import type { Clock } from '@ao/kernel';
import type { Bus } from '@ao/messaging';
import {
  BUS,
  CLOCK,
  COMMAND_SHELL,
  LIFECYCLE,
  LOGGER,
  METRICS,
  PlatformModule,
  POOL,
  SUBSCRIPTIONS,
  type Lifecycle,
  type Logger,
} from '@ao/platform';
import type { Pool } from 'pg';
import type { Registry } from 'prom-client';
import { AgentHandlers } from './agent/agent.handlers';
import { AgentLiveness, agentLiveness } from './agent/agent.liveness';
import { waitForSchema } from './schema';

const livenessService = {
  provide: AgentLiveness,
  useFactory: (
    pool: Pool,
    bus: Bus,
    clock: Clock,
    shell: CommandShell,
    subscriptions: Subscriptions,
    metrics: Registry,
    logger: Logger,
  ) => new AgentLiveness(agentLiveness(shell), { pool, bus, clock, subscriptions, metrics, logger }),
  inject: [POOL, BUS, CLOCK, COMMAND_SHELL, SUBSCRIPTIONS, METRICS, LOGGER],
};

/** Agents, and who of them is alive. */
@Module({
  imports: [PlatformModule.forService({ service: 'registry', schema: 'registry' })],
  controllers: [AgentHandlers],
  providers: [livenessService],
})
export class RegistryModule implements OnApplicationBootstrap, OnModuleDestroy {
  constructor(
    @Inject(AgentLiveness) private readonly liveness: AgentLiveness,
    @Inject(POOL) private readonly pool: Pool,
    @Inject(LIFECYCLE) private readonly lifecycle: Lifecycle,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Before the command server listens. */
  async onApplicationBootstrap(): Promise<void> {
    await waitForSchema(this.pool, this.logger);
    this.lifecycle.onDrain('liveness sweep', () => this.liveness.standDown());
    await this.liveness.start();
  }

  /** After the last command was answered: its beat is written as well. */
  async onModuleDestroy(): Promise<void> {
    await this.liveness.close();
  }
}
