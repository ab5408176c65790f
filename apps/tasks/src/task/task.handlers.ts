import { Controller, Inject } from '@nestjs/common';
import {
  acceptResult,
  cancelTask,
  changeTask,
  completeTask,
  deadLetterTask,
  pauseTask,
  provideInput,
  removeDeadLetter,
  requireInput,
  resumeTask,
  retryTask,
  returnTask,
  startTask,
  type DataOf,
} from '@ao/contracts';
import type { CommandResult, CommandShell, EventLog } from '@ao/event-log';
import type { CommandMetadata } from '@ao/kernel';
import { CommandHandler, type Answer } from '@ao/messaging';
import { COMMAND_SHELL, EVENT_LOG } from '@ao/platform';
import { TasksService } from '../tasks.service';
import { lateResultOf } from './late-results';
import { payloadTooLarge } from './submission.handlers';
import { taskAggregate } from './task.aggregate';
import type { TaskCommand } from './task.decider';

/** The commands on one task. Any replica answers them: the log decides. */
@Controller()
export class TaskHandlers {
  constructor(
    @Inject(COMMAND_SHELL) private readonly shell: CommandShell,
    @Inject(EVENT_LOG) private readonly log: EventLog,
    @Inject(TasksService) private readonly tasks: TasksService,
  ) {}

  @CommandHandler(startTask)
  start(data: DataOf<typeof startTask>, metadata: CommandMetadata): Answer<typeof startTask> {
    return this.run('StartTask', data, metadata);
  }

  @CommandHandler(requireInput)
  requireInput(data: DataOf<typeof requireInput>, metadata: CommandMetadata): Answer<typeof requireInput> {
    return this.run('RequireInput', data, metadata);
  }

  @CommandHandler(completeTask)
  complete(data: DataOf<typeof completeTask>, metadata: CommandMetadata): Answer<typeof completeTask> {
    // Told again after a reconnect it may come without its start, and is the same command all the same.
    const { with_start: _, ...payload } = data;
    return this.shell.run(taskAggregate, data.task_id, { type: 'CompleteTask', data, metadata }, { payload });
  }

  @CommandHandler(returnTask)
  giveBack(data: DataOf<typeof returnTask>, metadata: CommandMetadata): Answer<typeof returnTask> {
    return this.run('ReturnTask', data, metadata);
  }

  @CommandHandler(provideInput)
  provideInput(data: DataOf<typeof provideInput>, metadata: CommandMetadata): Answer<typeof provideInput> {
    return this.run('ProvideInput', data, metadata);
  }

  @CommandHandler(changeTask)
  async change(data: DataOf<typeof changeTask>, metadata: CommandMetadata): Answer<typeof changeTask> {
    const { payload, requirements } = data.changes;
    const verb = `change task '${data.task_id}'`;
    const refusal =
      (payload && payloadTooLarge(verb, payload, '')) ??
      (await this.tasks.agents.refusal(verb, requirements?.agent_id, '/requirements'));
    return refusal ?? this.run('ChangeTask', data, metadata);
  }

  @CommandHandler(pauseTask)
  pause(data: DataOf<typeof pauseTask>, metadata: CommandMetadata): Answer<typeof pauseTask> {
    return this.run('PauseTask', data, metadata);
  }

  @CommandHandler(resumeTask)
  resume(data: DataOf<typeof resumeTask>, metadata: CommandMetadata): Answer<typeof resumeTask> {
    return this.run('ResumeTask', data, metadata);
  }

  @CommandHandler(cancelTask)
  cancel(data: DataOf<typeof cancelTask>, metadata: CommandMetadata): Answer<typeof cancelTask> {
    return this.run('CancelTask', data, metadata);
  }

  @CommandHandler(retryTask)
  retry(data: DataOf<typeof retryTask>, metadata: CommandMetadata): Answer<typeof retryTask> {
    return this.run('RetryTask', data, metadata);
  }

  @CommandHandler(deadLetterTask)
  deadLetter(data: DataOf<typeof deadLetterTask>, metadata: CommandMetadata): Answer<typeof deadLetterTask> {
    return this.run('DeadLetterTask', data, metadata);
  }

  @CommandHandler(removeDeadLetter)
  removeDeadLetter(data: DataOf<typeof removeDeadLetter>, metadata: CommandMetadata): Answer<typeof removeDeadLetter> {
    return this.run('RemoveDeadLetter', data, metadata);
  }

  /** The result itself is in the log alone; whether it may count is the decider's to say. */
  @CommandHandler(acceptResult)
  async acceptResult(data: DataOf<typeof acceptResult>, metadata: CommandMetadata): Answer<typeof acceptResult> {
    const { task_id } = data;
    const late = await lateResultOf(this.log, task_id, data.lease_token);
    const { agent_id, lease_token, result } = late ?? { agent_id: undefined, result: null };
    const command = { type: 'AcceptResult' as const, data: { task_id, agent_id, lease_token, result }, metadata };
    return this.shell.run(taskAggregate, task_id, command, { payload: data });
  }

  private run<Type extends TaskCommand['type'], Result>(
    type: Type,
    data: Extract<TaskCommand, { type: Type }>['data'],
    metadata: CommandMetadata,
  ): Promise<CommandResult<Result>> {
    return this.shell.run(taskAggregate, data.task_id, { type, data, metadata });
  }
}
