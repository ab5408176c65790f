import { evolveSchedule, type SCHEDULE_STATUSES, type ScheduleDocument, type ScheduleEvent } from '@ao/contracts';
import type { RecordedEvent } from '@ao/event-log';
import { derivedId, idOf } from '@ao/kernel';
import type { Projection } from '@ao/projections';

export const SCHEDULES = 'schedules';
export const SCHEDULE_RUNS = 'schedule_runs';

/** One row per schedule there is. */
export const scheduleProjection: Projection<ScheduleDocument> = {
  name: SCHEDULES,
  version: 1,
  categories: ['schedule'],
  table: 'read_models.schedules',
  key: (event) => idOf(event.stream_id),
  evolve: (schedule, event) => evolveSchedule(schedule, event as RecordedEvent & ScheduleEvent),
  columns: (schedule) => ({ name: schedule.name, status: scheduleStatus(schedule) }),
};

/** Active: it has times to come. */
export function scheduleStatus({ paused, next }: ScheduleDocument): (typeof SCHEDULE_STATUSES)[number] {
  if (paused) return 'paused';
  return next ? 'active' : 'ended';
}

/** What became of a time of a schedule, or of a stretch of them. */
export interface ScheduleRun {
  readonly run_id: string;
  readonly schedule_id: string;
  readonly scheduled_for: string;
  /** The last of the stretch. */
  readonly through: string;
  readonly count: number;
  readonly task_id: string | null;
  /** Why there is no task. */
  readonly skipped: 'overlap' | 'catch_up' | null;
  readonly manual: boolean;
  readonly at: string;
}

/** One row per time that fired, and per stretch of times that did not. */
export const scheduleRunProjection: Projection<ScheduleRun> = {
  name: SCHEDULE_RUNS,
  version: 1,
  categories: ['schedule'],
  table: 'read_models.schedule_runs',
  key: (event) => (event.type === 'ScheduleFired' || event.type === 'ScheduleSkipped' ? runId(event) : undefined),
  evolve(run, recorded) {
    const event = recorded as RecordedEvent & ScheduleEvent;
    const run_id = runId(recorded);
    if (event.type === 'ScheduleFired') {
      const { next: _next, ...fired } = event.data;
      return { ...fired, run_id, through: fired.scheduled_for, count: 1, skipped: null };
    }
    if (event.type === 'ScheduleSkipped') {
      const { next: _next, reason, ...skipped } = event.data;
      return { ...skipped, run_id, task_id: null, skipped: reason, manual: false };
    }
    return run;
  },
  columns: ({ schedule_id, task_id, at }) => ({ schedule_id, task_id, at }),
};

function runId({ stream_id, version }: RecordedEvent): string {
  return derivedId('schedulerun', stream_id, version);
}
