import type { AgentEvent } from '@ao/contracts';
import { livenessAfter, type Liveness } from './liveness.rules';

/** What a beat must know of its agent, in memory on every replica. */
export interface KnownAgent {
  interval_seconds: number;
  liveness: Liveness;
  /** Unix milliseconds of the newest beat that this replica took; 0 for none. */
  beat_at: number;
}

export interface SeededAgent {
  readonly agent_id: string;
  readonly interval_seconds: number;
  readonly liveness: Liveness;
}

/** Every registered agent's interval and liveness as the log tells them, and the beats of this replica. */
export class AgentView {
  private readonly agents = new Map<string, KnownAgent>();

  get size(): number {
    return this.agents.size;
  }

  get(agentId: string): Readonly<KnownAgent> | undefined {
    return this.agents.get(agentId);
  }

  /** Takes the agents of a seed for what is known; the beats of this replica stay. */
  seed(agents: readonly SeededAgent[]): void {
    const beats = new Map([...this.agents].map(([id, { beat_at }]) => [id, beat_at]));
    this.agents.clear();
    for (const { agent_id, interval_seconds, liveness } of agents)
      this.agents.set(agent_id, { interval_seconds, liveness, beat_at: beats.get(agent_id) ?? 0 });
  }

  /** A beat of an agent that the view knows; one that it does not know yet is nothing to it. */
  beat(agentId: string, at: number): void {
    const agent = this.agents.get(agentId);
    if (agent && at > agent.beat_at) agent.beat_at = at;
  }

  apply(event: AgentEvent): void {
    const { agent_id } = event.data;
    if (event.type === 'AgentRegistered') {
      const beat_at = this.agents.get(agent_id)?.beat_at ?? 0;
      this.agents.set(agent_id, {
        interval_seconds: event.data.heartbeat_interval_seconds,
        liveness: 'online',
        beat_at,
      });
      return;
    }
    const agent = this.agents.get(agent_id);
    if (!agent) return;
    if (event.type === 'AgentProfileChanged') agent.interval_seconds = event.data.heartbeat_interval_seconds;
    else if (event.type === 'AgentCameOnline') agent.liveness = 'online';
    else if (event.type === 'AgentDegraded') agent.liveness = 'degraded';
    else if (event.type === 'AgentWentOffline') agent.liveness = 'offline';
  }

  /**
   * True when this replica holds a beat that the transition did not know of: the sweep ran elsewhere and the beat was
   * not yet flushed, or it came while the transition was being appended. Then the agent must come online again without
   * waiting for its next beat.
   */
  contradicts(event: AgentEvent): boolean {
    if (event.type !== 'AgentDegraded' && event.type !== 'AgentWentOffline') return false;
    const agent = this.agents.get(event.data.agent_id);
    if (!agent) return false;
    const at = Date.parse(event.data.at);
    if (event.type === 'AgentWentOffline' && event.data.reason === 'marked_stale') return agent.beat_at > at;
    return (
      agent.beat_at > Date.parse(event.data.last_heartbeat) &&
      livenessAfter(at - agent.beat_at, agent.interval_seconds) === 'online'
    );
  }

  counts(): Record<Liveness, number> {
    const counts: Record<Liveness, number> = { online: 0, degraded: 0, offline: 0 };
    for (const { liveness } of this.agents.values()) counts[liveness] += 1;
    return counts;
  }
}
