import { Controller, Inject } from '@nestjs/common';
import { configureTaskType, deleteTaskType, type DataOf } from '@ao/contracts';
import type { CommandResult, CommandShell } from '@ao/event-log';
import { isRejection, type CommandMetadata } from '@ao/kernel';
import { CommandHandler, type Answer } from '@ao/messaging';
import { COMMAND_SHELL } from '@ao/platform';
import { TasksService } from '../tasks.service';
import { taskTypeAggregate, taskTypeId } from './task-type.decider';

/** How long the answer waits until this replica submits by what it says. */
const IN_FORCE_MS = 1_000;

/** The doors of what tasks of a type are like. */
@Controller()
export class TaskTypeHandlers {
  constructor(
    @Inject(COMMAND_SHELL) private readonly shell: CommandShell,
    @Inject(TasksService) private readonly tasks: TasksService,
  ) {}

  @CommandHandler(configureTaskType)
  configure(data: DataOf<typeof configureTaskType>, metadata: CommandMetadata): Answer<typeof configureTaskType> {
    const task_type_id = taskTypeId(data.type);
    const command = { type: 'ConfigureTaskType' as const, data: { ...data, task_type_id }, metadata };
    return this.inForce(this.shell.run(taskTypeAggregate, task_type_id, command));
  }

  @CommandHandler(deleteTaskType)
  remove(data: DataOf<typeof deleteTaskType>, metadata: CommandMetadata): Answer<typeof deleteTaskType> {
    const command = { type: 'DeleteTaskType' as const, data, metadata };
    return this.inForce(this.shell.run(taskTypeAggregate, data.task_type_id, command));
  }

  private async inForce<Result>(running: Promise<CommandResult<Result>>): Promise<CommandResult<Result>> {
    const result = await running;
    if (!isRejection(result)) await this.tasks.defaults.reached(result.position, IN_FORCE_MS);
    return result;
  }
}
