import { Controller, Inject } from '@nestjs/common';
import {
  DEFAULT_POOL,
  cancelTask,
  completeTask,
  returnTask,
  startTask,
  submitTask,
  submitTasks,
  type DataOf,
  type ResultOf,
  type TaskSpecification,
} from '@ao/contracts';
import { OutcomeUnknownError, type CommandResult, type CommandShell } from '@ao/event-log';
import { derivedId, isRejection, newId, reject, type CommandMetadata } from '@ao/kernel';
import { CommandHandler, MAX_BODY_BYTES, done } from '@ao/messaging';
import { COMMAND_SHELL } from '@ao/platform';
import { taskAggregate } from './task.aggregate';
import type { TaskCommand } from './task.decider';

/** A payload travels in messages of MAX_BODY_BYTES, with some fields around it. */
const MAX_PAYLOAD_BYTES = MAX_BODY_BYTES - 8 * 1024;

/** The commands on one task. Any replica answers them: the log decides. */
@Controller()
export class TaskHandlers {
  constructor(@Inject(COMMAND_SHELL) private readonly shell: CommandShell) {}

  @CommandHandler(submitTask)
  submit(data: DataOf<typeof submitTask>, metadata: CommandMetadata): Promise<CommandResult<Submitted>> {
    return this.submitOne(data, metadata, '/payload');
  }

  /** Each task is its own unit: a retry of a half-done bulk finds what is there and adds the rest. */
  @CommandHandler(submitTasks)
  async submitAll(
    { tasks }: DataOf<typeof submitTasks>,
    metadata: CommandMetadata,
  ): Promise<CommandResult<ResultOf<typeof submitTasks>>> {
    const outcomes = await Promise.allSettled(
      tasks.map((task, index) => {
        const command_id = derivedId(metadata.command_id, index);
        return this.submitOne(task, { ...metadata, command_id }, `/tasks/${index}/payload`);
      }),
    );
    const task_ids: string[] = [];
    let submitted_at = '';
    let position = 0;
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') {
        const { reason } = outcome as { reason: unknown };
        throw reason instanceof OutcomeUnknownError ? new OutcomeUnknownError(metadata.command_id, reason) : reason;
      }
      const { value } = outcome;
      if (isRejection(value)) return value;
      task_ids.push(value.result.task_id);
      submitted_at ||= value.result.submitted_at;
      position = Math.max(position, value.position);
    }
    return done({ task_ids, submitted_at }, position);
  }

  @CommandHandler(startTask)
  start(data: DataOf<typeof startTask>, metadata: CommandMetadata): Promise<CommandResult<ResultOf<typeof startTask>>> {
    return this.run('StartTask', data, metadata);
  }

  @CommandHandler(completeTask)
  complete(
    data: DataOf<typeof completeTask>,
    metadata: CommandMetadata,
  ): Promise<CommandResult<ResultOf<typeof completeTask>>> {
    return this.run('CompleteTask', data, metadata);
  }

  @CommandHandler(returnTask)
  giveBack(
    data: DataOf<typeof returnTask>,
    metadata: CommandMetadata,
  ): Promise<CommandResult<ResultOf<typeof returnTask>>> {
    return this.run('ReturnTask', data, metadata);
  }

  @CommandHandler(cancelTask)
  cancel(
    data: DataOf<typeof cancelTask>,
    metadata: CommandMetadata,
  ): Promise<CommandResult<ResultOf<typeof cancelTask>>> {
    return this.run('CancelTask', data, metadata);
  }

  private async submitOne(
    specification: TaskSpecification,
    metadata: CommandMetadata,
    pointer: string,
  ): Promise<CommandResult<Submitted>> {
    const bytes = Buffer.byteLength(JSON.stringify(specification.payload));
    if (bytes > MAX_PAYLOAD_BYTES) {
      const why = `its payload takes ${bytes} bytes and only ${MAX_PAYLOAD_BYTES} are allowed`;
      return reject('too_large', 'payload_too_large', `Expected to submit a task, but ${why}`, pointer);
    }
    const payload = { specification, pool: DEFAULT_POOL };
    const task_id = newId();
    const command = { type: 'SubmitTask' as const, data: { task_id, ...payload }, metadata };
    return this.shell.run(taskAggregate, task_id, command, { payload, isNew: true });
  }

  private run<Type extends TaskCommand['type'], Result>(
    type: Type,
    data: Extract<TaskCommand, { type: Type }>['data'],
    metadata: CommandMetadata,
  ): Promise<CommandResult<Result>> {
    return this.shell.run(taskAggregate, data.task_id, { type, data, metadata });
  }
}

type Submitted = ResultOf<typeof submitTask>;
