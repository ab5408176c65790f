import type { ON_AGENT_LOST, TaskEvent, TaskRequirements } from '@ao/contracts';
import { addMilliseconds } from '@ao/kernel';

/** What dispatching must know of a task that has not ended. The table and the owner's memory are both folds of this. */
export interface OpenTask {
  readonly task_id: string;
  readonly pool: string;
  readonly type: string;
  readonly priority: number;
  readonly requirements: TaskRequirements;
  readonly lease_seconds: number;
  /** Of its submission in the log. */
  readonly position: number;
  /** Since when, or from when on, it may be given out: milliseconds since the Unix epoch. */
  readonly ready_at: number;
  readonly fairness_key?: string;
  readonly concurrency_key?: string;
  /** Why it is not in the queue although no agent has it; absent: it is. */
  readonly held?: 'scheduled' | 'paused';
  /** Scheduled until this time (milliseconds since the Unix epoch) … */
  readonly not_before?: number;
  /** … and until the end of these tasks. Never empty. */
  readonly waits_for?: readonly string[];
  /** Expired then, wherever it is: milliseconds since the Unix epoch. */
  readonly deadline?: number;
  /** Absent: requeue. */
  readonly on_agent_lost?: (typeof ON_AGENT_LOST)[number];
  /** Absent while no agent has it. */
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

/** An event of a task where the log has it. `reopened`: the task as it is after its TaskRetried, which tells only its id. */
export type TaskInput = TaskEvent & { readonly position: number; readonly reopened?: OpenTask };

/** The open task after one more event of it; undefined once it has ended. Pure. */
export function evolveOpenTask(task: OpenTask | undefined, event: TaskInput): OpenTask | undefined {
  if (event.type === 'TaskSubmitted') return submittedTask(event.data, event.position);
  if (event.type === 'TaskRetried') return event.reopened;
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
    case 'TaskDependencyEnded':
      return waitingForOneLess(task, event.data.dependency_id);
    case 'TaskReleased':
      return queued(task, Date.parse(event.data.released_at));
    case 'TaskPaused': {
      const { lease: _over, ...paused } = task;
      return { ...paused, held: 'paused' };
    }
    case 'TaskResumed':
      return resumed(task, Date.parse(event.data.resumed_at));
    case 'TaskChanged':
      return changed(task, event.data.changes);
    case 'TaskAttemptFailed':
      return requeued(task, event.data.retry_at ?? event.data.failed_at);
    case 'TaskReturned':
      return requeued(task, event.data.retry_at ?? event.data.returned_at);
    case 'TaskLeaseExpired':
      return requeued(task, event.data.retry_at ?? event.data.expired_at);
    case 'TaskCompleted':
    case 'TaskResultAccepted':
    case 'TaskFailed':
    case 'TaskDeadLettered':
    case 'TaskCancelled':
    case 'TaskExpired':
      return undefined;
    default:
      return task;
  }
}

/** The open task that a stream's events up to its latest TaskRetried amount to; undefined when it never was one. Pure. */
export function openTaskAfterRetry(events: Iterable<TaskInput>): OpenTask | undefined {
  let task: OpenTask | undefined;
  let last: OpenTask | undefined;
  for (const event of events) {
    const input = event.type === 'TaskRetried' ? { ...event, reopened: last && reopened(last, event.data) } : event;
    task = evolveOpenTask(task, input);
    last = task ?? last;
  }
  return task;
}

export function submittedTask(data: Extract<TaskEvent, { type: 'TaskSubmitted' }>['data'], position: number): OpenTask {
  const { task_id, pool, type, priority, requirements, lease_seconds, submitted_at } = data;
  const { not_before, depends_on, deadline, fairness_key, concurrency_key, on_agent_lost } = data;
  const ready_at = Date.parse(submitted_at);
  return {
    ...{ task_id, pool, type, priority, requirements, lease_seconds, position, ready_at },
    ...(fairness_key !== undefined && { fairness_key }),
    ...(concurrency_key !== undefined && { concurrency_key }),
    ...((not_before ?? depends_on) !== undefined && { held: 'scheduled' as const }),
    ...(not_before !== undefined && { not_before: Date.parse(not_before) }),
    ...(depends_on && { waits_for: depends_on }),
    ...(deadline !== undefined && { deadline: Date.parse(deadline) }),
    ...(on_agent_lost !== undefined && { on_agent_lost }),
  };
}

function waitingForOneLess(task: OpenTask, dependencyId: string): OpenTask {
  if (!task.waits_for?.includes(dependencyId)) return task;
  const { waits_for, ...others } = task;
  const left = waits_for.filter((id) => id !== dependencyId);
  return left.length > 0 ? { ...others, waits_for: left } : others;
}

function resumed(task: OpenTask, at: number): OpenTask {
  if (task.waits_for !== undefined || (task.not_before ?? at) > at) return { ...task, held: 'scheduled' };
  return queued(task, at);
}

function queued({ held: _held, ...task }: OpenTask, at: number): OpenTask {
  return { ...task, ready_at: Math.max(task.ready_at, at) };
}

function changed(task: OpenTask, changes: Extract<TaskEvent, { type: 'TaskChanged' }>['data']['changes']): OpenTask {
  const { priority, requirements, deadline } = changes;
  if (priority === undefined && requirements === undefined && deadline === undefined) return task;
  const { deadline: before, ...others } = task;
  const after = deadline === undefined ? before : deadline === null ? undefined : Date.parse(deadline);
  return {
    ...others,
    ...(priority !== undefined && { priority }),
    ...(requirements !== undefined && { requirements }),
    ...(after !== undefined && { deadline: after }),
  };
}

function requeued({ lease: _over, ...task }: OpenTask, ready_at: string): OpenTask {
  return { ...task, ready_at: Date.parse(ready_at) };
}

/** In its queue, whatever it waited for before; a deadline that has passed does not count again. */
function reopened(ended: OpenTask, { retried_at, not_before }: { retried_at: string; not_before?: string }): OpenTask {
  const { lease: _lease, held: _held, waits_for: _waits, not_before: _time, deadline, ...task } = ended;
  const at = Date.parse(retried_at);
  return {
    ...task,
    ready_at: Math.max(at, not_before === undefined ? at : Date.parse(not_before)),
    ...(deadline !== undefined && deadline > at && { deadline }),
  };
}
