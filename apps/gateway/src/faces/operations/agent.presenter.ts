import { isReachable, operationsStatus, type AgentCondition } from '@ao/contracts';
import { prefixedAgentId } from '../../projections/agents/agent.directory';
import type { AgentNow, AgentWork } from '../../projections/agents/agent.queries';
import type { DetailedAgent, ListedAgent } from './agent.schemas';

/** An agent as a list of the operations API shows it. */
export function presentListed(agent: AgentNow, work: AgentWork | undefined): ListedAgent {
  return {
    id: prefixedAgentId(agent.agent_id),
    name: agent.name,
    type: agent.agent_type,
    status: operationsStatus(agent),
    environment: agent.details.environment,
    created_at: agent.registered_at,
    updated_at: agent.updated_at,
    metrics: metricsOf(work),
  };
}

/** An agent by itself; `now` in Unix milliseconds. */
export function presentDetailed(agent: AgentNow, work: AgentWork | undefined, now: number): DetailedAgent {
  const since = agent.online_since;
  return {
    ...presentListed(agent, work),
    external_id: agent.external_id,
    // The one setting that the control plane obeys may have been said elsewhere.
    configuration: { ...agent.details.configuration, max_concurrent_tasks: agent.max_concurrent_tasks },
    capabilities: agent.capabilities,
    version: agent.version,
    health: {
      status: healthWord(agent),
      last_check: agent.last_heartbeat,
      uptime: since === null ? 0 : Math.max(0, Math.floor((now - Date.parse(since)) / 1000)),
    },
    metrics: {
      ...metricsOf(work),
      memory_usage: agent.load_metrics['memory_usage'] ?? null,
      cpu_usage: agent.load_metrics['cpu_usage'] ?? null,
    },
  };
}

function metricsOf(work: AgentWork | undefined): ListedAgent['metrics'] {
  const { completed, failed, milliseconds } = work ?? { completed: 0, failed: 0, milliseconds: null };
  const ended = completed + failed;
  return {
    tasks_completed: completed,
    tasks_failed: failed,
    success_rate: ended === 0 ? null : Math.round((completed / ended) * 1000) / 10,
    avg_response_time: milliseconds === null ? null : Math.round(milliseconds),
  };
}

function healthWord(agent: AgentCondition): DetailedAgent['health']['status'] {
  if (agent.lifecycle === 'initializing') return 'unknown';
  if (!isReachable(agent) || agent.health === 'error') return 'unhealthy';
  return agent.liveness === 'degraded' || agent.health === 'degraded' ? 'degraded' : 'healthy';
}
