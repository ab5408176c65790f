import { PRIORITY_NAMES, TASK_STATUSES, priorityBand, type PriorityName, type TaskStatus } from '@ao/contracts';
import { isOpen, type TaskReadModel } from './task.read-model';

/** Named sums over all tasks, kept beside the model in the same transaction: what reads would otherwise have to count. */
export type Counters = Readonly<Record<string, number>>;

const cell = (status: TaskStatus, band: PriorityName) => `tasks.${status}.${band}`;

/** What one task adds to the sums. Whole numbers only, so that the sums do not depend on the order of addition. */
export function contribution(task: TaskReadModel): Counters {
  const counters: Record<string, number> = {
    [cell(task.status, priorityBand(task.priority))]: 1,
    assignments: task.assignments,
    failed_assignments: task.failed_assignments,
  };
  if (task.first_assigned_at !== null) {
    counters['distributed'] = 1;
    counters['distribution_ms'] = Date.parse(task.first_assigned_at) - Date.parse(task.ready_at ?? task.submitted_at);
  }
  return counters;
}

export interface TaskStatistics {
  readonly byStatus: Readonly<Record<TaskStatus, number>>;
  readonly byPriority: Readonly<Record<PriorityName, number>>;
  readonly byStatusAndPriority: Readonly<Record<TaskStatus, Readonly<Record<PriorityName, number>>>>;
  readonly total: number;
  /** In their queues now: nothing that is scheduled, paused or in an agent's hands. */
  readonly queued: Readonly<Record<PriorityName, number>>;
  readonly distributed: number;
  /** From being ready to the first assignment, summed up. */
  readonly distributionMilliseconds: number;
  readonly assignments: number;
  readonly failedAttempts: number;
  readonly completed: number;
  /** Ended without success: failed for good, dead-lettered, or not ended by their deadline. */
  readonly failed: number;
  /** In agents' hands at this moment. */
  readonly open: number;
}

/** The sums under the names that queries use; what was never counted is 0. */
export function statisticsFrom(counters: Counters): TaskStatistics {
  const byStatusAndPriority = perStatus((status) => perPriority((band) => counters[cell(status, band)] ?? 0));
  const byStatus = perStatus((status) => sum(Object.values(byStatusAndPriority[status])));
  return {
    byStatus,
    byPriority: perPriority((band) => sum(TASK_STATUSES.map((status) => byStatusAndPriority[status][band]))),
    byStatusAndPriority,
    total: sum(Object.values(byStatus)),
    queued: byStatusAndPriority.queued,
    distributed: counters['distributed'] ?? 0,
    distributionMilliseconds: counters['distribution_ms'] ?? 0,
    assignments: counters['assignments'] ?? 0,
    failedAttempts: counters['failed_assignments'] ?? 0,
    completed: byStatus.completed,
    failed: byStatus.failed + byStatus.dead_lettered + byStatus.expired,
    open: sum(TASK_STATUSES.filter((status) => isOpen({ status })).map((status) => byStatus[status])),
  };
}

function perStatus<T>(of: (status: TaskStatus) => T): Record<TaskStatus, T> {
  return Object.fromEntries(TASK_STATUSES.map((status) => [status, of(status)])) as Record<TaskStatus, T>;
}

function perPriority<T>(of: (band: PriorityName) => T): Record<PriorityName, T> {
  return Object.fromEntries(PRIORITY_NAMES.map((band) => [band, of(band)])) as Record<PriorityName, T>;
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
