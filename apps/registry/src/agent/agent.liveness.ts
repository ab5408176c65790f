import type { AgentEvent } from '@ao/contracts';
import type { CommandShell } from '@ao/event-log';
import { assertNever } from '@ao/kernel';
import type { LivenessChange, LivenessKind } from '../liveness/liveness.kind';
import { LivenessService } from '../liveness/liveness.service';
import { agentAggregate } from './agent.aggregate';
import type { ChangeLivenessCommand } from './agent.decider';

/** Which agents are alive. */
export class AgentLiveness extends LivenessService<AgentEvent> {}

export const agentLiveness = (shell: CommandShell): LivenessKind<AgentEvent> => ({
  category: 'agent',
  table: { name: 'telemetry.agent_liveness', key: 'agent_id' },
  follower: 'liveness',
  view: 'agent-view',
  lock: 'registry.liveness-sweep',
  metrics: { prefix: 'ao_registry', registered: 'agents' },
  announced: true,
  changeOf: agentLivenessChange,
  change: ({ id, ...transition }, metadata) => {
    const data: ChangeLivenessCommand['data'] = { agent_id: id, ...transition };
    return shell.run(agentAggregate, id, { type: 'ChangeLiveness', data, metadata });
  },
});

/** What an event of an agent says of its liveness. */
export function agentLivenessChange(event: AgentEvent): LivenessChange | undefined {
  const id = event.data.agent_id;
  switch (event.type) {
    case 'AgentRegistered': {
      const { heartbeat_interval_seconds: interval_seconds, registered_at: seen_at, lifecycle } = event.data;
      // One that was not heard of yet has no deadline: nobody misses it. Its first beat is told as one after a silence.
      if (lifecycle === 'initializing') return { id, registered: true, interval_seconds, liveness: 'offline' };
      return { id, registered: true, interval_seconds, liveness: 'online', seen_at };
    }
    case 'AgentProfileChanged':
      // No sign of life: an operator may have changed it. An agent that registers again beats as well.
      return { id, interval_seconds: event.data.heartbeat_interval_seconds };
    case 'AgentCameOnline':
      return { id, liveness: 'online', seen_at: event.data.at };
    case 'AgentDegraded':
      return { id, liveness: 'degraded', silence: event.data };
    case 'AgentWentOffline': {
      const { at, last_heartbeat, reason } = event.data;
      return { id, liveness: 'offline', silence: reason === 'heartbeats_missed' ? { at, last_heartbeat } : { at } };
    }
    case 'AgentActivated':
    case 'AgentStopped':
    case 'AgentMarkedBusy':
      return undefined;
    case 'AgentDeregistered':
      return { id, gone: true };
    default:
      return assertNever(event);
  }
}
