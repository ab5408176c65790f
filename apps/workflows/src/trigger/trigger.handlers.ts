import {
  changeTrigger,
  createTrigger,
  deleteTrigger,
  receiveHook,
  rotateTriggerSecret,
  testTrigger,
  toggleTrigger,
  triggerHistory,
  type DataOf,
} from '@ao/contracts';
import type { CommandMetadata } from '@ao/kernel';
import { CommandHandler, QueryHandler, type Answer } from '@ao/messaging';
import { Controller, Inject } from '@nestjs/common';
import { WorkflowsService } from '../workflows.service';

/** The doors of triggers on NATS. */
@Controller()
export class TriggerHandlers {
  constructor(@Inject(WorkflowsService) private readonly service: WorkflowsService) {}

  @CommandHandler(createTrigger)
  create(data: DataOf<typeof createTrigger>, metadata: CommandMetadata): Answer<typeof createTrigger> {
    return this.service.parts.triggers.triggers.create(data, metadata);
  }

  @CommandHandler(changeTrigger)
  change(data: DataOf<typeof changeTrigger>, metadata: CommandMetadata): Answer<typeof changeTrigger> {
    return this.service.parts.triggers.triggers.change(data, metadata);
  }

  @CommandHandler(rotateTriggerSecret)
  rotate(data: DataOf<typeof rotateTriggerSecret>, metadata: CommandMetadata): Answer<typeof rotateTriggerSecret> {
    return this.service.parts.triggers.triggers.rotate(data, metadata);
  }

  @CommandHandler(toggleTrigger)
  toggle(data: DataOf<typeof toggleTrigger>, metadata: CommandMetadata): Answer<typeof toggleTrigger> {
    return this.service.parts.triggers.triggers.toggle(data, metadata);
  }

  @CommandHandler(deleteTrigger)
  remove(data: DataOf<typeof deleteTrigger>, metadata: CommandMetadata): Answer<typeof deleteTrigger> {
    return this.service.parts.triggers.triggers.delete(data, metadata);
  }

  @CommandHandler(testTrigger)
  test(data: DataOf<typeof testTrigger>, metadata: CommandMetadata): Answer<typeof testTrigger> {
    return this.service.parts.triggers.triggers.test(data, metadata);
  }

  @CommandHandler(receiveHook)
  receive(data: DataOf<typeof receiveHook>, metadata: CommandMetadata): Answer<typeof receiveHook> {
    return this.service.parts.triggers.hooks.receive(data, metadata);
  }

  @QueryHandler(triggerHistory)
  history(data: DataOf<typeof triggerHistory>): Answer<typeof triggerHistory> {
    return this.service.parts.triggers.triggers.history(data);
  }
}
