import { Inject, Module, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { CommandShell, EventLog, Subscriptions } from '@ao/event-log';
import type { Clock } from '@ao/kernel';
import type { Bus, CommandClient } from '@ao/messaging';
import {
  BUS,
  CLOCK,
  COMMAND_CLIENT,
  COMMAND_SHELL,
  CONFIG,
  EVENT_LOG,
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
import { CertificateHandlers } from './certificate/certificate.handlers';
import { Certificates } from './certificate/certificates';
import type { LivenessDependencies } from './liveness/liveness.service';
import { registryConfig, type RegistryConfig } from './registry.config';
import { RegistrationTokenHandlers } from './registration-token/registration-token.handlers';
import { waitForSchema } from './schema';
import { WorkerHandlers } from './worker/worker.handlers';
import { WorkerLiveness, workerLiveness } from './worker/worker.liveness';

/** The liveness of one kind of what beats. */
const livenessProvider = <Kind>(
  Service: new (kind: Kind, dependencies: LivenessDependencies) => unknown,
  kindOf: (shell: CommandShell) => Kind,
) => ({
  provide: Service,
  useFactory: (
    pool: Pool,
    bus: Bus,
    clock: Clock,
    shell: CommandShell,
    subscriptions: Subscriptions,
    metrics: Registry,
    logger: Logger,
  ) => new Service(kindOf(shell), { pool, bus, clock, subscriptions, metrics, logger }),
  inject: [POOL, BUS, CLOCK, COMMAND_SHELL, SUBSCRIPTIONS, METRICS, LOGGER],
});

const certificates = {
  provide: Certificates,
  useFactory: (
    config: RegistryConfig,
    pool: Pool,
    log: EventLog,
    shell: CommandShell,
    subscriptions: Subscriptions,
    clock: Clock,
    commands: CommandClient,
    logger: Logger,
  ) =>
    new Certificates({
      ...{ config, pool, log, shell, subscriptions, clock, commands },
      onError: (error) => logger.error({ err: error }, "the certificate authority's successor could not be made"),
    }),
  inject: [CONFIG, POOL, EVENT_LOG, COMMAND_SHELL, SUBSCRIPTIONS, CLOCK, COMMAND_CLIENT, LOGGER],
};

/** Agents, who of them is alive, and what they prove themselves with. */
@Module({
  imports: [PlatformModule.forService({ service: 'registry', schema: 'registry', config: registryConfig })],
  controllers: [AgentHandlers, RegistrationTokenHandlers, CertificateHandlers, WorkerHandlers],
  providers: [
    livenessProvider(AgentLiveness, agentLiveness),
    livenessProvider(WorkerLiveness, workerLiveness),
    certificates,
  ],
})
export class RegistryModule implements OnApplicationBootstrap, OnModuleDestroy {
  constructor(
    @Inject(AgentLiveness) private readonly liveness: AgentLiveness,
    @Inject(WorkerLiveness) private readonly workers: WorkerLiveness,
    @Inject(Certificates) private readonly certificates: Certificates,
    @Inject(POOL) private readonly pool: Pool,
    @Inject(LIFECYCLE) private readonly lifecycle: Lifecycle,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Before the command server listens. */
  async onApplicationBootstrap(): Promise<void> {
    await waitForSchema(this.pool, this.logger);
    await this.certificates.start();
    this.lifecycle.onDrain('liveness sweep', () => this.liveness.standDown());
    this.lifecycle.onDrain('liveness sweep of workers', () => this.workers.standDown());
    await this.liveness.start();
    await this.workers.start();
  }

  /** After the last command was answered: its beat is written as well. */
  async onModuleDestroy(): Promise<void> {
    this.certificates.stop();
    await this.liveness.close();
    await this.workers.close();
  }
}
