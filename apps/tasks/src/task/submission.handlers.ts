import { Controller, Inject } from '@nestjs/common';
import { DEFAULT_POOL, submitTask, submitTasks, type DataOf, type ResultOf, type TaskOrder } from '@ao/contracts';
import { OutcomeUnknownError, type CommandResult, type CommandShell } from '@ao/event-log';
import { derivedId, isRejection, newId, reject, type CommandMetadata, type Rejection } from '@ao/kernel';
import { CommandHandler, MAX_BODY_BYTES, done, type Answer } from '@ao/messaging';
import { COMMAND_SHELL } from '@ao/platform';
import type { Placement, SubmitResult } from '../dispatch/dispatcher';
import { TasksService } from '../tasks.service';
import { taskAggregate } from './task.aggregate';
import type { EndedDependency } from './task.commands';
import { isEnded } from './task.state';

/** A payload travels in messages of MAX_BODY_BYTES, with some fields around it. */
const MAX_PAYLOAD_BYTES = MAX_BODY_BYTES - 8 * 1024;

type Submitted = ResultOf<typeof submitTask>;

interface SubmitOptions {
  readonly task_id?: string | undefined;
  /** Where the task is in what was sent. */
  readonly pointer?: string;
  /** Whether an agent that is free may get it in the same unit of append. */
  readonly atOnce?: boolean;
}

/** New tasks. Any replica takes them: the log decides. */
@Controller()
export class SubmissionHandlers {
  constructor(
    @Inject(COMMAND_SHELL) private readonly shell: CommandShell,
    @Inject(TasksService) private readonly tasks: TasksService,
  ) {}

  @CommandHandler(submitTask)
  submit(
    { task_id, ...order }: DataOf<typeof submitTask>,
    metadata: CommandMetadata,
  ): Promise<CommandResult<Submitted>> {
    return this.submitOne(order, metadata, { task_id, atOnce: true });
  }

  /**
   * Each task is its own unit: a retry of a half-done bulk finds what is there and adds the rest. All of them go through the
   * queue, which gives them out in its order.
   */
  @CommandHandler(submitTasks)
  async submitAll({ tasks }: DataOf<typeof submitTasks>, metadata: CommandMetadata): Answer<typeof submitTasks> {
    const outcomes = await Promise.allSettled(
      tasks.map((task, index) => {
        const command_id = derivedId(metadata.command_id, index);
        return this.submitOne(task, { ...metadata, command_id }, { pointer: `/tasks/${index}` });
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

  private async submitOne(
    order: TaskOrder,
    metadata: CommandMetadata,
    { task_id = newId(), pointer = '', atOnce = false }: SubmitOptions,
  ): Promise<CommandResult<Submitted>> {
    const tooLarge = payloadTooLarge('submit a task', order.payload, pointer);
    if (tooLarge) return tooLarge;
    const unknown = await this.tasks.agents.refusal(
      'submit a task',
      order.requirements.agent_id,
      `${pointer}/requirements`,
    );
    if (unknown) return unknown;
    const { depends_on } = order;
    const ended = depends_on && (await this.endedAmong(depends_on, pointer));
    if (isRejection(ended)) return ended;
    const pool = DEFAULT_POOL;
    const specification = this.tasks.defaults.complete(order);
    const data = { task_id, specification, pool, ...(ended && { ended }) };
    const append = ({ assignment, ...precondition }: Partial<Placement> = {}): Promise<CommandResult<SubmitResult>> => {
      const command = { type: 'SubmitTask' as const, data: { ...data, ...(assignment && { assignment }) }, metadata };
      // What was asked for makes a repetition the same, whatever the defaults have become meanwhile.
      const options = { payload: { specification: order, pool }, isNew: true, ...precondition };
      return this.shell.run(taskAggregate, task_id, command, options);
    };
    const result = atOnce ? await this.tasks.submit(data, metadata, append) : await append();
    if (isRejection(result)) return result.pointer ? { ...result, pointer: pointer + result.pointer } : result;
    const { lease: _lease, ...submitted } = result.result;
    if (!atOnce) this.tasks.queued(result.position);
    return { ...result, result: submitted };
  }

  /**
   * Those that have ended already; refuses one that there is not. Which end after this look, the subscription finds, whose
   * tables know what was open at the submission's position.
   */
  private async endedAmong(ids: readonly string[], pointer: string): Promise<EndedDependency[] | Rejection> {
    const dependencies = await Promise.all(
      ids.map(async (dependency_id) => {
        const { state } = await this.shell.state(taskAggregate, dependency_id, { fresh: true });
        return { dependency_id, state };
      }),
    );
    const unknown = dependencies.findIndex(({ state }) => state.status === 'absent');
    if (unknown >= 0) {
      const why = `it depends on '${ids[unknown]!}', and there is no task with this id`;
      const message = `Expected to submit a task, but ${why}`;
      return reject('invalid', 'unknown_dependency', message, `${pointer}/depends_on/${unknown}`);
    }
    return dependencies.flatMap(({ dependency_id, state }) =>
      isEnded(state) ? [{ dependency_id, status: state.status }] : [],
    );
  }
}

/** Refuses a payload that no message could carry. */
export function payloadTooLarge(verb: string, payload: object, pointer: string): Rejection | undefined {
  const bytes = Buffer.byteLength(JSON.stringify(payload));
  if (bytes <= MAX_PAYLOAD_BYTES) return undefined;
  const why = `its payload takes ${bytes} bytes and only ${MAX_PAYLOAD_BYTES} are allowed`;
  return reject('too_large', 'payload_too_large', `Expected to ${verb}, but ${why}`, `${pointer}/payload`);
}
