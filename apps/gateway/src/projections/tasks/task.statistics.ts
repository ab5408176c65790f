import { PRIORITY_NAMES, TASK_STATUSES, priorityBand, type PriorityName, type TaskStatus } from '@ao/contracts';
import { isOpen, type TaskReadModel } from './task.read-model';

/** Named sums over all tasks, kept beside the model in the same transaction: what reads would otherwise have to count. */
export type Counters = Readonly<Record<string, number>>;

/** What one task adds to the sums. Whole numbers only, so that the sums do not depend on the order of addition. */
export function contribution(task: TaskReadModel): Counters {
  const counters: Record<string, number> = {
    [`status.${task.status}`]: 1,
    assignments: task.assignments,
    failed_assignments: task.failed_assignments,
  };
  if (task.status === 'queued') counters[`queued.${priorityBand(task.priority)}`] = 1;
  if (task.first_assigned_at !== null) {
    counters['distributed'] = 1;
    counters['distribution_ms'] = Date.parse(task.first_assigned_at) - Date.parse(task.submitted_at);
  }
  return counters;
}

export interface TaskStatistics {
  readonly byStatus: Readonly<Record<TaskStatus, number>>;
  readonly queued: Readonly<Record<PriorityName, number>>;
  readonly distributed: number;
  readonly distributionMilliseconds: number;
  readonly assignments: number;
  readonly failedAttempts: number;
  readonly completed: number;
  /** Ended without success: failed for good, or dead-lettered. */
  readonly failed: number;
  /** Assigned or running at this moment. */
  readonly open: number;
}

/** The sums under the names that queries use; what was never counted is 0. */
export function statisticsFrom(counters: Counters): TaskStatistics {
  const byStatus = Object.fromEntries(TASK_STATUSES.map((status) => [status, counters[`status.${status}`] ?? 0]));
  const queued = Object.fromEntries(PRIORITY_NAMES.map((name) => [name, counters[`queued.${name}`] ?? 0]));
  const of = (status: TaskStatus) => byStatus[status] ?? 0;
  return {
    byStatus: byStatus as Record<TaskStatus, number>,
    queued: queued as Record<PriorityName, number>,
    distributed: counters['distributed'] ?? 0,
    distributionMilliseconds: counters['distribution_ms'] ?? 0,
    assignments: counters['assignments'] ?? 0,
    failedAttempts: counters['failed_assignments'] ?? 0,
    completed: of('completed'),
    failed: of('failed') + of('dead_lettered'),
    open: TASK_STATUSES.filter((status) => isOpen({ status })).reduce((sum, status) => sum + of(status), 0),
  };
}
