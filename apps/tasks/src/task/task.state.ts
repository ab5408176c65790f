import type { RetryPolicy, TaskEvent } from '@ao/contracts';
import { addMilliseconds } from '@ao/kernel';

/**
 * What deciding about a task needs, and no more: the payload stays in the log, so that thousands of these fit in the
 * command shell's cache.
 *
 *     absent ──submitted──▶ queued ──assigned──▶ assigned ──started──▶ running
 *                             ▲                     │                     │
 *                             └─ attempt failed, returned, lease expired ─┤
 *                                                                         ▼
 *           ended: completed | failed | dead_lettered | cancelled (from any open status)
 */
export type TaskState = AbsentTask | QueuedTask | LeasedTaskState | EndedTask;

export interface AbsentTask {
  readonly status: 'absent';
}

interface KnownTask {
  readonly task_id: string;
  readonly retry: RetryPolicy;
  readonly lease_seconds: number;
  /** Attempts that counted against the retry policy. */
  readonly failed_attempts: number;
  /** The last lease that its own agent ended with a word of its own: the same word again is acknowledged again. */
  readonly settled?: SettledLease;
}

export interface QueuedTask extends KnownTask {
  readonly status: 'queued';
  /** Not given out before this time. */
  readonly retry_at?: string;
  /** How often in a row the task was given back: the first time it is ready at once, then it waits longer and longer. */
  readonly returns: number;
}

export interface LeasedTaskState extends KnownTask {
  readonly status: 'assigned' | 'running';
  readonly lease: TaskLease;
  readonly started_at?: string;
  readonly returns: number;
}

export interface EndedTask extends KnownTask {
  readonly status: 'completed' | 'failed' | 'cancelled' | 'dead_lettered';
}

export interface TaskLease {
  readonly agent_id: string;
  readonly attempt: number;
  readonly lease_token: string;
  /** As the events say. Renewals are kept outside the log and only ever move the deadline further away. */
  readonly expires_at: string;
}

export interface SettledLease {
  readonly agent_id: string;
  readonly lease_token: string;
  readonly outcome: 'completed' | 'failed' | 'returned';
  readonly at: string;
}

export function initialState(): TaskState {
  return { status: 'absent' };
}

export function isLeased(state: TaskState): state is LeasedTaskState {
  return state.status === 'assigned' || state.status === 'running';
}

export function isEnded(state: TaskState): state is EndedTask {
  return state.status !== 'absent' && state.status !== 'queued' && !isLeased(state);
}

export function evolve(state: TaskState, event: TaskEvent): TaskState {
  if (event.type === 'TaskSubmitted') {
    const { task_id, retry, lease_seconds } = event.data;
    return { status: 'queued', task_id, retry, lease_seconds, failed_attempts: 0, returns: 0 };
  }
  if (state.status === 'absent') return state;
  switch (event.type) {
    case 'TaskAssigned': {
      const { agent_id, attempt, lease_token, lease_expires_at } = event.data;
      const lease = { agent_id, attempt, lease_token, expires_at: lease_expires_at };
      return { ...known(state), status: 'assigned', lease, returns: returnsOf(state) };
    }
    case 'TaskStarted': {
      if (!isLeased(state)) return state;
      const { started_at } = event.data;
      const lease = { ...state.lease, expires_at: addMilliseconds(started_at, state.lease_seconds * 1000) };
      return { ...state, status: 'running', lease, started_at };
    }
    case 'TaskAttemptFailed':
      return queued(state, event.data, 0, settledBy(event.data, 'failed', event.data.failed_at));
    case 'TaskReturned':
      return queued(state, event.data, returnsOf(state) + 1, settledBy(event.data, 'returned', event.data.returned_at));
    case 'TaskLeaseExpired':
      return queued(state, event.data, 0);
    case 'TaskCompleted':
      return ended(state, 'completed', settledBy(event.data, 'completed', event.data.completed_at));
    case 'TaskFailed':
      return ended(state, 'failed', settledBy(event.data, 'failed', event.data.failed_at));
    case 'TaskDeadLettered': {
      const { failed_attempts, dead_lettered_at } = event.data;
      // Straight from a lease: its agent's report of the failure. After an expiry there is no lease any more.
      const settled = isLeased(state) ? settledBy(state.lease, 'failed', dead_lettered_at) : undefined;
      return { ...ended(state, 'dead_lettered', settled), failed_attempts };
    }
    case 'TaskCancelled':
      return ended(state, 'cancelled');
    default:
      // TaskCompletionRejected is for the audit alone; a type of a later release changes nothing here.
      return state;
  }
}

function known(state: Exclude<TaskState, AbsentTask>): KnownTask {
  const { task_id, retry, lease_seconds, failed_attempts, settled } = state;
  return { task_id, retry, lease_seconds, failed_attempts, settled };
}

function returnsOf(state: TaskState): number {
  return 'returns' in state ? state.returns : 0;
}

function queued(
  state: Exclude<TaskState, AbsentTask>,
  requeue: { retry_at?: string; failed_attempts: number },
  returns: number,
  settled = state.settled,
): QueuedTask {
  const { retry_at, failed_attempts } = requeue;
  return { ...known(state), status: 'queued', retry_at, failed_attempts, returns, settled };
}

function ended(state: Exclude<TaskState, AbsentTask>, status: EndedTask['status'], settled?: SettledLease): EndedTask {
  return { ...known(state), status, settled };
}

function settledBy(
  lease: { agent_id: string; lease_token: string },
  outcome: SettledLease['outcome'],
  at: string,
): SettledLease {
  return { agent_id: lease.agent_id, lease_token: lease.lease_token, outcome, at };
}
