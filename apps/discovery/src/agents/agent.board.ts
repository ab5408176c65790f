import { discoveryHealth, type AgentDocument, type DiscoveryHealth, type HeartbeatBatch } from '@ao/contracts';
import { loadOf, runningOf, type AgentScores, type Candidate } from '@ao/routing';

type Health = AgentDocument['health'];

type Condition = Pick<AgentDocument, 'lifecycle' | 'liveness' | 'load' | 'health'>;

/** An agent as a candidate, kept up to date in place: choosing among a thousand of them makes no objects. */
export type BoardAgent = { -readonly [Key in keyof Candidate]: Candidate[Key] } & {
  external_id: string | null;
  /** In seed 004's words. */
  word: DiscoveryHealth;
  /** It is healthy or degraded, and does not just finish what it has. */
  takesWork: boolean;
  /** Whether it ever said how busy it is. */
  hasLoad: boolean;
  /** Unix milliseconds of the newest sign of life that was heard of. */
  lastHeartbeat: number;
  onlineSince: number | null;
  /** By the log; undefined: only beats were heard of it, or a record of its. */
  condition: Condition | undefined;
  /** By its own word. */
  reported: Health | undefined;
};

/** What telemetry's table has of an agent. */
export interface AgentReport {
  readonly agent_id: string;
  readonly last_seen: Date | null;
  readonly load_metrics: Readonly<Record<string, number>> | null;
  readonly health: Health | null;
}

/**
 * Everything that choosing an agent goes by: conditions from events, loads and beats from telemetry, which may come in
 * either order and may be lost.
 */
export class AgentBoard {
  private readonly agents = new Map<string, BoardAgent>();

  /** `scores`: what was learned from the outcomes of tasks. */
  constructor(private readonly scores: Pick<AgentScores, 'of'>) {}

  get size(): number {
    return this.agents.size;
  }

  /** An agent that is registered. */
  get(agentId: string): BoardAgent | undefined {
    const agent = this.agents.get(agentId);
    return agent?.condition && agent;
  }

  /** The one object for this agent, also before it is heard of that it is registered. */
  entry(agentId: string): BoardAgent {
    let agent = this.agents.get(agentId);
    if (!agent) this.agents.set(agentId, (agent = unheardOf(agentId)));
    return agent;
  }

  /** The agent's document is new; one that is gone is forgotten. */
  put(document: AgentDocument): void {
    const { agent_id, lifecycle, liveness, load, health } = document;
    if (lifecycle === 'deleted') return this.forget(agent_id);
    const agent = this.entry(agent_id);
    if (!agent.condition) {
      agent.order = Date.parse(document.registered_at);
      agent.lastHeartbeat = Math.max(agent.lastHeartbeat, agent.order);
      Object.assign(agent, this.scores.of(agent_id));
    }
    agent.condition = sharedCondition({ lifecycle, liveness, load, health });
    agent.external_id = document.external_id;
    agent.capacity = document.max_concurrent_tasks;
    agent.weight = document.details.weight;
    agent.onlineSince = document.online_since === null ? null : Date.parse(document.online_since);
    judge(agent);
  }

  /** The scores of the agent are others. */
  learned(agentId: string): void {
    const agent = this.get(agentId);
    if (agent) Object.assign(agent, this.scores.of(agentId));
  }

  beats({ beats }: HeartbeatBatch): void {
    for (const { agent_id, at, load_metrics, health } of beats) this.report(agent_id, at, load_metrics, health);
  }

  /** The table's rows; what was heard since they were read is newer and stays. */
  load(reports: Iterable<AgentReport>): void {
    for (const { agent_id, last_seen, load_metrics, health } of reports) {
      const at = last_seen?.getTime() ?? 0;
      const agent = this.entry(agent_id);
      if (at >= agent.lastHeartbeat) this.report(agent_id, at, load_metrics ?? undefined, health ?? undefined);
    }
  }

  /** Whoever still holds its entry finds that it takes no work. */
  private forget(agentId: string): void {
    const agent = this.agents.get(agentId);
    if (!agent) return;
    agent.condition = undefined;
    judge(agent);
    this.agents.delete(agentId);
  }

  private report(
    agentId: string,
    at: number,
    metrics: Readonly<Record<string, number>> | undefined,
    health: Health | undefined,
  ): void {
    const agent = this.entry(agentId);
    agent.lastHeartbeat = Math.max(agent.lastHeartbeat, at);
    if (metrics) {
      const load = loadOf(metrics);
      agent.hasLoad = load !== undefined;
      agent.load = load ?? 0;
      agent.running = runningOf(metrics);
    }
    if (health === undefined || health === agent.reported) return;
    agent.reported = health;
    judge(agent);
  }
}

function judge(agent: BoardAgent): void {
  const { condition, reported } = agent;
  agent.word = condition ? discoveryHealth(reported ? { ...condition, health: reported } : condition) : 'unknown';
  const isUp = agent.word === 'healthy' || agent.word === 'degraded';
  agent.takesWork = isUp && condition?.lifecycle === 'active';
  agent.health = agent.word === 'healthy' || agent.word === 'degraded' ? agent.word : 'error';
}

const CONDITIONS = new Map<string, Condition>();

/** There are a few dozen conditions, and a hundred thousand agents that have one each. */
function sharedCondition(condition: Condition): Condition {
  const { lifecycle, liveness, load, health } = condition;
  const key = `${lifecycle} ${liveness} ${load} ${health}`;
  const known = CONDITIONS.get(key);
  if (!known) CONDITIONS.set(key, condition);
  return known ?? condition;
}

function unheardOf(agent_id: string): BoardAgent {
  return {
    agent_id,
    load: 0,
    running: 0,
    capacity: 1,
    weight: 1,
    latency_ms: null,
    trust: null,
    health: 'error',
    order: 0,
    external_id: null,
    word: 'unknown',
    takesWork: false,
    hasLoad: false,
    lastHeartbeat: 0,
    onlineSince: null,
    condition: undefined,
    reported: undefined,
  };
}
