import { z } from 'zod';
import { Id, Json, Time, Word, text } from '../text';
import type { TaskEvent } from './task.events';
import { TaskFailure, TaskSpecification } from './task.specification';

/** API conflict 9. The first six are open. */
export const TASK_STATUSES = [
  'scheduled',
  'queued',
  'assigned',
  'running',
  'paused',
  'input_required',
  'completed',
  'failed',
  'cancelled',
  'expired',
  'dead_lettered',
] as const;
export type TaskStatus = (typeof TASK_STATUSES)[number];
export const OPEN_TASK_STATUSES = TASK_STATUSES.slice(0, 6);

/** A task as the log tells it. */
export const TaskDocument = TaskSpecification.extend({
  task_id: Id,
  pool: Word,
  status: z.enum(TASK_STATUSES),
  submitted_at: Time,
  /** Of the latest assignment. */
  agent_id: Id.nullable(),
  attempt: z.int(),
  assigned_at: Time.nullable(),
  first_assigned_at: Time.nullable(),
  started_at: Time.nullable(),
  ended_at: Time.nullable(),
  retry_at: Time.nullable(),
  failed_attempts: z.int(),
  result: Json,
  failure: TaskFailure.nullable(),
  reason: text(500).nullable(),
  /** What its agent asks, while it waits for the answer. */
  prompt: text(4_000).nullable(),
  /** Those of `depends_on` that have not ended. */
  waits_for: z.array(Id),
  /** Results that came under a lease that was over. */
  late_results: z.int(),
  updated_at: Time,
});
export type TaskDocument = z.infer<typeof TaskDocument>;

/** The task document after one more event; pure, and the one fold that every read model of tasks uses. */
export function evolveTask(task: TaskDocument | undefined, event: TaskEvent): TaskDocument | undefined {
  if (event.type === 'TaskSubmitted') {
    // The event's keys last: V8 is ten times slower at adding keys to a spread object than at spreading into a literal.
    const { submitted_at, depends_on, not_before } = event.data;
    return {
      status: depends_on || not_before ? 'scheduled' : 'queued',
      agent_id: null,
      attempt: 0,
      assigned_at: null,
      first_assigned_at: null,
      started_at: null,
      ended_at: null,
      retry_at: null,
      failed_attempts: 0,
      result: null,
      failure: null,
      reason: null,
      prompt: null,
      waits_for: depends_on ?? [],
      late_results: 0,
      updated_at: submitted_at,
      ...event.data,
    };
  }
  if (!task) return task;
  switch (event.type) {
    case 'TaskAssigned': {
      const { agent_id, attempt, assigned_at } = event.data;
      return {
        ...task,
        status: 'assigned',
        agent_id,
        attempt,
        assigned_at,
        first_assigned_at: task.first_assigned_at ?? assigned_at,
        started_at: null,
        retry_at: null,
        updated_at: assigned_at,
      };
    }
    case 'TaskStarted':
      return { ...task, status: 'running', started_at: event.data.started_at, updated_at: event.data.started_at };
    case 'TaskDependencyEnded': {
      const { dependency_id, at } = event.data;
      return { ...task, waits_for: task.waits_for.filter((id) => id !== dependency_id), updated_at: at };
    }
    case 'TaskReleased':
      return { ...task, status: 'queued', updated_at: event.data.released_at };
    case 'TaskChanged': {
      const { changes, changed_at } = event.data;
      const { deadline = task.deadline, ...others } = changes;
      return { ...task, ...others, deadline: deadline ?? undefined, updated_at: changed_at };
    }
    case 'TaskPaused': {
      const { paused_at, reason } = event.data;
      return { ...task, status: 'paused', reason, prompt: null, started_at: null, updated_at: paused_at };
    }
    case 'TaskResumed': {
      const { resumed_at } = event.data;
      const waits = task.waits_for.length > 0 || isAfter(task.not_before, resumed_at);
      return { ...task, status: waits ? 'scheduled' : 'queued', reason: null, updated_at: resumed_at };
    }
    case 'TaskInputRequired': {
      const { prompt, required_at } = event.data;
      return { ...task, status: 'input_required', prompt, updated_at: required_at };
    }
    case 'TaskInputProvided':
      return { ...task, status: 'running', prompt: null, updated_at: event.data.provided_at };
    case 'TaskCompleted': {
      const { completed_at, result } = event.data;
      return {
        ...task,
        status: 'completed',
        result,
        failure: null,
        prompt: null,
        ended_at: completed_at,
        updated_at: completed_at,
      };
    }
    case 'TaskAttemptFailed':
      return { ...requeued(task, event.data), failure: event.data.failure, updated_at: event.data.failed_at };
    case 'TaskReturned':
      return { ...requeued(task, event.data), updated_at: event.data.returned_at };
    case 'TaskLeaseExpired':
      return { ...requeued(task, event.data), updated_at: event.data.expired_at };
    case 'TaskFailed': {
      const { failed_at, failure } = event.data;
      return { ...task, status: 'failed', failure, prompt: null, ended_at: failed_at, updated_at: failed_at };
    }
    case 'TaskDeadLettered': {
      const { dead_lettered_at, failed_attempts, failure } = event.data;
      return {
        ...task,
        status: 'dead_lettered',
        failed_attempts,
        failure,
        prompt: null,
        retry_at: null,
        ended_at: dead_lettered_at,
        updated_at: dead_lettered_at,
      };
    }
    case 'TaskCancelled': {
      const { cancelled_at, reason } = event.data;
      return {
        ...task,
        status: 'cancelled',
        reason,
        prompt: null,
        retry_at: null,
        ended_at: cancelled_at,
        updated_at: cancelled_at,
      };
    }
    case 'TaskRetried': {
      const { retried_at, not_before } = event.data;
      return {
        ...task,
        status: 'queued',
        failed_attempts: 0,
        // It waits for nothing but what is asked for now, and a deadline that has passed does not count again.
        retry_at: not_before ?? null,
        not_before: undefined,
        waits_for: [],
        deadline: isAfter(task.deadline, retried_at) ? task.deadline : undefined,
        started_at: null,
        ended_at: null,
        reason: null,
        updated_at: retried_at,
      };
    }
    case 'TaskDeadLetterRemoved': {
      const { removed_at, reason } = event.data;
      return { ...task, status: 'failed', reason, updated_at: removed_at };
    }
    case 'TaskExpired': {
      const { expired_at } = event.data;
      return { ...task, status: 'expired', prompt: null, retry_at: null, ended_at: expired_at, updated_at: expired_at };
    }
    case 'TaskCompletionRejected':
      return { ...task, late_results: task.late_results + 1, updated_at: event.data.rejected_at };
    case 'TaskResultAccepted': {
      const { accepted_at, agent_id, result } = event.data;
      return {
        ...task,
        status: 'completed',
        agent_id,
        result,
        failure: null,
        reason: null,
        retry_at: null,
        ended_at: accepted_at,
        updated_at: accepted_at,
      };
    }
    default:
      return task;
  }
}

function isAfter(time: string | undefined, other: string): boolean {
  return time !== undefined && Date.parse(time) > Date.parse(other);
}

function requeued(task: TaskDocument, requeue: { retry_at?: string; failed_attempts: number }): TaskDocument {
  return {
    ...task,
    status: 'queued',
    retry_at: requeue.retry_at ?? null,
    failed_attempts: requeue.failed_attempts,
    started_at: null,
    prompt: null,
  };
}
