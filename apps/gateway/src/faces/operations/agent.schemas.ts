import { AgentDetails, AgentProfile, JsonObject, Word } from '@ao/contracts';
import { createZodDto } from '../../http/zod-dto';
import { z } from 'zod';
import { AtLeast, wholeNumber } from '../query.schemas';

/** The shapes of seed document 001, agents. */

export class OperationsAgentListQueryDto extends createZodDto(
  z.object({
    page: wholeNumber(1_000_000, 1).default(1),
    limit: wholeNumber(100, 1).default(20),
    /** The document names active, inactive and error; agents that nobody heard of yet are initializing. */
    status: z.enum(['active', 'inactive', 'error', 'initializing']).optional(),
    type: Word.optional(),
    at_least: AtLeast,
  }),
) {}

/** Free settings; the one that the control plane itself obeys is checked as its own. */
const Configuration = JsonObject.refine(
  ({ max_concurrent_tasks: most }) =>
    most === undefined || AgentProfile.shape.max_concurrent_tasks.safeParse(most).success,
  { path: ['max_concurrent_tasks'], message: 'must be a whole number from 1 to 10000' },
);

/** `POST /v1/agents` */
export const CreateAgentBody = z
  .object({
    name: AgentProfile.shape.name,
    type: Word,
    configuration: Configuration.default({}),
    environment: AgentDetails.shape.environment.default(''),
    capabilities: AgentProfile.shape.capabilities.default([]),
    version: AgentProfile.shape.version.default(''),
  })
  .meta({
    example: {
      name: 'New Processing Agent',
      type: 'data_processor',
      configuration: { max_concurrent_tasks: 5, timeout: 300, retry_attempts: 3 },
      environment: 'production',
    },
  });
export class CreateAgentDto extends createZodDto(CreateAgentBody) {}

/** `PUT /v1/agents/{agent_id}`: the fields given change, the configuration merges by key (null takes a key away). */
export const UpdateAgentBody = z
  .object({
    name: AgentProfile.shape.name.optional(),
    type: Word.optional(),
    configuration: Configuration.optional(),
    environment: AgentDetails.shape.environment.optional(),
    capabilities: AgentProfile.shape.capabilities.optional(),
    version: AgentProfile.shape.version.optional(),
  })
  .meta({ example: { name: 'Updated Agent Name', configuration: { max_concurrent_tasks: 15, timeout: 600 } } });
export class UpdateAgentDto extends createZodDto(UpdateAgentBody) {}

const Timestamp = z.iso.datetime();

const Metrics = z.object({
  tasks_completed: z.int(),
  tasks_failed: z.int(),
  /** Per cent; null before the first task ended. */
  success_rate: z.number().nullable(),
  /** Milliseconds from start to end, of the newest completed tasks; null before the first. */
  avg_response_time: z.number().nullable(),
});

const ListedAgent = z.object({
  id: z.string(),
  name: z.string(),
  type: z.string(),
  status: z.enum(['initializing', 'active', 'inactive', 'error']),
  environment: z.string(),
  created_at: Timestamp,
  updated_at: Timestamp,
  metrics: Metrics,
});
export type ListedAgent = z.infer<typeof ListedAgent>;

const DetailedAgent = ListedAgent.extend({
  external_id: z.string().nullable(),
  configuration: z.record(z.string(), z.unknown()),
  capabilities: z.array(z.string()),
  version: z.string(),
  health: z.object({
    status: z.enum(['healthy', 'degraded', 'unhealthy', 'unknown']),
    /** Of the newest beat. */
    last_check: Timestamp.nullable(),
    /** Seconds that it has been heard of without a break. */
    uptime: z.int(),
  }),
  /** What it last reported of its load; null before it did. */
  metrics: Metrics.extend({ memory_usage: z.number().nullable(), cpu_usage: z.number().nullable() }),
});
export type DetailedAgent = z.infer<typeof DetailedAgent>;

export class AgentPageDto extends createZodDto(
  z.object({
    data: z.array(ListedAgent),
    pagination: z.object({ page: z.int(), limit: z.int(), total: z.int(), pages: z.int() }),
  }),
) {}
export class AgentEnvelopeDto extends createZodDto(z.object({ data: DetailedAgent })) {}
export class AgentDeletedDto extends createZodDto(z.object({ message: z.string(), deleted_at: Timestamp })) {}
