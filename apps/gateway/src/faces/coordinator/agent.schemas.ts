import { AgentProfile, ExternalId, LoadMetrics, ReportedStatus, Word } from '@ao/contracts';
import { createZodDto } from '../../http/zod-dto';
import { z } from 'zod';

/** The shapes of seed document 000, agents: what validates is what /openapi.json shows. */

/** `POST /agents/register`. Beyond the document: what a fleet's own SDK tells of itself, each with a default. */
export const RegisterAgentBody = z
  .object({
    agent_id: ExternalId,
    agent_type: z.enum(['worker', 'provider', 'consumer', 'general']),
    capabilities: AgentProfile.shape.capabilities.default([]),
    services: AgentProfile.shape.services.default([]),
    endpoints: AgentProfile.shape.endpoints.default({}),
    metadata: AgentProfile.shape.metadata.default({}),
    name: AgentProfile.shape.name.optional(),
    version: AgentProfile.shape.version.optional(),
    tags: AgentProfile.shape.tags.optional(),
    max_concurrent_tasks: AgentProfile.shape.max_concurrent_tasks.optional(),
    heartbeat_interval_seconds: AgentProfile.shape.heartbeat_interval_seconds.optional(),
  })
  .meta({
    example: {
      agent_id: 'hermes-agent',
      agent_type: 'worker',
      capabilities: ['data-processing', 'analysis'],
      services: ['task-execution'],
      endpoints: { http: 'http://localhost:9002' },
      metadata: { version: '1.0.0' },
    },
  });
export class RegisterAgentDto extends createZodDto(RegisterAgentBody) {}

/** `POST /agents/discover`: every filter given must fit; capabilities and services: all of them. */
export const DiscoverAgentsBody = z
  .object({
    status: ReportedStatus.optional(),
    agent_type: Word.optional(),
    capabilities: z.array(Word).max(100).optional(),
    services: z.array(Word).max(100).optional(),
  })
  .meta({ example: { status: 'active', agent_type: 'worker' } });
export class DiscoverAgentsDto extends createZodDto(DiscoverAgentsBody) {}

/** `PUT /agents/{agent_id}/status` */
export const UpdateStatusBody = z
  .object({ status: ReportedStatus, load_metrics: LoadMetrics.optional() })
  .meta({ example: { status: 'busy', load_metrics: { active_connections: 5, pending_tasks: 2 } } });
export class UpdateStatusDto extends createZodDto(UpdateStatusBody) {}

/** `POST /agents/{agent_id}/heartbeat`: the document names the route and no body, so everything is optional. */
export const HeartbeatBody = z.object({
  load_metrics: LoadMetrics.optional(),
  health: z.enum(['healthy', 'degraded', 'error']).optional(),
});
export class HeartbeatDto extends createZodDto(HeartbeatBody) {}

const Timestamp = z.iso.datetime();

export const CoordinatorAgent = z.object({
  agent_id: z.string(),
  agent_type: z.string(),
  status: ReportedStatus,
  capabilities: z.array(z.string()),
  services: z.array(z.string()),
  endpoints: z.record(z.string(), z.string()),
  metadata: z.record(z.string(), z.unknown()),
  last_heartbeat: Timestamp,
  registration_time: Timestamp,
  load_metrics: z.record(z.string(), z.number()),
  health_score: z.number().min(0).max(1),
  version: z.string(),
  tags: z.array(z.string()),
});
export type CoordinatorAgent = z.infer<typeof CoordinatorAgent>;

const Success = z.object({ status: z.literal('success') });

export const AgentRegistered = Success.extend({
  message: z.string(),
  agent_id: z.string(),
  registered_at: Timestamp,
});
export class AgentRegisteredDto extends createZodDto(AgentRegistered) {}

export const AgentsDiscovered = Success.extend({
  query: z.record(z.string(), z.unknown()),
  agents: z.array(CoordinatorAgent),
  count: z.int(),
  timestamp: Timestamp,
});
export class AgentsDiscoveredDto extends createZodDto(AgentsDiscovered) {}

export const AgentShown = Success.extend({ agent: CoordinatorAgent, timestamp: Timestamp });
export class AgentShownDto extends createZodDto(AgentShown) {}

export const StatusUpdated = Success.extend({
  message: z.string(),
  agent_id: z.string(),
  new_status: ReportedStatus,
  updated_at: Timestamp,
});
export class StatusUpdatedDto extends createZodDto(StatusUpdated) {}

export const HeartbeatReceived = Success.extend({
  message: z.string(),
  agent_id: z.string(),
  received_at: Timestamp,
  /** Seconds until the next one is due. */
  heartbeat_interval: z.number(),
});
export class HeartbeatReceivedDto extends createZodDto(HeartbeatReceived) {}
