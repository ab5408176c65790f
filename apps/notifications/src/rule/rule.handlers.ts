import { Controller, Inject } from '@nestjs/common';
import { changeRule, createRule, deleteRule, dryRunRule, type DataOf } from '@ao/contracts';
import type { CommandMetadata } from '@ao/kernel';
import { CommandHandler, QueryHandler, type Answer } from '@ao/messaging';
import { NotificationsService } from '../notifications.service';

/** The doors of rules on NATS. */
@Controller()
export class RuleHandlers {
  constructor(@Inject(NotificationsService) private readonly service: NotificationsService) {}

  @CommandHandler(createRule)
  create(data: DataOf<typeof createRule>, metadata: CommandMetadata): Answer<typeof createRule> {
    return this.service.rules.create(data, metadata);
  }

  @CommandHandler(changeRule)
  change(data: DataOf<typeof changeRule>, metadata: CommandMetadata): Answer<typeof changeRule> {
    return this.service.rules.change(data, metadata);
  }

  @CommandHandler(deleteRule)
  delete(data: DataOf<typeof deleteRule>, metadata: CommandMetadata): Answer<typeof deleteRule> {
    return this.service.rules.delete(data, metadata);
  }

  @QueryHandler(dryRunRule)
  dryRun(data: DataOf<typeof dryRunRule>, metadata: CommandMetadata): Answer<typeof dryRunRule> {
    return this.service.rules.dryRun(data, metadata);
  }
}
