import { AgentChanges, AgentDetails, AgentProfile, Id, Word, type AgentChanges as Changes } from '@ao/contracts';
import { createZodDto } from '../../http/zod-dto';
import { z } from 'zod';

const profile = AgentProfile.shape;
const details = AgentDetails.shape;

/** A worker node's id as people write it. */
const WorkerId = z.string().toLowerCase().pipe(Id).nullable();

/** What an agent may be told to be, in seed 003's names and seed 002's; everything is optional on a change. */
const Fields = z.object({
  name: profile.name,
  description: details.description,
  role: details.role,
  llm_provider: details.llm_provider,
  llm_model: details.llm_model,
  system_prompt: details.system_prompt,
  enabled_tools: details.enabled_tools,
  worker_id: WorkerId,
  agent_type: Word,
  capabilities: profile.capabilities,
  services: profile.services,
  endpoints: profile.endpoints,
  metadata: profile.metadata,
  version: profile.version,
  tags: profile.tags,
  max_concurrent_tasks: profile.max_concurrent_tasks,
  heartbeat_interval_seconds: profile.heartbeat_interval_seconds,
  labels: details.labels,
  assignedTargets: details.assigned_targets,
  assigned_targets: details.assigned_targets,
  configuration: details.configuration,
  environment: details.environment,
  weight: details.weight,
});

/** `POST /api/v1/agents` (seed 003). */
export const CreateAgentBody = Fields.partial()
  .extend({ name: profile.name })
  .meta({
    example: {
      name: 'Reviewer',
      description: 'Reviews pull requests',
      role: 'reviewer',
      llm_provider: 'anthropic',
      llm_model: 'claude-sonnet',
      system_prompt: 'You review code.',
      enabled_tools: ['git', 'grep'],
    },
  });
export class CreatePlatformAgentDto extends createZodDto(CreateAgentBody) {}

/** `PUT` (seed 002) and `PATCH` (seed 003) of an agent: the fields given change; null takes a label away. */
const ChangedDetails = AgentChanges.shape.details.unwrap().shape;
export const ChangeAgentBody = Fields.extend({
  labels: ChangedDetails.labels.unwrap(),
  configuration: ChangedDetails.configuration.unwrap(),
})
  .partial()
  .meta({ example: { labels: { datacenter: 'us-west-2' }, capabilities: ['docker', 'compose', 'ssh'] } });
export class ChangePlatformAgentDto extends createZodDto(ChangeAgentBody) {}

export class AgentGoneDto extends createZodDto(
  z.object({ deleted: z.literal(true), id: z.uuid(), deleted_at: z.iso.datetime() }),
) {}

/** What the body says, in the words of the registry. What it does not say is left out. */
export function changesIn(body: z.infer<typeof ChangeAgentBody>): Changes {
  const { name, agent_type, capabilities, services, endpoints, metadata, version, tags } = body;
  const { description, role, llm_provider, llm_model, system_prompt, enabled_tools, worker_id } = body;
  const { labels, configuration, environment, weight } = body;
  return {
    ...{ name, agent_type, capabilities, services, endpoints, metadata, version, tags },
    max_concurrent_tasks: body.max_concurrent_tasks,
    heartbeat_interval_seconds: body.heartbeat_interval_seconds,
    details: {
      ...{ description, role, llm_provider, llm_model, system_prompt, enabled_tools, worker_id },
      ...{ labels, configuration, environment, weight },
      assigned_targets: body.assignedTargets ?? body.assigned_targets,
    },
  };
}
