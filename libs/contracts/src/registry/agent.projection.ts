import type { AgentDocument } from './agent.document';
import type { AgentEvent } from './agent.events';

/**
 * The agent document after one more event. Every reader of agents (gateway, discovery, tasks) folds with this one
 * function, so that they cannot disagree. Pure; an unknown event leaves the document as it is.
 */
export function evolveAgent(agent: AgentDocument | undefined, event: AgentEvent): AgentDocument | undefined {
  if (event.type === 'AgentRegistered') {
    const { registered_at, external_id, lifecycle, ...profile } = event.data;
    return {
      ...profile,
      external_id: external_id ?? null,
      registered_at,
      lifecycle,
      liveness: lifecycle === 'initializing' ? 'unknown' : 'online',
      load: 'idle',
      health: 'healthy',
    };
  }
  if (!agent) return agent;
  switch (event.type) {
    case 'AgentProfileChanged': {
      const { changed_at: _changedAt, ...profile } = event.data;
      return { ...agent, ...profile };
    }
    case 'AgentActivated':
      return { ...agent, lifecycle: 'active', load: 'idle' };
    case 'AgentStopped':
      return { ...agent, lifecycle: 'stopped' };
    case 'AgentMarkedBusy':
      return { ...agent, lifecycle: 'active', load: 'busy' };
    case 'AgentDeregistered':
      return { ...agent, lifecycle: 'deleted', liveness: 'offline' };
    case 'AgentCameOnline':
      return { ...agent, liveness: 'online' };
    case 'AgentDegraded':
      return { ...agent, liveness: 'degraded' };
    case 'AgentWentOffline':
      return { ...agent, liveness: 'offline' };
    default:
      return agent;
  }
}
