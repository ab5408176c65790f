import type { AgentDocument } from './agent.document';
import type { AgentEvent } from './agent.events';

/**
 * The agent document after one more event. Every reader of agents (gateway, discovery, tasks) folds with this one
 * function, so that they cannot disagree. Pure; an unknown event leaves the document as it is.
 */
export function evolveAgent(agent: AgentDocument | undefined, event: AgentEvent): AgentDocument | undefined {
  if (event.type === 'AgentRegistered') {
    const { registered_at, external_id, lifecycle, ...profile } = event.data;
    const heardOf = lifecycle !== 'initializing';
    return {
      ...profile,
      external_id: external_id ?? null,
      registered_at,
      updated_at: registered_at,
      revision: 1,
      online_since: heardOf ? registered_at : null,
      lifecycle,
      liveness: heardOf ? 'online' : 'unknown',
      load: 'idle',
      health: 'healthy',
    };
  }
  if (!agent) return agent;
  switch (event.type) {
    case 'AgentProfileChanged': {
      const { changed_at, ...profile } = event.data;
      return changed(agent, changed_at, profile);
    }
    case 'AgentActivated':
      return changed(agent, event.data.at, { lifecycle: 'active', load: 'idle' });
    case 'AgentStopped':
      return changed(agent, event.data.at, { lifecycle: 'stopped' });
    case 'AgentMarkedBusy':
      return changed(agent, event.data.at, { lifecycle: 'active', load: 'busy' });
    case 'AgentDeregistered':
      return changed(agent, event.data.at, { lifecycle: 'deleted', liveness: 'offline', online_since: null });
    case 'AgentCameOnline':
      return { ...agent, liveness: 'online', online_since: agent.online_since ?? event.data.at };
    case 'AgentDegraded':
      return { ...agent, liveness: 'degraded' };
    case 'AgentWentOffline':
      return { ...agent, liveness: 'offline', online_since: null };
    default:
      return agent;
  }
}

/** What somebody did to it, as opposed to what was heard of it. */
function changed(agent: AgentDocument, updated_at: string, changes: Partial<AgentDocument>): AgentDocument {
  return { ...agent, ...changes, updated_at, revision: agent.revision + 1 };
}
