import { z } from 'zod';
import { Id, Time, text } from '../text';
import { AgentProfile } from './agent.events';

/** The four axes of an agent's condition (API conflict 6); each API face shows its own words for them. */
export const AgentCondition = z.object({
  lifecycle: z.enum(['initializing', 'active', 'draining', 'stopped', 'deleted']),
  liveness: z.enum(['online', 'degraded', 'offline', 'unknown']),
  load: z.enum(['idle', 'busy']),
  health: z.enum(['healthy', 'degraded', 'error']),
});
export type AgentCondition = z.infer<typeof AgentCondition>;

/** An agent as the log tells it: what projections keep and queries return. Load and beats are telemetry, joined later. */
export const AgentDocument = AgentProfile.extend({
  agent_id: Id,
  external_id: text(128, 1).nullable(),
  registered_at: Time,
  /** When it was last changed, started, stopped or deleted. Beats and their absence change nothing. */
  updated_at: Time,
  /** Counts those changes, from 1: what `If-Match` names. */
  revision: z.int(),
  /** Since when it is online or degraded without a break; null while it is not. */
  online_since: Time.nullable(),
  ...AgentCondition.shape,
});
export type AgentDocument = z.infer<typeof AgentDocument>;

/** What `telemetry.agent_liveness` adds at query time. */
export const AgentTelemetry = z.object({
  last_heartbeat: Time.nullable(),
  load_metrics: z.record(z.string(), z.number()),
});
export type AgentTelemetry = z.infer<typeof AgentTelemetry>;

/** The coordinator's word for an agent's condition (status map of the API, column 000). */
export function coordinatorStatus(agent: AgentCondition): 'active' | 'inactive' | 'busy' | 'stale' {
  if (agent.lifecycle === 'draining') return 'busy';
  if (agent.lifecycle !== 'active') return 'inactive';
  if (agent.liveness === 'offline') return 'stale';
  return agent.load === 'busy' ? 'busy' : 'active';
}

/** The deployment API's word (column 002). */
export function deploymentStatus(agent: AgentCondition): 'online' | 'degraded' | 'offline' {
  if (agent.lifecycle === 'stopped' || agent.lifecycle === 'initializing' || agent.lifecycle === 'deleted')
    return 'offline';
  if (agent.liveness === 'offline' || agent.liveness === 'unknown') return 'offline';
  return agent.lifecycle === 'draining' || agent.liveness === 'degraded' || agent.health !== 'healthy'
    ? 'degraded'
    : 'online';
}

/** 0 to 1: 1 online and healthy, 0.5 degraded, 0 offline, stopped or in error. */
export function healthScore(agent: AgentCondition): number {
  if (agent.lifecycle === 'stopped' || agent.lifecycle === 'deleted' || agent.liveness === 'offline') return 0;
  if (agent.health === 'error') return 0;
  return agent.liveness === 'degraded' || agent.health === 'degraded' ? 0.5 : 1;
}

/** The operations API's word (column 001). */
export function operationsStatus(agent: AgentCondition): 'initializing' | 'active' | 'inactive' | 'error' {
  if (agent.lifecycle === 'initializing') return 'initializing';
  if (!isReachable(agent)) return 'inactive';
  return agent.health === 'error' ? 'error' : 'active';
}

/** The platform API's word (column 003). */
export function platformStatus(agent: AgentCondition): 'idle' | 'busy' | 'offline' | 'error' {
  if (!isReachable(agent)) return 'offline';
  if (agent.health === 'error') return 'error';
  return agent.lifecycle === 'draining' ? 'busy' : agent.load;
}

/** It runs, and was heard of lately. */
export function isReachable({ lifecycle, liveness }: AgentCondition): boolean {
  return (lifecycle === 'active' || lifecycle === 'draining') && (liveness === 'online' || liveness === 'degraded');
}
