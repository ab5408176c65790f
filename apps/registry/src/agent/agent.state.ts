import { NO_DETAILS, type AgentDetails, type AgentEvent, type AgentProfile } from '@ao/contracts';
import type { Liveness } from '../liveness/liveness.rules';

/** What deciding about an agent needs to know. */
export type AgentState =
  | { readonly status: 'unregistered' }
  | {
      readonly status: 'registered';
      readonly agent_id: string;
      readonly profile: AgentProfile;
      readonly registered_at: string;
      readonly lifecycle: 'active' | 'stopped';
      readonly load: 'idle' | 'busy';
      readonly liveness: Liveness;
      /** The newest sign of life that the log itself tells; beats without an event are telemetry and may be newer. */
      readonly alive_at: string;
    };

export const initialAgentState = (): AgentState => ({ status: 'unregistered' });

export function evolveAgentState(state: AgentState, event: AgentEvent): AgentState {
  if (event.type === 'AgentRegistered') {
    return {
      status: 'registered',
      agent_id: event.data.agent_id,
      profile: profileOf(event.data),
      registered_at: event.data.registered_at,
      lifecycle: 'active',
      load: 'idle',
      liveness: 'online',
      alive_at: event.data.registered_at,
    };
  }
  if (state.status === 'unregistered') return state;
  switch (event.type) {
    case 'AgentProfileChanged':
      return { ...state, profile: profileOf(event.data), alive_at: event.data.changed_at };
    case 'AgentActivated':
      return { ...state, lifecycle: 'active', load: 'idle' };
    case 'AgentStopped':
      return { ...state, lifecycle: 'stopped' };
    case 'AgentMarkedBusy':
      return { ...state, lifecycle: 'active', load: 'busy' };
    case 'AgentCameOnline':
      return { ...state, liveness: 'online', alive_at: event.data.at };
    case 'AgentDegraded':
      return { ...state, liveness: 'degraded' };
    case 'AgentWentOffline':
      return { ...state, liveness: 'offline' };
    default:
      return state;
  }
}

/** A profile as a face sends it, which may know nothing of details. */
type ToldProfile = Omit<AgentProfile, 'details'> & { readonly details?: AgentDetails };

/**
 * The profile's own keys, in one order, whatever else the source carries. A face that tells no details leaves those
 * that the agent has.
 */
export function profileOf(source: ToldProfile, known: AgentDetails = NO_DETAILS): AgentProfile {
  return {
    name: source.name,
    agent_type: source.agent_type,
    capabilities: source.capabilities,
    services: source.services,
    endpoints: source.endpoints,
    metadata: source.metadata,
    version: source.version,
    tags: source.tags,
    max_concurrent_tasks: source.max_concurrent_tasks,
    heartbeat_interval_seconds: source.heartbeat_interval_seconds,
    details: source.details ?? known,
  };
}

/** Equal as JSON: the order of keys does not count, the order of list entries does. */
export function isSameJson(left: unknown, right: unknown): boolean {
  if (Object.is(left, right)) return true;
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false;
  if (Array.isArray(left) !== Array.isArray(right)) return false;
  const keys = Object.keys(left);
  if (keys.length !== Object.keys(right).length) return false;
  return keys.every(
    (key) =>
      Object.hasOwn(right, key) &&
      isSameJson((left as Record<string, unknown>)[key], (right as Record<string, unknown>)[key]),
  );
}
