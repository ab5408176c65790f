import { z } from 'zod';
import { event, type EventOf } from '../contract';
import { Id, Json, JsonObject, Time, Word, text } from '../text';

export const TaskRequirements = z.object({
  /** The agent must have all of them. */
  capabilities: z.array(Word).max(100).default([]),
  agent_type: Word.optional(),
  /** Pins the task to one agent. */
  agent_id: Id.optional(),
});
export type TaskRequirements = z.infer<typeof TaskRequirements>;

/** How often and how soon a failed attempt is repeated. Delay before attempt n+1: min(max, initial * factor^(n-1)), spread by jitter. */
export const RetryPolicy = z.object({
  max_attempts: z.int().min(1).max(100).default(3),
  initial_delay_ms: z.int().min(0).max(3_600_000).default(1_000),
  factor: z.number().min(1).max(10).default(2),
  max_delay_ms: z.int().min(0).max(86_400_000).default(300_000),
  /** Share of the delay that is spread at random: 0.2 gives 80 % to 120 % of it. */
  jitter: z.number().min(0).max(1).default(0.2),
});
export type RetryPolicy = z.infer<typeof RetryPolicy>;

/** What a submitter asks for. */
export const TaskSpecification = z.object({
  type: Word,
  payload: JsonObject,
  priority: z.int().min(0).max(100),
  requirements: TaskRequirements,
  retry: RetryPolicy,
  /** Seconds that an agent holds the task without renewing before it is given to another. */
  lease_seconds: z.number().min(1).max(86_400),
});
export type TaskSpecification = z.infer<typeof TaskSpecification>;

/** Names one acquisition of a task: who presents another token speaks of a lease that is over. */
const Lease = z.object({ agent_id: Id, attempt: z.int().min(1), lease_token: Id });

export const TaskFailure = z.object({
  class: Word.optional(),
  message: text(4096),
  retryable: z.boolean().default(true),
});
export type TaskFailure = z.infer<typeof TaskFailure>;

/** How long, and after what, a task returns to its queue. */
const Requeue = z.object({
  /** The task is not given out before; absent: at once. */
  retry_at: Time.optional(),
  /** Attempts that count against the retry policy so far. */
  failed_attempts: z.int().min(0),
});

const CATEGORY = 'task';

/** The task aggregate: stream `task-<uuid>`. */
export const taskEvents = {
  TaskSubmitted: event(
    CATEGORY,
    'TaskSubmitted',
    1,
    TaskSpecification.extend({ task_id: Id, pool: Word, submitted_at: Time }),
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
      /** Why this agent: the strategy, and the candidates it saw with their scores, best first (at most 10 of them). */
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
    1,
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
  TaskFailed: event(CATEGORY, 'TaskFailed', 1, Lease.extend({ task_id: Id, failed_at: Time, failure: TaskFailure })),
  /** Ended because the retry policy is used up. */
  TaskDeadLettered: event(
    CATEGORY,
    'TaskDeadLettered',
    2,
    z.object({
      task_id: Id,
      /** Whose failure ended it; absent where an event before says so (its lease expired), and in version 1. */
      agent_id: Id.optional(),
      dead_lettered_at: Time,
      failed_attempts: z.int(),
      failure: TaskFailure,
    }),
  ),
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
} as const;
export type TaskEvent = EventOf<typeof taskEvents>;

/** The dispatch pool: stream `pool-<derivedId('pool', name)>`. Its version is the epoch of its owner. */
export const poolEvents = {
  PoolTaken: event('pool', 'PoolTaken', 1, z.object({ pool: Word, owner: Id, taken_at: Time })),
} as const;
export type PoolEvent = EventOf<typeof poolEvents>;
