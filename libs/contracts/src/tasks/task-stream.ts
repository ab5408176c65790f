import { z } from 'zod';
import { Currency, amount } from '../money';
import { Id, Json, Time, Word, text } from '../text';
import { LoadMetrics } from '../registry/agent.requests';
import { TaskFailure, TaskTexts } from './task.specification';
import { MAX_USAGE_REPORTS, UsageReport } from './usage';

/**
 * The agents' socket, `WS /api/v1/agents/{id}/task-stream`: JSON text frames in camelCase, as its seed document writes
 * them; what the seed does not have (ready, started, complete, renew, leases) is added to it.
 */
export const StreamedTask = TaskTexts.extend({
  taskId: Id,
  taskType: Word,
  priority: z.int(),
  payload: z.record(z.string(), z.unknown()),
  createdAt: Time,
  attempt: z.int(),
  leaseToken: Id,
  leaseExpiresAt: Time,
  /** Seconds that the lease lasts without a renewal. */
  timeout: z.number(),
  /** The secrets named in its specification, by the names given there. */
  credentials: z.record(z.string(), z.string()).optional(),
  /** The answer to what the agent asked last under this lease, for a socket that came after it. */
  input: z.unknown().optional(),
});
export type StreamedTask = z.infer<typeof StreamedTask>;

export const ServerToAgent = z.discriminatedUnion('type', [
  /** First frame: the socket is open, this is the agent's canonical id and its connection's epoch. */
  z.object({ type: z.literal('welcome'), agentId: Id, epoch: z.int(), heartbeatInterval: z.number() }),
  z.object({ type: z.literal('task_assigned'), task: StreamedTask }),
  /** Stop working on it: it was cancelled, paused, or has expired. */
  z.object({ type: z.literal('task_cancelled'), taskId: Id, reason: z.string() }),
  /** The answer to `task_input_required`. */
  z.object({ type: z.literal('task_input'), taskId: Id, input: z.unknown() }),
  /** Answers a frame that carried `id`: done. */
  z.object({ type: z.literal('ack'), id: z.string(), result: z.record(z.string(), z.unknown()).optional() }),
  /** Answers a frame that carried `id`, or a frame that could not be read (`id` null): refused. */
  z.object({
    type: z.literal('error'),
    id: z.string().nullable(),
    status: z.int(),
    code: z.string(),
    detail: z.string(),
  }),
  z.object({ type: z.literal('pong') }),
]);
export type ServerToAgent = z.infer<typeof ServerToAgent>;

const { report_id, provider, model, input_tokens, output_tokens, duration_ms } = UsageReport.shape;

/** What was used up of a model. Sent again under the same `reportId` it counts once. */
export const StreamedUsage = z
  .object({
    ...{ reportId: report_id, provider, model, inputTokens: input_tokens, outputTokens: output_tokens },
    /** Those of the input that the provider read from its cache. */
    cachedInputTokens: input_tokens.default(0),
    durationMs: duration_ms,
    /** What the agent was charged: counts where the price table has no price. */
    cost: z.object({ amount: amount(1_000_000), currency: Currency }).optional(),
  })
  .refine(({ cachedInputTokens, inputTokens }) => cachedInputTokens <= inputTokens, {
    path: ['cachedInputTokens'],
    message: 'must not be more than the input tokens',
  });
export type StreamedUsage = z.infer<typeof StreamedUsage>;
export const StreamedUsages = z.array(StreamedUsage).min(1).max(MAX_USAGE_REPORTS);

const Lease = z.object({ taskId: Id, leaseToken: Id.optional() });
const RequestId = z.string().min(1).max(64);

export const AgentToServer = z.discriminatedUnion('type', [
  /** The agent's credit: it takes this many tasks at once over this connection; 0 takes no more. */
  z.object({ type: z.literal('ready'), maxConcurrentTasks: z.int().min(0).max(10_000) }),
  Lease.extend({ type: z.literal('task_started'), id: RequestId.optional() }),
  Lease.extend({
    type: z.literal('task_progress'),
    progress: z.number().min(0).max(100),
    message: text(1000).optional(),
  }),
  Lease.extend({
    type: z.literal('task_log'),
    level: z.enum(['debug', 'info', 'warn', 'error']),
    message: text(8192),
    timestamp: Time.optional(),
  }),
  Lease.extend({
    type: z.literal('task_complete'),
    id: RequestId,
    success: z.boolean(),
    result: Json.optional(),
    error: TaskFailure.optional(),
  }),
  Lease.extend({ type: z.literal('task_input_required'), id: RequestId.optional(), prompt: text(4_000, 1) }),
  /** Counts under a lease that is over as well. */
  Lease.extend({ type: z.literal('task_usage'), id: RequestId.optional(), reports: StreamedUsages }),
  Lease.extend({ type: z.literal('task_return'), id: RequestId.optional(), reason: text(500).default('returned') }),
  z.object({
    type: z.literal('lease_renew'),
    id: RequestId,
    leases: z.array(z.object({ taskId: Id, leaseToken: Id })).max(1000),
  }),
  z.object({ type: z.literal('heartbeat'), loadMetrics: LoadMetrics.optional() }),
  z.object({ type: z.literal('ping') }),
]);
export type AgentToServer = z.infer<typeof AgentToServer>;

/** Close codes of the socket. */
export const CLOSE_SUPERSEDED = 4409;
export const CLOSE_UNAUTHENTICATED = 4401;
export const CLOSE_UNKNOWN_AGENT = 4404;
