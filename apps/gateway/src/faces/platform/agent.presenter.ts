import { deploymentStatus, healthScore, platformStatus, type LeasedTask } from '@ao/contracts';
import { roleOf } from '../../projections/agents/agent.projection';
import type { AgentNow } from '../../projections/agents/agent.queries';
import type { CredentialValues } from '../../live/credentials';
import type { HandedTask, ShownAgent } from './agent.schemas';

/** An agent as `/api/v1` shows it (API conflicts 1 and 2). */
export function presentAgent(agent: AgentNow): ShownAgent {
  const lastHeartbeat = agent.last_heartbeat ?? agent.registered_at;
  const usage = {
    cpu: agent.load_metrics['cpu_usage'] ?? null,
    memory: agent.load_metrics['memory_usage'] ?? null,
  };
  return {
    id: agent.agent_id,
    external_id: agent.external_id,
    name: agent.name,
    version: agent.version,
    status: deploymentStatus(agent),
    platform_status: platformStatus(agent),
    agent_type: agent.agent_type,
    role: roleOf(agent),
    capabilities: agent.capabilities,
    services: agent.services,
    endpoints: agent.endpoints,
    metadata: agent.metadata,
    tags: agent.tags,
    labels: agent.details.labels,
    assignedTargets: agent.details.assigned_targets,
    assigned_targets: agent.details.assigned_targets,
    description: agent.details.description,
    llm_provider: agent.details.llm_provider,
    llm_model: agent.details.llm_model,
    system_prompt: agent.details.system_prompt,
    enabled_tools: agent.details.enabled_tools,
    worker_id: agent.details.worker_id,
    configuration: agent.details.configuration,
    environment: agent.details.environment,
    weight: agent.details.weight,
    lifecycle: agent.lifecycle,
    liveness: agent.liveness,
    load: agent.load,
    health: agent.health,
    health_score: healthScore(agent),
    max_concurrent_tasks: agent.max_concurrent_tasks,
    heartbeat_interval_seconds: agent.heartbeat_interval_seconds,
    load_metrics: agent.load_metrics,
    resourceUsage: usage,
    resource_usage: usage,
    lastHeartbeat,
    last_heartbeat: lastHeartbeat,
    registeredAt: agent.registered_at,
    registered_at: agent.registered_at,
    updated_at: agent.updated_at,
    revision: agent.revision,
  };
}

/** A task with everything its agent needs to do it. */
export function presentHandedTask(task: LeasedTask, credentials: CredentialValues): HandedTask {
  return {
    taskId: task.task_id,
    taskType: task.type,
    ...(task.title !== undefined && { title: task.title }),
    ...(task.description !== undefined && { description: task.description }),
    ...(task.instructions !== undefined && { instructions: task.instructions }),
    payload: task.payload,
    credentials: { ...credentials },
    timeout: task.lease_seconds,
    priority: task.priority,
    createdAt: task.submitted_at,
    attempt: task.attempt,
    leaseToken: task.lease_token,
    leaseExpiresAt: task.lease_expires_at,
  };
}

/** What seed 002's heartbeat tells, in the words of load metrics. */
export function loadMetricsOf(beat: {
  readonly resourceUsage?: { readonly cpu?: number; readonly memory?: number; readonly disk?: number };
  readonly runningTasks?: number;
}): Record<string, number> | undefined {
  const told = {
    cpu_usage: beat.resourceUsage?.cpu,
    memory_usage: beat.resourceUsage?.memory,
    disk_usage: beat.resourceUsage?.disk,
    active_connections: beat.runningTasks,
  };
  const metrics = Object.entries(told).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  return metrics.length === 0 ? undefined : Object.fromEntries(metrics);
}
