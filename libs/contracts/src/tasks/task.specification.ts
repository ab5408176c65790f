import { z } from 'zod';
import { Id, JsonObject, Time, Word, text } from '../text';

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
  /** Classes of failure that end the task at once, whatever the agent says. */
  non_retryable: z.array(Word).max(50).optional(),
});
export type RetryPolicy = z.infer<typeof RetryPolicy>;

/** A secret that the agent gets with the task: a reference here, its value only in what is delivered. */
export const TaskCredential = z.object({
  /** What the agent calls it. */
  name: Word,
  secret_id: Id,
  /** Absent: the version that is current at delivery. */
  version: z.int().min(1).optional(),
});
export type TaskCredential = z.infer<typeof TaskCredential>;

/** What becomes of a task that an agent has when the agent is lost: given to another, kept until its lease ends, failed. */
export const ON_AGENT_LOST = ['requeue', 'wait', 'fail'] as const;

/** A key of fairness or of concurrency: a tenant, a customer, a target. */
export const TaskKey = text(128, 1);

/** The fields that can still be changed while the task has not ended. */
export const TaskTexts = z.object({
  title: text(200).optional(),
  description: text(4_000).optional(),
  /** What to do, in words, for agents that read. */
  instructions: text(32_000).optional(),
});

/** The step of a workflow's run that waits for a task. */
export const TaskOfRun = z.object({ run_id: Id, node: text(200, 1) });
export type TaskOfRun = z.infer<typeof TaskOfRun>;

/** What a submitter asks for. */
export const TaskSpecification = TaskTexts.extend({
  type: Word,
  payload: JsonObject,
  priority: z.int().min(0).max(100),
  requirements: TaskRequirements,
  retry: RetryPolicy,
  /** Seconds that an agent holds the task without renewing before it is given to another. */
  lease_seconds: z.number().min(1).max(86_400),
  /** The task is scheduled until then. */
  not_before: Time.optional(),
  /** What has not ended by then is expired, wherever it is. */
  deadline: Time.optional(),
  /** The task is scheduled until all of them have ended. */
  depends_on: z
    .array(Id)
    .min(1)
    .max(100)
    .refine((ids) => new Set(ids).size === ids.length, 'must not name a task twice')
    .optional(),
  /** What becomes of it when one of them ends other than completed; absent: it is cancelled. */
  on_dependency_failure: z.enum(['cancel', 'run']).optional(),
  /** Absent: requeue. */
  on_agent_lost: z.enum(ON_AGENT_LOST).optional(),
  /** Tasks of one priority take turns by this key. */
  fairness_key: TaskKey.optional(),
  /** Counted against the dispatch limit of this key, and guarded by the circuit breakers of this target. */
  concurrency_key: TaskKey.optional(),
  credentials: z.array(TaskCredential).max(20).optional(),
  /** The schedule that made it, and for which of its times. */
  schedule_id: Id.optional(),
  scheduled_for: Time.optional(),
  /** The run that made it, and for which of its steps. */
  run: TaskOfRun.optional(),
});
export type TaskSpecification = z.infer<typeof TaskSpecification>;

export const TaskFailure = z.object({
  class: Word.optional(),
  message: text(4096),
  retryable: z.boolean().default(true),
  /** The agent asks not to be given it before this many milliseconds; longer than the policy's delay only. */
  retry_after_ms: z.int().min(0).max(86_400_000).optional(),
});
export type TaskFailure = z.infer<typeof TaskFailure>;
