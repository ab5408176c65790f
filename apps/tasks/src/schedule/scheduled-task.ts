import { DEFAULT_POOL, type ScheduleDocument, type TaskOrder } from '@ao/contracts';
import type { CommandShell, StreamAppend } from '@ao/event-log';
import { isRejection, isoTime, streamId, type Clock, type CommandMetadata, type Decision } from '@ao/kernel';
import type { TaskEvent } from '@ao/contracts';
import type { SubmissionDefaults } from '../task-type/submission-defaults';
import { taskAggregate } from '../task/task.aggregate';
import type { TaskCommand } from '../task/task.decider';
import { isEnded, type KnownState } from '../task/task.state';

export interface ScheduledTaskOptions {
  readonly shell: Pick<CommandShell, 'state'>;
  readonly clock: Clock;
  readonly defaults: Pick<SubmissionDefaults, 'complete'>;
}

/** A task of a schedule that has not ended. */
export interface OpenTaskOfSchedule {
  readonly task_id: string;
  readonly state: KnownState;
  readonly version: number;
}

/**
 * The parts of a unit that are about tasks. They are decided by the task's own decider and appended with the schedule's
 * event, so that there is a task for each time that fired, and one only.
 */
export class ScheduledTasks {
  constructor(private readonly options: ScheduledTaskOptions) {}

  /** Those of its newest tasks that are open, oldest first. */
  async openOf({ recent_task_ids }: ScheduleDocument): Promise<OpenTaskOfSchedule[]> {
    const tasks = await Promise.all(
      recent_task_ids.map(async (task_id) => {
        const { state, version } = await this.options.shell.state(taskAggregate, task_id, { fresh: true });
        return { task_id, state, version };
      }),
    );
    return tasks.flatMap(({ state, ...task }) =>
      state.status === 'absent' || isEnded(state) ? [] : [{ ...task, state }],
    );
  }

  submission(task_id: string, order: TaskOrder, metadata: CommandMetadata): StreamAppend {
    const specification = this.options.defaults.complete(order);
    const command = { type: 'SubmitTask' as const, data: { task_id, specification, pool: DEFAULT_POOL } };
    const { decider } = taskAggregate;
    return this.appended(task_id, 0, decider.decide(this.full(command, metadata), decider.initialState()));
  }

  cancellation(
    { task_id, state, version }: OpenTaskOfSchedule,
    reason: string,
    metadata: CommandMetadata,
  ): StreamAppend {
    const command = { type: 'CancelTask' as const, data: { task_id, reason } };
    return this.appended(task_id, version, taskAggregate.decider.decide(this.full(command, metadata), state));
  }

  private full<C extends Pick<TaskCommand, 'type' | 'data'>>(command: C, metadata: CommandMetadata) {
    return { ...command, metadata: { ...metadata, time: isoTime(this.options.clock.now()), fresh_ids: [] } };
  }

  private appended(task_id: string, expected_version: number, decision: Decision<TaskEvent>): StreamAppend {
    if (isRejection(decision)) throw new Error(decision.message);
    const { category, schemaVersions } = taskAggregate;
    const events = decision.events.map(({ type, data }) => ({ type, schema_version: schemaVersions[type], data }));
    return { stream_id: streamId(category, task_id), expected_version, events };
  }
}
