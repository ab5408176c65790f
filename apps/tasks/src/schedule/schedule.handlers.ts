import { Controller, Inject } from '@nestjs/common';
import {
  changeSchedule,
  createSchedule,
  deleteSchedule,
  pauseSchedule,
  resumeSchedule,
  triggerSchedule,
  type DataOf,
  type ResultOf,
} from '@ao/contracts';
import type { CommandResult, CommandShell } from '@ao/event-log';
import { derivedId, isRejection, reject, type CommandMetadata } from '@ao/kernel';
import { CommandHandler, type Answer } from '@ao/messaging';
import { COMMAND_SHELL } from '@ao/platform';
import { payloadTooLarge } from '../task/submission.handlers';
import { TasksService } from '../tasks.service';
import { SCHEDULE_MOVED_ON, scheduleAggregate, scheduleId } from './schedule.decider';

const ATTEMPTS = 5;

/** The doors of schedules. What they do at their times is for their timers. */
@Controller()
export class ScheduleHandlers {
  constructor(
    @Inject(COMMAND_SHELL) private readonly shell: CommandShell,
    @Inject(TasksService) private readonly service: TasksService,
  ) {}

  @CommandHandler(createSchedule)
  async create(data: DataOf<typeof createSchedule>, metadata: CommandMetadata): Answer<typeof createSchedule> {
    const tooLarge = payloadTooLarge('create a schedule', data.task.payload, '/task');
    if (tooLarge) return tooLarge;
    const schedule_id = scheduleId(data.name);
    const command = { type: 'CreateSchedule' as const, data: { ...data, schedule_id }, metadata };
    return this.shell.run(scheduleAggregate, schedule_id, command);
  }

  @CommandHandler(changeSchedule)
  async change(data: DataOf<typeof changeSchedule>, metadata: CommandMetadata): Answer<typeof changeSchedule> {
    const tooLarge = data.task && payloadTooLarge('change a schedule', data.task.payload, '/task');
    if (tooLarge) return tooLarge;
    return this.shell.run(scheduleAggregate, data.schedule_id, { type: 'ChangeSchedule', data, metadata });
  }

  @CommandHandler(pauseSchedule)
  pause(data: DataOf<typeof pauseSchedule>, metadata: CommandMetadata): Answer<typeof pauseSchedule> {
    return this.shell.run(scheduleAggregate, data.schedule_id, { type: 'PauseSchedule', data, metadata });
  }

  @CommandHandler(resumeSchedule)
  resume(data: DataOf<typeof resumeSchedule>, metadata: CommandMetadata): Answer<typeof resumeSchedule> {
    return this.shell.run(scheduleAggregate, data.schedule_id, { type: 'ResumeSchedule', data, metadata });
  }

  @CommandHandler(deleteSchedule)
  remove(data: DataOf<typeof deleteSchedule>, metadata: CommandMetadata): Answer<typeof deleteSchedule> {
    return this.shell.run(scheduleAggregate, data.schedule_id, { type: 'DeleteSchedule', data, metadata });
  }

  /** The task's id is derived from the command, so that a repetition makes no second one. */
  @CommandHandler(triggerSchedule)
  async trigger(payload: DataOf<typeof triggerSchedule>, metadata: CommandMetadata): Answer<typeof triggerSchedule> {
    const { schedule_id } = payload;
    const tooLarge = payload.payload && payloadTooLarge('trigger a schedule', payload.payload, '');
    if (tooLarge) return tooLarge;
    const task_id = derivedId('task-of-trigger', metadata.command_id);
    const { schedules } = this.service;
    for (let left = ATTEMPTS; ; left -= 1) {
      const { state } = await this.shell.state(scheduleAggregate, schedule_id, { fresh: true });
      const order = state && { ...state.task, ...(payload.payload && { payload: payload.payload }), schedule_id };
      const also = order ? [schedules.tasks.submission(task_id, order, metadata)] : [];
      const data = { schedule_id, task_id, revision: state?.revision ?? 0 };
      const command = { type: 'TriggerSchedule' as const, data, metadata };
      const result: CommandResult<ResultOf<typeof triggerSchedule>> = await this.shell.run(
        scheduleAggregate,
        schedule_id,
        command,
        { also, payload, onConflict: () => reject('conflict', SCHEDULE_MOVED_ON, `Task '${task_id}' exists`) },
      );
      if (left > 1 && isRejection(result) && result.code === SCHEDULE_MOVED_ON) continue;
      return result;
    }
  }
}
