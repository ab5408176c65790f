import type { AgentEvent, AgentProfile } from '@ao/contracts';
import type { Liveness } from '../liveness/liveness.rules';
import { profileOf } from './agent.profile';

/** What deciding about an agent needs to know. */
export type AgentState =
  | { readonly status: 'unregistered' }
  | {
      readonly status: 'registered';
      readonly agent_id: string;
      readonly external_id: string | null;
      readonly profile: AgentProfile;
      readonly registered_at: string;
      readonly updated_at: string;
      /** As readers count it (`AgentDocument`). */
      readonly revision: number;
      readonly lifecycle: 'initializing' | 'active' | 'stopped';
      readonly load: 'idle' | 'busy';
      /** Unknown until it is heard of for the first time. */
      readonly liveness: Liveness | 'unknown';
      /** The newest sign of life that the log itself tells; beats without an event are telemetry and may be newer. */
      readonly alive_at: string;
    }
  | { readonly status: 'deleted'; readonly agent_id: string };

export type RegisteredAgent = Extract<AgentState, { status: 'registered' }>;

export const initialAgentState = (): AgentState => ({ status: 'unregistered' });

export function evolveAgentState(state: AgentState, event: AgentEvent): AgentState {
  if (event.type === 'AgentRegistered') {
    const { agent_id, external_id, registered_at, lifecycle } = event.data;
    return {
      status: 'registered',
      agent_id,
      external_id: external_id ?? null,
      profile: profileOf(event.data),
      registered_at,
      updated_at: registered_at,
      revision: 1,
      lifecycle,
      load: 'idle',
      liveness: lifecycle === 'initializing' ? 'unknown' : 'online',
      alive_at: registered_at,
    };
  }
  if (state.status !== 'registered') return state;
  switch (event.type) {
    case 'AgentProfileChanged':
      return changed(state, event.data.changed_at, { profile: profileOf(event.data) });
    case 'AgentActivated':
      return changed(state, event.data.at, { lifecycle: 'active', load: 'idle' });
    case 'AgentStopped':
      return changed(state, event.data.at, { lifecycle: 'stopped' });
    case 'AgentMarkedBusy':
      return changed(state, event.data.at, { lifecycle: 'active', load: 'busy' });
    case 'AgentDeregistered':
      return { status: 'deleted', agent_id: state.agent_id };
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

function changed(state: RegisteredAgent, updated_at: string, changes: Partial<RegisteredAgent>): RegisteredAgent {
  return { ...state, ...changes, updated_at, revision: state.revision + 1 };
}
