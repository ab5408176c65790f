import { Inject, Module, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { CommandShell } from '@ao/event-log';
import {
  fromPlatform,
  LIFECYCLE,
  LOGGER,
  PlatformModule,
  POOL,
  type Lifecycle,
  type Logger,
  type ServicePlatform,
} from '@ao/platform';
import type { Pool } from 'pg';
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
  Service: new (kind: Kind, dependencies: LivenessDependencies) => object,
  kindOf: (shell: CommandShell) => Kind,
) => fromPlatform(Service, (platform) => new Service(kindOf(platform.shell), platform));

const certificates = fromPlatform(
  Certificates,
  ({ logger, ...platform }: ServicePlatform<RegistryConfig>) =>
    new Certificates({
      ...platform,
      onError: (error) => logger.error({ err: error }, "the certificate authority's successor could not be made"),
    }),
);

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
