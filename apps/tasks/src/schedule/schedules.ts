import type { CommandShell, Subscriptions } from '@ao/event-log';
import type { Clock } from '@ao/kernel';
import type { FiredTimer, Timers } from '@ao/timers';
import type { SubmissionDefaults } from '../task-type/submission-defaults';
import { fireScheduleWhenDue, type FireScheduleOptions } from './fire-schedule-when-due';
import { scheduleSubscription } from './schedule.subscription';
import { ScheduledTasks } from './scheduled-task';

export interface SchedulesOptions {
  readonly shell: CommandShell;
  readonly clock: Clock;
  readonly defaults: SubmissionDefaults;
}

/** The schedules in one process: what sets their timers, and what these do. */
export class Schedules {
  readonly tasks: ScheduledTasks;

  constructor(private readonly options: SchedulesOptions) {
    this.tasks = new ScheduledTasks(options);
  }

  async start(subscriptions: Subscriptions, timers: Timers): Promise<void> {
    await subscriptions.owned(scheduleSubscription(timers));
  }

  /** What a timer of the kind SCHEDULE_DUE does. */
  whenDue(postpone: FireScheduleOptions['postpone']): (timer: FiredTimer) => Promise<void> {
    const { shell, clock } = this.options;
    return fireScheduleWhenDue({ shell, clock, tasks: this.tasks, postpone });
  }
}
