import type { TaskEvent, TaskRequirements } from '@ao/contracts';
import { addMilliseconds } from '@ao/kernel';

/** What dispatching must know of a task that has not ended. The table and the owner's memory are both folds of this. */
export interface OpenTask {
  readonly task_id: string;
  readonly pool: string;
  readonly priority: number;
  readonly requirements: TaskRequirements;
  readonly lease_seconds: number;
  /** Of its submission in the log. */
  readonly position: number;
  /** Since when, or from when on, it may be given out: milliseconds since the Unix epoch. */
  readonly ready_at: number;
  /** Absent while it is queued. */
  readonly lease?: OpenLease;
}

export interface OpenLease {
  readonly agent_id: string;
  readonly lease_token: string;
  readonly attempt: number;
  readonly started: boolean;
  /** As the log has it; the table's is moved by renewals. */
  readonly expires_at: string;
}

/** The open task after one more event of it; undefined once it has ended. Pure. */
export function evolveOpenTask(
  task: OpenTask | undefined,
  event: TaskEvent & { readonly position: number },
): OpenTask | undefined {
  if (event.type === 'TaskSubmitted') {
    const { task_id, pool, priority, requirements, lease_seconds, submitted_at } = event.data;
    const { position } = event;
    return { task_id, pool, priority, requirements, lease_seconds, position, ready_at: Date.parse(submitted_at) };
  }
  if (!task) return undefined;
  switch (event.type) {
    case 'TaskAssigned': {
      const { agent_id, lease_token, attempt, lease_expires_at } = event.data;
      return { ...task, lease: { agent_id, lease_token, attempt, started: false, expires_at: lease_expires_at } };
    }
    case 'TaskStarted': {
      const expires_at = addMilliseconds(event.data.started_at, task.lease_seconds * 1000);
      return task.lease ? { ...task, lease: { ...task.lease, started: true, expires_at } } : task;
    }
    case 'TaskAttemptFailed':
      return requeued(task, event.data.retry_at ?? event.data.failed_at);
    case 'TaskReturned':
      return requeued(task, event.data.retry_at ?? event.data.returned_at);
    case 'TaskLeaseExpired':
      return requeued(task, event.data.retry_at ?? event.data.expired_at);
    case 'TaskCompleted':
    case 'TaskFailed':
    case 'TaskDeadLettered':
    case 'TaskCancelled':
      return undefined;
    default:
      return task;
  }
}

function requeued({ lease: _over, ...task }: OpenTask, ready_at: string): OpenTask {
  return { ...task, ready_at: Date.parse(ready_at) };
}
