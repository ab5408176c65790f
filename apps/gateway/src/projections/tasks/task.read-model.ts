import { evolveTask, type TaskDocument, type TaskEvent } from '@ao/contracts';

/** The row of one task: the task as the log tells it, and how often it was given out. */
export type TaskReadModel = TaskDocument & {
  /** Since when it could be given out for the first time; null while it could not yet. */
  readonly ready_at: string | null;
  /** Assignments so far, those that cost no attempt too. */
  readonly assignments: number;
  /** Assignments that ended without success: failed, the lease or the deadline expired. Not what a person ended. */
  readonly failed_assignments: number;
};

/** What an operator dead-lettered did not fail. */
const MOVED_BY_OPERATOR = 'moved_by_operator';

/** Pure: from the event alone, no clock and no other table. */
export function evolveTaskReadModel(task: TaskReadModel | undefined, event: TaskEvent): TaskReadModel | undefined {
  const next = evolveTask(task, event);
  // The same object tells the writer that there is nothing to write.
  if (!next || next === task) return task;
  const counted = {
    ...next,
    ready_at: readyAt(task, next),
    assignments: task?.assignments ?? 0,
    failed_assignments: task?.failed_assignments ?? 0,
  };
  if (event.type === 'TaskAssigned') counted.assignments += 1;
  else if (task && isOpen(task) && endsBadly(event)) counted.failed_assignments += 1;
  return counted;
}

/** What it waited for before (its time, other tasks, a person) is no time of the dispatcher's. */
function readyAt(before: TaskReadModel | undefined, after: TaskDocument): string | null {
  if (after.first_assigned_at !== null || after.status !== 'queued') return before?.ready_at ?? null;
  return before?.status === 'queued' ? before.ready_at : (after.retry_at ?? after.updated_at);
}

/** Whether the event, of a task in an agent's hands, says that this did not go well. */
function endsBadly(event: TaskEvent): boolean {
  switch (event.type) {
    case 'TaskAttemptFailed':
    case 'TaskLeaseExpired':
    case 'TaskFailed':
    case 'TaskExpired':
      return true;
    case 'TaskDeadLettered':
      return event.data.failure.class !== MOVED_BY_OPERATOR;
    default:
      return false;
  }
}

/** In an agent's hands. */
export function isOpen(task: Pick<TaskDocument, 'status'>): boolean {
  return task.status === 'assigned' || task.status === 'running' || task.status === 'input_required';
}
