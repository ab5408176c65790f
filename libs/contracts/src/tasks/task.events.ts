import { z } from 'zod';
import { event, type EventOf } from '../contract';
import { Id, Json, JsonObject, Time, Word, text } from '../text';
import { TaskFailure, TaskRequirements, TaskSpecification, TaskTexts } from './task.specification';

/** Names one acquisition of a task: who presents another token speaks of a lease that is over. */
const Lease = z.object({ agent_id: Id, attempt: z.int().min(1), lease_token: Id });

/** How long, and after what, a task returns to its queue. */
const Requeue = z.object({
  /** The task is not given out before; absent: at once. */
  retry_at: Time.optional(),
  /** Attempts that count against the retry policy so far. */
  failed_attempts: z.int().min(0),
});

/** What may be changed of an open task: everything while no agent has it, else texts, priority and deadline alone. */
export const TaskChanges = TaskTexts.extend({
  priority: TaskSpecification.shape.priority.optional(),
  /** null takes it away. */
  deadline: Time.nullable().optional(),
  payload: JsonObject.optional(),
  requirements: TaskRequirements.optional(),
});
export type TaskChanges = z.infer<typeof TaskChanges>;

const CATEGORY = 'task';

/** The task aggregate: stream `task-<uuid>`. */
export const taskEvents = {
  TaskSubmitted: event(
    CATEGORY,
    'TaskSubmitted',
    3,
    TaskSpecification.extend({ task_id: Id, pool: Word, submitted_at: Time }),
  ),
  /** A task that it depends on has ended. */
  TaskDependencyEnded: event(
    CATEGORY,
    'TaskDependencyEnded',
    1,
    z.object({ task_id: Id, dependency_id: Id, status: Word, at: Time }),
  ),
  /** Scheduled no longer: its time has come and nothing it depends on is open. */
  TaskReleased: event(CATEGORY, 'TaskReleased', 1, z.object({ task_id: Id, released_at: Time })),
  /** What was asked for is changed; absent fields stay. */
  TaskChanged: event(CATEGORY, 'TaskChanged', 1, z.object({ task_id: Id, changes: TaskChanges, changed_at: Time })),
  /** Held back until it is resumed. An agent that had it has to stop: the attempt does not count. */
  TaskPaused: event(
    CATEGORY,
    'TaskPaused',
    1,
    z.object({ task_id: Id, paused_at: Time, reason: text(500), agent_id: Id.optional() }),
  ),
  TaskResumed: event(CATEGORY, 'TaskResumed', 1, z.object({ task_id: Id, resumed_at: Time })),
  /** The agent keeps the task and waits for an answer. */
  TaskInputRequired: event(
    CATEGORY,
    'TaskInputRequired',
    1,
    Lease.extend({ task_id: Id, required_at: Time, prompt: text(4_000, 1) }),
  ),
  TaskInputProvided: event(
    CATEGORY,
    'TaskInputProvided',
    1,
    z.object({ task_id: Id, agent_id: Id, provided_at: Time, input: Json }),
  ),
  TaskAssigned: event(
    CATEGORY,
    'TaskAssigned',
    1,
    Lease.extend({
      task_id: Id,
      assigned_at: Time,
      lease_expires_at: Time,
      pool: Word,
      /** Version of the pool's stream under which the assignment was made: the owner's epoch. */
      epoch: z.int(),
      /** Why this agent: the strategy, and the candidates it saw with their scores, best first (the first 3 of them). */
      reason: z.object({
        strategy: Word,
        candidates: z.array(z.object({ agent_id: Id, score: z.number() })).max(10),
        candidate_count: z.int(),
      }),
    }),
  ),
  /** The agent has the task in hand. */
  TaskStarted: event(CATEGORY, 'TaskStarted', 1, Lease.extend({ task_id: Id, started_at: Time })),
  TaskCompleted: event(CATEGORY, 'TaskCompleted', 1, Lease.extend({ task_id: Id, completed_at: Time, result: Json })),
  /** An attempt failed and the policy allows another. */
  TaskAttemptFailed: event(
    CATEGORY,
    'TaskAttemptFailed',
    2,
    Lease.extend({ task_id: Id, failed_at: Time, failure: TaskFailure, ...Requeue.shape }),
  ),
  /** The agent gave the task back unharmed (graceful stop): costs no attempt. */
  TaskReturned: event(
    CATEGORY,
    'TaskReturned',
    1,
    Lease.extend({ task_id: Id, returned_at: Time, reason: text(500), ...Requeue.shape }),
  ),
  /** The lease ended without a result. Costs an attempt only if the agent had started. */
  TaskLeaseExpired: event(
    CATEGORY,
    'TaskLeaseExpired',
    1,
    Lease.extend({ task_id: Id, expired_at: Time, reason: z.enum(['lease_expired', 'agent_lost']), ...Requeue.shape }),
  ),
  /** Ended by an error that must not be retried. */
  TaskFailed: event(CATEGORY, 'TaskFailed', 2, Lease.extend({ task_id: Id, failed_at: Time, failure: TaskFailure })),
  /** Ended because the retry policy is used up, or because somebody put it there (`moved_by_operator`). */
  TaskDeadLettered: event(
    CATEGORY,
    'TaskDeadLettered',
    3,
    z.object({
      task_id: Id,
      /** Whose failure ended it; absent where an event before says so (its lease expired), and in version 1. */
      agent_id: Id.optional(),
      dead_lettered_at: Time,
      failed_attempts: z.int(),
      failure: TaskFailure,
    }),
  ),
  /** Back in its queue with all its attempts, because somebody asked for it after it had ended without a result. */
  TaskRetried: event(
    CATEGORY,
    'TaskRetried',
    1,
    z.object({ task_id: Id, retried_at: Time, not_before: Time.optional() }),
  ),
  /** Taken off the dead letters: ended as failed, for good. */
  TaskDeadLetterRemoved: event(
    CATEGORY,
    'TaskDeadLetterRemoved',
    1,
    z.object({ task_id: Id, removed_at: Time, reason: text(500) }),
  ),
  /** Not ended by its deadline. */
  TaskExpired: event(CATEGORY, 'TaskExpired', 1, z.object({ task_id: Id, expired_at: Time, agent_id: Id.optional() })),
  TaskCancelled: event(
    CATEGORY,
    'TaskCancelled',
    1,
    z.object({ task_id: Id, cancelled_at: Time, reason: text(500), agent_id: Id.optional() }),
  ),
  /** A result came under a lease that was over (or after the end): kept for the audit, without effect on the task. */
  TaskCompletionRejected: event(
    CATEGORY,
    'TaskCompletionRejected',
    1,
    z.object({
      task_id: Id,
      agent_id: Id,
      lease_token: Id.optional(),
      rejected_at: Time,
      code: Word,
      success: z.boolean(),
      result: Json,
    }),
  ),
  /** Somebody decided that a late result counts: the task is completed with it. */
  TaskResultAccepted: event(
    CATEGORY,
    'TaskResultAccepted',
    1,
    z.object({ task_id: Id, agent_id: Id, lease_token: Id.optional(), accepted_at: Time, result: Json }),
  ),
} as const;
export type TaskEvent = EventOf<typeof taskEvents>;

/** The dispatch pool: stream `pool-<derivedId('pool', name)>`. Its version is the epoch of its owner. */
export const poolEvents = {
  PoolTaken: event('pool', 'PoolTaken', 1, z.object({ pool: Word, owner: Id, taken_at: Time })),
} as const;
export type PoolEvent = EventOf<typeof poolEvents>;
