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
import { Inject, Module, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { Pool } from 'pg';
import { ApprovalHandlers } from './approval/approval.handlers';
import { CodeReviewHandlers } from './code-review/code-review.handlers';
import { RunHandlers } from './run/run.handlers';
import { waitForSchema } from './schema';
import { TemplateHandlers } from './template/template.handlers';
import { WorkflowHandlers } from './workflow/workflow.handlers';
import { TriggerHandlers } from './trigger/trigger.handlers';
import { workflowsConfig, type WorkflowsConfig } from './workflows.config';
import { WorkflowsService } from './workflows.service';

const workflowsService = fromPlatform(
  WorkflowsService,
  (platform: ServicePlatform<WorkflowsConfig>) => new WorkflowsService(platform),
);

/** Work of several steps: what follows what, and how far it is. */
@Module({
  imports: [PlatformModule.forService({ service: 'workflows', schema: 'workflows', config: workflowsConfig })],
  controllers: [ApprovalHandlers, CodeReviewHandlers, RunHandlers, TemplateHandlers, TriggerHandlers, WorkflowHandlers],
  providers: [workflowsService],
})
export class WorkflowsModule implements OnApplicationBootstrap, OnModuleDestroy {
  constructor(
    @Inject(WorkflowsService) private readonly workflows: WorkflowsService,
    @Inject(POOL) private readonly pool: Pool,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(LIFECYCLE) private readonly lifecycle: Lifecycle,
  ) {}

  /** Before the command server listens. */
  async onApplicationBootstrap(): Promise<void> {
    await waitForSchema(this.pool, this.logger);
    this.lifecycle.onDrain('workflows', () => this.workflows.stop());
    await this.workflows.start();
  }

  async onModuleDestroy(): Promise<void> {
    await this.workflows.stop();
  }
}
