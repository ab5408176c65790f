import { describeTemplate, installTemplate, listTemplates, uninstallTemplate, type DataOf } from '@ao/contracts';
import type { CommandMetadata } from '@ao/kernel';
import { CommandHandler, QueryHandler, type Answer } from '@ao/messaging';
import { Controller, Inject } from '@nestjs/common';
import { WorkflowsService } from '../workflows.service';

/** The doors of templates on NATS. */
@Controller()
export class TemplateHandlers {
  constructor(@Inject(WorkflowsService) private readonly service: WorkflowsService) {}

  @QueryHandler(listTemplates)
  list(data: DataOf<typeof listTemplates>): Answer<typeof listTemplates> {
    return this.templates.list(data);
  }

  @QueryHandler(describeTemplate)
  describe(data: DataOf<typeof describeTemplate>): Answer<typeof describeTemplate> {
    return this.templates.describe(data);
  }

  @CommandHandler(installTemplate)
  install(data: DataOf<typeof installTemplate>, metadata: CommandMetadata): Answer<typeof installTemplate> {
    return this.templates.install(data, metadata);
  }

  @CommandHandler(uninstallTemplate)
  uninstall(data: DataOf<typeof uninstallTemplate>, metadata: CommandMetadata): Answer<typeof uninstallTemplate> {
    return this.templates.uninstall(data, metadata);
  }

  private get templates() {
    return this.service.parts.templates.templates;
  }
}
