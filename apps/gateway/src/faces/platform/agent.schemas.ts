import { AgentCondition, Id, Json, TaskFailure, TaskLogEntry, TaskTexts, Word, text } from '@ao/contracts';
import { createZodDto } from '../../http/zod-dto';
import { z } from 'zod';
import { AsOf, AtLeast, wholeNumber } from '../query.schemas';
import { RenewedCertificate } from './enrolment.schemas';

/** The words of seed 002 (online, offline, degraded) and of seed 003 (idle, busy, offline, error). */
const StatusWord = z.enum(['online', 'offline', 'degraded', 'idle', 'busy', 'error']).optional();

/** `GET /api/v1/agents`; `status_filter` is another name of `status`. Whoever told no role has that of its type. */
export class AgentListQueryDto extends createZodDto(
  z.object({
    status: StatusWord,
    status_filter: StatusWord,
    capability: Word.optional(),
    role: Word.optional(),
    limit: wholeNumber(200, 1).default(100),
    offset: wholeNumber(100_000).default(0),
    at_least: AtLeast,
  }),
) {}

export class AgentQueryDto extends createZodDto(z.object({ at_least: AtLeast, as_of: AsOf })) {}

const Percent = z.number().min(0).max(1_000_000);

/** `POST /api/v1/agents/{id}/heartbeat` (seed 002). */
export const HeartbeatBody = z
  .object({
    status: z.enum(['healthy', 'degraded', 'unhealthy', 'error']).optional(),
    resourceUsage: z
      .object({ cpu: Percent.optional(), memory: Percent.optional(), disk: Percent.optional() })
      .optional(),
    runningTasks: z.int().min(0).max(1_000_000).optional(),
  })
  .meta({
    example: { status: 'healthy', resourceUsage: { cpu: 15.5, memory: 45.2, disk: 60 }, runningTasks: 2 },
  });
export class PlatformHeartbeatDto extends createZodDto(HeartbeatBody) {}

/** `POST /api/v1/agents/{id}/tasks/{taskId}/complete` (seed 002). Without `leaseToken`: the agent's current lease. */
export const CompleteBody = z
  .object({
    success: z.boolean(),
    result: Json.optional(),
    error: z.union([TaskFailure, text(4096, 1).transform((message) => ({ message, retryable: true }))]).optional(),
    logs: z.array(TaskLogEntry).max(1_000).default([]),
    leaseToken: Id.optional(),
  })
  .meta({ example: { success: true, result: { imageId: 'sha256:abc123' }, logs: [] } });
export class CompleteDto extends createZodDto(CompleteBody) {}

export class AgentTasksQueryDto extends createZodDto(
  z.object({
    /** `true` leases: the tasks count as started. Otherwise the answer is only a look. */
    lease: z.enum(['true', 'false']).default('false'),
    limit: wholeNumber(100, 1).default(100),
  }),
) {}

const Timestamp = z.iso.datetime();

export class AcknowledgedDto extends createZodDto(z.object({ acknowledged: z.literal(true) })) {}

/** A task as it is handed to an agent over HTTP: seed 002's keys, and those of the lease. */
export const HandedTask = z.object({
  taskId: z.uuid(),
  taskType: z.string(),
  ...TaskTexts.shape,
  payload: z.record(z.string(), z.unknown()),
  /** The secrets that its specification names, by the names given there. */
  credentials: z.record(z.string(), z.string()),
  /** Seconds until the lease ends. */
  timeout: z.number(),
  priority: z.int(),
  createdAt: Timestamp,
  attempt: z.int(),
  leaseToken: z.uuid(),
  leaseExpiresAt: Timestamp,
});
export type HandedTask = z.infer<typeof HandedTask>;
export class HeartbeatAnsweredDto extends createZodDto(
  z.object({
    tasks: z.array(HandedTask),
    /** To an enrolled agent within the last hour of its certificate: the next one, for the same key. */
    certificateRenewal: RenewedCertificate.optional(),
    /** Lives as long as that certificate. */
    token: z.string().optional(),
  }),
) {}

export const PendingTask = HandedTask.pick({ taskId: true, taskType: true, priority: true, createdAt: true });
export class AgentTasksDto extends createZodDto(z.object({ tasks: z.array(z.union([HandedTask, PendingTask])) })) {}

/** One agent: seed 002's camelCase names and seed 003's snake_case names, of what exists. */
export const ShownAgent = z.object({
  id: z.uuid(),
  external_id: z.string().nullable(),
  name: z.string(),
  version: z.string(),
  status: z.enum(['online', 'offline', 'degraded']),
  /** Seed 003's word for the same condition. */
  platform_status: z.enum(['idle', 'busy', 'offline', 'error']),
  agent_type: z.string(),
  role: z.string(),
  capabilities: z.array(z.string()),
  services: z.array(z.string()),
  endpoints: z.record(z.string(), z.string()),
  metadata: z.record(z.string(), z.unknown()),
  tags: z.array(z.string()),
  labels: z.record(z.string(), z.string()),
  assignedTargets: z.array(z.string()),
  assigned_targets: z.array(z.string()),
  description: z.string(),
  llm_provider: z.string(),
  llm_model: z.string(),
  system_prompt: z.string(),
  enabled_tools: z.array(z.string()),
  worker_id: z.uuid().nullable(),
  configuration: z.record(z.string(), z.unknown()),
  environment: z.string(),
  weight: z.number(),
  ...AgentCondition.shape,
  health_score: z.number(),
  max_concurrent_tasks: z.int(),
  heartbeat_interval_seconds: z.number(),
  load_metrics: z.record(z.string(), z.number()),
  resourceUsage: z.object({ cpu: z.number().nullable(), memory: z.number().nullable() }),
  resource_usage: z.object({ cpu: z.number().nullable(), memory: z.number().nullable() }),
  lastHeartbeat: Timestamp,
  last_heartbeat: Timestamp,
  registeredAt: Timestamp,
  registered_at: Timestamp,
  updated_at: Timestamp,
  /** What `If-Match` names. */
  revision: z.int(),
});
export type ShownAgent = z.infer<typeof ShownAgent>;
export class ShownAgentDto extends createZodDto(ShownAgent) {}
