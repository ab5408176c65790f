import { evolveTask, type TaskDocument, type TaskEvent } from '@ao/contracts';

/** The row of one task: the task as the log tells it, and how often it was given out. */
export type TaskReadModel = TaskDocument & {
  /** Assignments so far, those that cost no attempt too. */
  readonly assignments: number;
  /** Assignments that ended without success: failed, or the lease expired. */
  readonly failed_assignments: number;
};

/** Pure: from the event alone, no clock and no other table. */
export function evolveTaskReadModel(task: TaskReadModel | undefined, event: TaskEvent): TaskReadModel | undefined {
  const next = evolveTask(task, event);
  // The same object tells the writer that there is nothing to write.
  if (!next || next === task) return task;
  const counted = { ...next, assignments: task?.assignments ?? 0, failed_assignments: task?.failed_assignments ?? 0 };
  if (event.type === 'TaskAssigned') counted.assignments += 1;
  else if (endsAssignmentBadly(task, event)) counted.failed_assignments += 1;
  return counted;
}

function endsAssignmentBadly(task: TaskReadModel | undefined, event: TaskEvent): boolean {
  switch (event.type) {
    case 'TaskAttemptFailed':
    case 'TaskLeaseExpired':
    case 'TaskFailed':
      return true;
    // After an expired lease the task is queued already: that assignment is counted.
    case 'TaskDeadLettered':
      return task !== undefined && isOpen(task);
    default:
      return false;
  }
}

/** In an agent's hands. */
export function isOpen(task: Pick<TaskDocument, 'status'>): boolean {
  return task.status === 'assigned' || task.status === 'running';
}
