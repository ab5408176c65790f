import { z } from 'zod';
import { SERVICE_NAMES } from '../../health/system.health';
import { createZodDto } from '../../http/zod-dto';

const Verdict = z.enum(['healthy', 'degraded', 'unhealthy']);
const NotConfigured = z.object({ status: z.literal('not_configured') });
const ResponseTime = z.number().nullable().meta({ description: 'Milliseconds; null: no answer within a second' });

const ServiceHealth = z.object({
  status: Verdict,
  response_time: ResponseTime,
  replicas: z.int().meta({ description: 'Processes that answered' }),
  failing: z.array(z.string()).meta({ description: 'Checks of /health/ready that fail, by name' }),
});

/** Seed 001 shows the first three; what stands beside them are the services of this installation. */
const Services = z.object({
  database: z.object({ status: Verdict, response_time: ResponseTime }),
  redis: NotConfigured,
  message_queue: z.object({
    status: Verdict,
    response_time: ResponseTime,
    pending_messages: z
      .int()
      .meta({ description: 'Events of the log that the subscription furthest behind has not handled' }),
    parked_streams: z.int().meta({
      description: 'Streams that wait behind an event that could not be handled, until an operator retries it',
    }),
  }),
  ...(Object.fromEntries(SERVICE_NAMES.map((service) => [service, ServiceHealth])) as Record<
    (typeof SERVICE_NAMES)[number],
    typeof ServiceHealth
  >),
});

const Figure = z.int().nullable();

const Metrics = z.object({
  active_agents: Figure.meta({ description: 'Agents that take tasks, or are busy with them' }),
  running_tasks: Figure.meta({ description: 'Tasks that agents work at' }),
  completed_tasks_today: Figure.meta({ description: 'Since midnight, UTC' }),
  system_load: z
    .number()
    .meta({ description: 'Of the last minute, per core of the machine of the gateway that answers' }),
  memory_usage: z.number().meta({ description: 'Per cent, on that machine or in its container' }),
  disk_usage: z.number().nullable().meta({ description: 'Per cent, of the file system of its data folder' }),
});

export const SystemHealthShown = z.object({
  status: Verdict.meta({
    description:
      'unhealthy (503): the database or the message queue does not answer; degraded (200): a service is not ready, ' +
      'or events wait for longer than a minute or are parked',
  }),
  service: z.literal('agent-orchestration'),
  version: z.string(),
  timestamp: z.iso.datetime(),
  services: Services.optional().meta({ description: 'For callers with a credential that may read tasks' }),
  metrics: Metrics.optional().meta({ description: 'For callers with a credential that may read tasks' }),
});
export type SystemHealthShown = z.infer<typeof SystemHealthShown>;
export class SystemHealthShownDto extends createZodDto(SystemHealthShown) {}
