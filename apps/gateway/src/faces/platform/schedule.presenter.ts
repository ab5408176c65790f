import type { ScheduleDocument } from '@ao/contracts';
import { scheduleStatus } from '../../projections/schedules/schedule.projection';
import type { ListedRun } from '../../projections/schedules/schedule.queries';
import type { ShownSchedule, ShownScheduleRun } from './schedule.schemas';

export function presentSchedule(schedule: ScheduleDocument): ShownSchedule {
  const { schedule_id, next, recent_task_ids, revision: _revision, paused: _paused, ...shown } = schedule;
  return {
    id: schedule_id,
    ...shown,
    status: scheduleStatus(schedule),
    next_scheduled_for: next?.scheduled_for ?? null,
    next_run_at: next?.due_at ?? null,
    last_task_id: recent_task_ids.at(-1) ?? null,
  };
}

export function presentScheduleRun(run: ListedRun): ShownScheduleRun {
  const { run_id, scheduled_for, through, count, task_id, task_status, skipped, manual, at } = run;
  const outcome = skipped === null ? 'fired' : 'skipped';
  return { id: run_id, scheduled_for, through, count, outcome, reason: skipped, task_id, task_status, manual, at };
}
