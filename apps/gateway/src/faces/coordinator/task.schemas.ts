import { JsonObject, PRIORITY_NAMES, Word } from '@ao/contracts';
import { createZodDto } from '../../http/zod-dto';
import { z } from 'zod';

/** The shapes of seed document 000, tasks. */

/** `POST /tasks/submit`. The priority's name is judged by the route: a wrong one is 400 there, not 422. */
export const SubmitTaskBody = z
  .object({
    task_data: JsonObject.and(z.object({ task_type: Word.optional() })),
    priority: z.string().meta({ enum: PRIORITY_NAMES }),
    requirements: z
      .object({ capabilities: z.array(Word).max(100).default([]), agent_type: Word.optional() })
      .default({ capabilities: [] }),
  })
  .meta({
    example: { task_data: { model: 'llama2', prompt: 'test prompt' }, priority: 'normal', requirements: {} },
  });
export class SubmitTaskDto extends createZodDto(SubmitTaskBody) {}

const Timestamp = z.iso.datetime();
const PriorityName = z.enum(PRIORITY_NAMES);
const Success = z.object({ status: z.literal('success') });

export const TaskSubmitted = Success.extend({
  message: z.string(),
  task_id: z.uuid(),
  priority: PriorityName,
  submitted_at: Timestamp,
});
export class TaskSubmittedDto extends createZodDto(TaskSubmitted) {}

export const QueueSizes = z.object({
  urgent: z.int(),
  critical: z.int(),
  high: z.int(),
  normal: z.int(),
  low: z.int(),
});

export const LoadBalancerStats = z.object({
  strategy: z.string(),
  total_assignments: z.int(),
  successful_assignments: z.int(),
  failed_assignments: z.int(),
  /** Share of the ended assignments that ended well, 0 to 1. */
  success_rate: z.number(),
  active_agents: z.int(),
  /** How many agents carry a weight of their own; least_connections weighs none. */
  agent_weights: z.int(),
  /** Open leases per active agent. */
  avg_agent_load: z.number(),
});

export const DistributionStats = z.object({
  tasks_distributed: z.int(),
  tasks_completed: z.int(),
  tasks_failed: z.int(),
  /** Seconds from submission to the first assignment. */
  avg_distribution_time: z.number(),
  load_balancer_stats: LoadBalancerStats,
  queue_sizes: QueueSizes,
});
export type DistributionStats = z.infer<typeof DistributionStats>;

/** `GET /tasks/status` */
export const TaskStatus = Success.extend({ stats: DistributionStats, timestamp: Timestamp });
export class TaskStatusDto extends createZodDto(TaskStatus) {}

/** `GET /tasks/queues` */
export const TaskQueues = Success.extend({ queue_sizes: QueueSizes, total: z.int(), timestamp: Timestamp });
export class TaskQueuesDto extends createZodDto(TaskQueues) {}

/** `GET /tasks/queues/stats` */
export const QueueStats = Success.extend({
  queue_sizes: QueueSizes,
  stats: DistributionStats.extend({
    total_queued: z.int(),
    /** Tasks by their present status. */
    tasks_by_status: z.record(z.string(), z.int()),
    /** The dispatcher's own view; null while it cannot be asked. */
    dispatcher: z
      .object({
        pool: z.string(),
        epoch: z.int(),
        ready: z.record(z.string(), z.int()),
        assigned: z.int(),
        agents: z.int(),
        dispatch_latency: z.object({ p50: z.number(), p99: z.number() }).nullable(),
      })
      .nullable(),
  }),
  timestamp: Timestamp,
});
export class QueueStatsDto extends createZodDto(QueueStats) {}

/** `POST /tasks/queues/{priority}/clear` */
export const QueueCleared = Success.extend({ message: z.string(), priority: PriorityName, cleared: z.int() });
export class QueueClearedDto extends createZodDto(QueueCleared) {}
