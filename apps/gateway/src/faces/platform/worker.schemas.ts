import { WorkerDetails, WorkerDocument, Word } from '@ao/contracts';
import { createZodDto } from '../../http/zod-dto';
import { z } from 'zod';
import { AtLeast, wholeNumber } from '../query.schemas';
import { Page, Timestamp } from './user.schemas';

/** `POST /api/v1/workers/register` */
export class NewWorkerDto extends createZodDto(
  WorkerDetails.extend({
    os_info: WorkerDetails.shape.os_info.default(''),
    heartbeat_interval_seconds: WorkerDetails.shape.heartbeat_interval_seconds.default(30),
  }).meta({
    example: {
      ...{ name: 'worker-1', hostname: 'rack-1.example.org', ip_address: '10.0.0.7', max_agents: 10 },
      ...{ cpu_cores: 8, memory_total_mb: 16_384, os_info: 'Ubuntu 24.04' },
    },
  }),
) {}

const Percent = z.number().min(0).max(100);

/** `POST /api/v1/workers/{id}/heartbeat` */
export class WorkerHeartbeatDto extends createZodDto(
  z
    .object({
      cpu_usage_percent: Percent.optional(),
      memory_usage_percent: Percent.optional(),
      disk_usage_percent: Percent.optional(),
    })
    .meta({ example: { cpu_usage_percent: 12.5, memory_usage_percent: 40, disk_usage_percent: 61 } }),
) {}

/** `PATCH /api/v1/admin/workers/{id}/approve`; without a group it keeps its own, the first is `default`. */
export class ApprovalDto extends createZodDto(
  z.object({ is_approved: z.boolean(), group: Word.optional() }).meta({ example: { is_approved: true, group: 'gpu' } }),
) {}

export class WorkerListQueryDto extends createZodDto(Page) {}
export class WorkerOverviewQueryDto extends createZodDto(z.object({ at_least: AtLeast })) {}
export class WorkerTasksQueryDto extends createZodDto(
  z.object({ limit: wholeNumber(200, 1).default(100), at_least: AtLeast }),
) {}

const Status = z.enum(['pending', 'online', 'degraded', 'offline', 'rejected']);

export const ShownWorker = z.object({
  id: z.uuid(),
  ...WorkerDocument.shape,
  /** Whether it may take agents, and if so whether it is there. */
  status: Status,
  is_approved: z.boolean(),
  last_heartbeat: Timestamp.nullable(),
  /** As it last reported; null when it did not. */
  cpu_usage_percent: Percent.nullable(),
  memory_usage_percent: Percent.nullable(),
  disk_usage_percent: Percent.nullable(),
  agent_count: z.int(),
  online_agents: z.int(),
});
export type ShownWorker = z.infer<typeof ShownWorker>;
export class ShownWorkerDto extends createZodDto(ShownWorker) {}

export class WorkerBeatTakenDto extends createZodDto(
  z.object({ worker_id: z.uuid(), received_at: Timestamp, heartbeat_interval_seconds: z.number() }),
) {}

const Average = z.number().nullable();
const Count = z.int();
export class WorkerOverviewDto extends createZodDto(
  z.object({
    total_workers: Count,
    by_status: z.record(Status, Count),
    by_group: z.record(z.string(), Count),
    avg_cpu_usage_percent: Average,
    avg_memory_usage_percent: Average,
    avg_disk_usage_percent: Average,
    total_agents: Count,
    online_agents: Count,
    agent_capacity: Count,
    available_capacity: Count,
  }),
) {}
