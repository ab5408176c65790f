import {
  allCapabilities,
  evolveAgent,
  type AgentConnections,
  type AgentDocument,
  type AgentEvent,
  type HeartbeatBatch,
} from '@ao/contracts';
import { loadOf, NOTHING_LEARNED, runningOf, type LearnedScores } from '@ao/routing';
import type { AgentOffer } from './lane';

/** What dispatching must know of an agent: of a hundred thousand, so no more than that. */
export interface RosterAgent extends Pick<
  AgentDocument,
  | 'agent_id'
  | 'name'
  | 'agent_type'
  | 'capabilities'
  | 'max_concurrent_tasks'
  | 'registered_at'
  | 'lifecycle'
  | 'liveness'
  | 'load'
  | 'health'
> {
  readonly weight: number;
}

/** Of a whole document, as the table `tasks.agents` keeps it, or of what is left of one after a change. */
export function rosterAgent(agent: Omit<RosterAgent, 'weight'> & Partial<AgentDocument>, weight = 1): RosterAgent {
  return {
    agent_id: agent.agent_id,
    name: agent.name,
    agent_type: agent.agent_type,
    capabilities: agent.capabilities,
    max_concurrent_tasks: agent.max_concurrent_tasks,
    registered_at: agent.registered_at,
    lifecycle: agent.lifecycle,
    liveness: agent.liveness,
    load: agent.load,
    health: agent.health,
    // Agents that registered before there were weights have no details in the table.
    weight: agent.details?.weight ?? weight,
  };
}

/** What is known of agents besides their own events. */
export interface KnownOfAgents {
  /** What has been learned of an agent. */
  readonly scores?: (agentId: string) => LearnedScores;
  /** Names of the capabilities that somebody registered for an agent, beside those of its profile. */
  readonly recorded?: (agentId: string) => Iterable<string>;
}

/** What an agent said with its last heartbeat. */
interface ReportedLoad {
  readonly tasks: number;
  /** 0 to 1. */
  readonly load: number;
  readonly health: RosterAgent['health'] | undefined;
}

const NOTHING_REPORTED: ReportedLoad = { tasks: 0, load: 0, health: undefined };

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
  private readonly loads = new Map<string, ReportedLoad>();

  constructor(
    private readonly offer: (offer: AgentOffer) => void,
    private readonly known: KnownOfAgents = {},
  ) {}

  /** Agents that may be given tasks at all. */
  get candidates(): number {
    let count = 0;
    for (const agent of this.agents.values()) if (isCandidate(agent)) count += 1;
    return count;
  }

  /** Everybody that is known, whatever their condition, with all that they can do. */
  *all(): Iterable<RosterAgent> {
    for (const agent of this.agents.values()) yield { ...agent, capabilities: this.capabilitiesOf(agent) };
  }

  /** How many tasks it takes at once, were it a candidate. */
  limitOf(agent: RosterAgent): number {
    return (this.connections.get(agent.agent_id) ?? agent).max_concurrent_tasks;
  }

  isConnected(agentId: string): boolean {
    return this.connections.has(agentId);
  }

  /** The condition of agents as a table has it. Sockets and loads that are known stay. */
  load(agents: Iterable<RosterAgent>): void {
    this.agents.clear();
    for (const agent of agents) {
      if (agent.lifecycle === 'deleted') continue;
      this.agents.set(agent.agent_id, agent);
      this.update(agent.agent_id);
    }
  }

  apply(event: AgentEvent): void {
    const { agent_id } = event.data;
    const known = this.agents.get(agent_id);
    // The one fold of all readers; what it does not look at it only hands on, so it may be missing.
    const agent = evolveAgent(known as AgentDocument | undefined, event);
    if (!agent) return;
    this.agents.set(agent_id, rosterAgent(agent, known?.weight));
    this.update(agent_id);
    if (agent.lifecycle !== 'deleted') return;
    this.agents.delete(agent_id);
    this.loads.delete(agent_id);
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
    for (const { agent_id, load_metrics, health } of batch.beats) {
      const known = this.loads.get(agent_id) ?? NOTHING_REPORTED;
      const tasks = load_metrics ? runningOf(load_metrics) : known.tasks;
      const load = load_metrics ? (loadOf(load_metrics) ?? 0) : known.load;
      const reported: ReportedLoad = { tasks, load, health: health ?? known.health };
      if (tasks === known.tasks && load === known.load && reported.health === known.health) continue;
      this.loads.set(agent_id, reported);
      this.update(agent_id);
    }
  }

  /** What is known of the agent besides its own events is something else now. */
  knownChanged(agentId: string): void {
    this.update(agentId);
  }

  private capabilitiesOf({ agent_id, capabilities }: RosterAgent): string[] {
    return allCapabilities(capabilities, this.known.recorded?.(agent_id) ?? []);
  }

  private disconnect(agentId: string): void {
    this.connections.delete(agentId);
    this.update(agentId);
  }

  private update(agentId: string): void {
    const agent = this.agents.get(agentId);
    if (!agent) return;
    const connection = this.connections.get(agentId);
    const { agent_id, agent_type } = agent;
    const { tasks, load, health = agent.health } = this.loads.get(agentId) ?? NOTHING_REPORTED;
    this.offer({
      agent_id,
      agent_type,
      capabilities: this.capabilitiesOf(agent),
      limit: isCandidate(agent) ? this.limitOf(agent) : 0,
      connected: connection !== undefined,
      reported: tasks,
      routing: {
        ...(this.known.scores?.(agentId) ?? NOTHING_LEARNED),
        load,
        health,
        weight: agent.weight,
        order: Date.parse(agent.registered_at),
      },
    });
  }
}

function isCandidate({ lifecycle, load, liveness }: RosterAgent): boolean {
  return lifecycle === 'active' && load === 'idle' && (liveness === 'online' || liveness === 'degraded');
}
