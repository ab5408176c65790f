import { priorityBand } from '@ao/contracts';
import type { RecordedEvent } from '@ao/event-log';
import type { TaskProgress } from '../../projections/tasks/task.queries';
import type { TaskReadModel } from '../../projections/tasks/task.read-model';
import type { TaskStatistics } from '../../projections/tasks/task.statistics';
import type { ShownTask, TaskStatsDto } from './task.schemas';

/** A task as `/api/v1` shows it: bare, in snake_case. */
export function presentTask({ run, ...task }: TaskReadModel, progress?: TaskProgress): ShownTask {
  return {
    id: task.task_id,
    ...task,
    ...(run && { workflow_run: { run_id: run.run_id, step: run.node } }),
    priority_name: priorityBand(task.priority),
    progress: task.status === 'completed' ? 100 : (progress?.progress ?? null),
    progress_message: progress?.message ?? null,
  };
}

export function presentTaskStats(statistics: TaskStatistics): TaskStatsDto {
  const { total, byStatus, byPriority, byStatusAndPriority } = statistics;
  return {
    total,
    by_status: byStatus,
    by_priority: byPriority,
    by_status_and_priority: byStatusAndPriority,
  };
}

/** One event as the log keeps it, less what only the log needs. */
export function presentEvent({ position, version, type, schema_version, data, metadata, recorded_at }: RecordedEvent) {
  return {
    position,
    version,
    type,
    schema_version,
    data: data as Record<string, unknown>,
    metadata: { ...metadata } as Record<string, unknown>,
    recorded_at,
  };
}
