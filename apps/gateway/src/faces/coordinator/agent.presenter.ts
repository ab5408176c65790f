import { coordinatorStatus, healthScore, type AgentDocument, type AgentTelemetry } from '@ao/contracts';
import type { CoordinatorAgent } from './agent.schemas';

/** An agent in the coordinator's words: its own id, status word and score; keys and order of the document. */
export function presentAgent(agent: AgentDocument & AgentTelemetry): CoordinatorAgent {
  return {
    agent_id: agent.external_id ?? agent.agent_id,
    agent_type: agent.agent_type,
    status: coordinatorStatus(agent),
    capabilities: agent.capabilities,
    services: agent.services,
    endpoints: agent.endpoints,
    metadata: agent.metadata,
    // Registering counts as the first sign of life.
    last_heartbeat: agent.last_heartbeat ?? agent.registered_at,
    registration_time: agent.registered_at,
    load_metrics: agent.load_metrics,
    health_score: healthScore(agent),
    version: agent.version,
    tags: agent.tags,
  };
}
