import { Controller, Inject } from '@nestjs/common';
import {
  addStep,
  changeWorkflow,
  createWorkflow,
  deleteWorkflow,
  validateDefinition,
  type DataOf,
} from '@ao/contracts';
import type { CommandMetadata } from '@ao/kernel';
import { CommandHandler, done, QueryHandler, type Answer } from '@ao/messaging';
import { WorkflowsService } from '../workflows.service';

/** The doors of definitions on NATS. */
@Controller()
export class WorkflowHandlers {
  constructor(@Inject(WorkflowsService) private readonly service: WorkflowsService) {}

  @CommandHandler(createWorkflow)
  create(data: DataOf<typeof createWorkflow>, metadata: CommandMetadata): Answer<typeof createWorkflow> {
    return this.workflows.create(data, metadata);
  }

  @CommandHandler(changeWorkflow)
  change(data: DataOf<typeof changeWorkflow>, metadata: CommandMetadata): Answer<typeof changeWorkflow> {
    return this.workflows.change(data, metadata);
  }

  @CommandHandler(addStep)
  addStep(data: DataOf<typeof addStep>, metadata: CommandMetadata): Answer<typeof addStep> {
    return this.workflows.addStep(data, metadata);
  }

  @CommandHandler(deleteWorkflow)
  delete(data: DataOf<typeof deleteWorkflow>, metadata: CommandMetadata): Answer<typeof deleteWorkflow> {
    return this.workflows.delete(data, metadata);
  }

  @QueryHandler(validateDefinition)
  validate({ definition }: DataOf<typeof validateDefinition>): Answer<typeof validateDefinition> {
    return Promise.resolve(done({ problems: [...this.workflows.whyInvalid(definition)] }));
  }

  private get workflows() {
    return this.service.parts.workflows;
  }
}
