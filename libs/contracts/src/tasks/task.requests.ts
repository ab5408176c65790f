import { z } from 'zod';
import { command, query, type DataOf } from '../contract';
import { Id, Json, JsonObject, Time, Word, text } from '../text';
import { isPriorityName, type PriorityName } from '../priority';
import { TaskChanges } from './task.events';
import { RetryOverrides } from './task-type';
import { TaskCredential, TaskFailure, TaskSpecification, TaskTexts } from './task.specification';

export const DEFAULT_POOL = 'default';

const PriorityBand = z
  .string()
  .refine(isPriorityName)
  .transform((name) => name as PriorityName);

/**
 * What a submitter sends, completed where it is submitted, so that a repetition is the same: what is absent comes from the
 * defaults of its type, else from the settings; `delay_seconds` after its submission stands for `not_before`.
 */
export const TaskOrder = TaskSpecification.extend({
  priority: TaskSpecification.shape.priority.optional(),
  retry: RetryOverrides.optional(),
  lease_seconds: TaskSpecification.shape.lease_seconds.optional(),
  delay_seconds: z.number().min(0).max(31_536_000).optional(),
});
export type TaskOrder = z.infer<typeof TaskOrder>;
/** An order that says it all. */
export type CompleteOrder = TaskSpecification & Pick<TaskOrder, 'delay_seconds'>;

/** `task_id`: of a sender that derives it from what the task is for, so that it knows it before; absent: a fresh one. */
export const submitTask = command(
  'tasks.submit_task',
  TaskOrder.extend({ task_id: Id.optional() }),
  z.object({ task_id: Id, submitted_at: Time }),
);
export type SubmitTask = DataOf<typeof submitTask>;

/** Up to 500 tasks that fit one message; each is its own unit of append with the command id `derivedId(command_id, index)`. */
export const submitTasks = command(
  'tasks.submit_tasks',
  z.object({ tasks: z.array(TaskOrder).min(1).max(500) }),
  z.object({ task_ids: z.array(Id), submitted_at: Time }),
);

/** The work as an agent gets it. */
export const LeasedTask = TaskTexts.extend({
  task_id: Id,
  type: Word,
  payload: JsonObject,
  priority: z.int(),
  submitted_at: Time,
  attempt: z.int(),
  lease_token: Id,
  lease_expires_at: Time,
  lease_seconds: z.number(),
  /** References: whoever delivers the task puts the values in. */
  credentials: z.array(TaskCredential).optional(),
  /** The answer to what the agent asked last under this lease. */
  input: Json.optional(),
  /** True once the agent has said that it started. */
  started: z.boolean(),
});
export type LeasedTask = z.infer<typeof LeasedTask>;

/** The tasks that are assigned to the agent and not ended: what a poll shows and what a socket sends again on connect. */
export const leasesOfAgent = query(
  'tasks.leases_of_agent',
  z.object({ agent_id: Id }),
  z.object({ tasks: z.array(LeasedTask) }),
);

/** Hands an agent without a socket its assigned tasks: marks each as started and gives its lease its full length again. */
export const leaseTasks = command(
  'tasks.lease_tasks',
  z.object({ agent_id: Id, limit: z.int().min(1).max(100) }),
  z.object({ tasks: z.array(LeasedTask) }),
);

/** Without a lease token: the caller's current lease (the seed's routes know no token; SDKs always send it). */
const LeaseReference = z.object({ task_id: Id, agent_id: Id, lease_token: Id.optional() });

export const startTask = command('tasks.start_task', LeaseReference, z.object({ started_at: Time }));

export const TaskOutcome = z.discriminatedUnion('success', [
  z.object({ success: z.literal(true), result: Json }),
  z.object({ success: z.literal(false), failure: TaskFailure, result: Json.optional() }),
]);
export type TaskOutcome = z.infer<typeof TaskOutcome>;

/** Ends the attempt. 409 `lease_superseded` or `task_ended`, with the late result recorded, when the lease is over. */
export const completeTask = command(
  'tasks.complete_task',
  LeaseReference.extend({
    outcome: TaskOutcome,
    /** The start was told in the same breath, and by nothing else: it is recorded too, unless it is already. */
    with_start: z.literal(true).optional(),
  }),
  /** `started_at`: where the start was told with it. */
  z.object({ acknowledged: z.literal(true), status: Word, started_at: Time.optional() }),
);
export type CompleteTask = DataOf<typeof completeTask>;

/** Gives a task back unharmed. */
export const returnTask = command(
  'tasks.return_task',
  LeaseReference.extend({ reason: text(500) }),
  z.object({ returned_at: Time }),
);

/** Gives leases their full length again. Not an event: kept in `tasks.leases`. Unknown or ended leases come back in `lost`. */
export const renewLeases = command(
  'tasks.renew_leases',
  z.object({ agent_id: Id, leases: z.array(z.object({ task_id: Id, lease_token: Id })).max(1000) }),
  z.object({ renewed: z.array(z.object({ task_id: Id, lease_expires_at: Time })), lost: z.array(Id) }),
);

export const TaskLogEntry = z.object({
  timestamp: Time,
  level: z.enum(['debug', 'info', 'warn', 'error']),
  message: text(8192),
});
export type TaskLogEntry = z.infer<typeof TaskLogEntry>;

/** Progress and log lines of running tasks, batched: telemetry, not events. Reports under a lease that is over are dropped. */
export const reportTaskTelemetry = command(
  'tasks.report_telemetry',
  z.object({
    agent_id: Id,
    progress: z
      .array(z.object({ task_id: Id, progress: z.number().min(0).max(100), message: text(1000).optional() }))
      .max(1000),
    logs: z.array(z.object({ task_id: Id, entries: z.array(TaskLogEntry).max(1000) })).max(1000),
  }),
  z.object({}),
);

export const cancelTask = command(
  'tasks.cancel_task',
  z.object({ task_id: Id, reason: text(500) }),
  z.object({ cancelled_at: Time }),
);

/** 409 `task_assigned` when an agent has the task and the change is more than texts, priority and deadline. */
export const changeTask = command(
  'tasks.change_task',
  z.object({ task_id: Id, changes: TaskChanges }),
  z.object({ changed_at: Time }),
);

/** Holds an open task back. An agent that has it is told to stop, and the attempt does not count. */
export const pauseTask = command(
  'tasks.pause_task',
  z.object({ task_id: Id, reason: text(500) }),
  z.object({ paused_at: Time }),
);

export const resumeTask = command('tasks.resume_task', z.object({ task_id: Id }), z.object({ resumed_at: Time }));

/** Gives a task that ended without a result (dead-lettered, failed, expired, cancelled) all its attempts again. */
export const retryTask = command(
  'tasks.retry_task',
  z.object({
    task_id: Id,
    not_before: Time.optional(),
    /** 409 `task_not_dead_lettered` for what is no dead letter. */
    only_dead_lettered: z.boolean().optional(),
  }),
  z.object({ retried_at: Time }),
);

/** Ends an open task, or one that has failed, as a dead letter. */
export const deadLetterTask = command(
  'tasks.dead_letter_task',
  z.object({ task_id: Id, reason: text(500) }),
  z.object({ dead_lettered_at: Time }),
);

/** Takes a task off the dead letters: it stays failed. */
export const removeDeadLetter = command(
  'tasks.remove_dead_letter',
  z.object({ task_id: Id, reason: text(500) }),
  z.object({ removed_at: Time }),
);

/** Completes a task with a result that came under a lease that was over: the one of that lease, else the latest. */
export const acceptResult = command(
  'tasks.accept_result',
  z.object({ task_id: Id, lease_token: Id.optional() }),
  z.object({ accepted_at: Time }),
);

/** The agent that runs the task needs an answer before it can go on; it keeps the lease. */
export const requireInput = command(
  'tasks.require_input',
  LeaseReference.extend({ prompt: text(4_000, 1) }),
  z.object({ required_at: Time }),
);

/** The answer, which its agent gets at once. */
export const provideInput = command(
  'tasks.provide_input',
  z.object({ task_id: Id, input: Json }),
  z.object({ provided_at: Time }),
);

/** Cancels every queued task of one priority band with the reason `queue_cleared`. */
export const clearQueue = command(
  'tasks.clear_queue',
  z.object({ band: PriorityBand }),
  z.object({ cleared: z.int() }),
);

/** What the dispatcher knows at this moment and no read model can: returned by the pool's owner. */
export const dispatchStatus = query(
  'tasks.dispatch_status',
  z.object({ pool: Word.default(DEFAULT_POOL) }),
  z.object({
    pool: Word,
    owner: Id,
    epoch: z.int(),
    strategy: Word,
    ready: z.record(z.string(), z.int()),
    assigned: z.int(),
    agents: z.int(),
    /** Seconds from becoming ready to the assignment, over the last 1,000 assignments; null before the first. */
    dispatch_latency: z.object({ p50: z.number(), p99: z.number() }).nullable(),
  }),
);
