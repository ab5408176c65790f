import {
  evolveAgent,
  type AgentConnections,
  type AgentDocument,
  type AgentEvent,
  type HeartbeatBatch,
} from '@ao/contracts';
import type { AgentOffer } from './match-maker';

/** What dispatching must know of an agent; the table `tasks.agents` keeps it. */
export type RosterAgent = AgentDocument;

interface Connection {
  readonly gateway_id: string;
  readonly epoch: number;
  readonly max_concurrent_tasks: number;
  readonly expires: number;
}

/** A gateway repeats its whole list every 5 s: a socket nobody mentioned for so long is gone with its gateway. */
const CONNECTION_LASTS_MS = 15_000;

/**
 * The fleet as the dispatcher sees it: profiles and conditions from events, sockets from the gateways' word, load from
 * heartbeats. Calls `offer` whenever what an agent can take has changed. Times are milliseconds of any steady clock.
 */
export class AgentRoster {
  private readonly agents = new Map<string, RosterAgent>();
  private readonly connections = new Map<string, Connection>();
  private readonly loads = new Map<string, number>();

  constructor(private readonly offer: (offer: AgentOffer) => void) {}

  /** Agents that may be given tasks at all. */
  get candidates(): number {
    let count = 0;
    for (const agent of this.agents.values()) if (isCandidate(agent)) count += 1;
    return count;
  }

  isConnected(agentId: string): boolean {
    return this.connections.has(agentId);
  }

  /** The condition of agents as a table has it. Sockets and loads that are known stay. */
  load(agents: Iterable<RosterAgent>): void {
    this.agents.clear();
    for (const agent of agents) {
      this.agents.set(agent.agent_id, agent);
      this.update(agent.agent_id);
    }
  }

  apply(event: AgentEvent): void {
    const { agent_id } = event.data;
    const agent = evolveAgent(this.agents.get(agent_id), event);
    if (!agent) return;
    this.agents.set(agent_id, agent);
    this.update(agent_id);
  }

  heard(message: AgentConnections, now: number): void {
    const { gateway_id, complete } = message;
    const named = new Set(message.connections.map(({ agent_id }) => agent_id));
    for (const { agent_id, epoch, connected, max_concurrent_tasks } of message.connections) {
      const known = this.connections.get(agent_id);
      if (known && known.epoch > epoch) continue;
      if (connected) {
        this.connections.set(agent_id, { gateway_id, epoch, max_concurrent_tasks, expires: now + CONNECTION_LASTS_MS });
      } else this.connections.delete(agent_id);
      this.update(agent_id);
    }
    if (!complete) return;
    for (const [agentId, connection] of this.connections) {
      if (connection.gateway_id === gateway_id && !named.has(agentId)) this.disconnect(agentId);
    }
  }

  expireConnections(now: number): void {
    for (const [agentId, { expires }] of this.connections) if (expires <= now) this.disconnect(agentId);
  }

  beats(batch: HeartbeatBatch): void {
    for (const { agent_id, load_metrics } of batch.beats) {
      if (!load_metrics) continue;
      const load = (load_metrics['active_connections'] ?? 0) + (load_metrics['pending_tasks'] ?? 0);
      if (load === (this.loads.get(agent_id) ?? 0)) continue;
      this.loads.set(agent_id, load);
      this.update(agent_id);
    }
  }

  private disconnect(agentId: string): void {
    this.connections.delete(agentId);
    this.update(agentId);
  }

  private update(agentId: string): void {
    const agent = this.agents.get(agentId);
    if (!agent) return;
    const connection = this.connections.get(agentId);
    const { agent_id, agent_type, capabilities } = agent;
    this.offer({
      agent_id,
      agent_type,
      capabilities,
      limit: isCandidate(agent) ? (connection ?? agent).max_concurrent_tasks : 0,
      connected: connection !== undefined,
      reported: this.loads.get(agentId) ?? 0,
    });
  }
}

function isCandidate({ lifecycle, load, liveness }: RosterAgent): boolean {
  return lifecycle === 'active' && load === 'idle' && (liveness === 'online' || liveness === 'degraded');
}
