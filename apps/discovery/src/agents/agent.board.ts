import { discoveryHealth, type AgentDocument, type DiscoveryHealth, type HeartbeatBatch } from '@ao/contracts';
import { loadOf, runningOf, type AgentScores, type Candidate } from '@ao/routing';

type Health = AgentDocument['health'];

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
};

/** What telemetry's table has of an agent. */
export interface AgentReport {
  readonly agent_id: string;
  readonly last_seen: Date | null;
  readonly load_metrics: Readonly<Record<string, number>> | null;
  readonly health: Health | null;
}

interface Reported {
  health: Health | null;
  lastHeartbeat: number;
  load: number | undefined;
  running: number | undefined;
}

/**
 * Everything that choosing an agent goes by: conditions from events, loads and beats from telemetry, which may come in
 * either order and may be lost.
 */
export class AgentBoard {
  private readonly agents = new Map<string, BoardAgent>();
  private readonly documents = new Map<string, Pick<AgentDocument, 'lifecycle' | 'liveness' | 'load' | 'health'>>();
  private readonly reports = new Map<string, Reported>();

  /** `scores`: what was learned from the outcomes of tasks. */
  constructor(private readonly scores: Pick<AgentScores, 'of'>) {}

  get size(): number {
    return this.agents.size;
  }

  get(agentId: string): BoardAgent | undefined {
    return this.agents.get(agentId);
  }

  /** The agent's document is new; one that is gone is forgotten. */
  put(document: AgentDocument): void {
    const { agent_id, lifecycle, liveness, load, health } = document;
    if (lifecycle === 'deleted') return this.forget(agent_id);
    let agent = this.agents.get(agent_id);
    if (!agent) {
      this.agents.set(agent_id, (agent = unheardOf(document)));
      this.learned(agent_id);
    }
    this.documents.set(agent_id, { lifecycle, liveness, load, health });
    agent.external_id = document.external_id;
    agent.capacity = document.max_concurrent_tasks;
    agent.weight = document.details.weight;
    agent.onlineSince = document.online_since === null ? null : Date.parse(document.online_since);
    this.update(agent);
  }

  /** The scores of the agent are others. */
  learned(agentId: string): void {
    const agent = this.agents.get(agentId);
    if (agent) Object.assign(agent, this.scores.of(agentId));
  }

  beats({ beats }: HeartbeatBatch): void {
    for (const { agent_id, at, load_metrics, health } of beats) this.report(agent_id, at, load_metrics, health);
  }

  /** The table's rows; what was heard since they were read is newer and stays. */
  load(reports: Iterable<AgentReport>): void {
    for (const { agent_id, last_seen, load_metrics, health } of reports) {
      const at = last_seen?.getTime() ?? 0;
      if (at >= (this.reports.get(agent_id)?.lastHeartbeat ?? 0))
        this.report(agent_id, at, load_metrics ?? undefined, health ?? undefined);
    }
  }

  private forget(agentId: string): void {
    this.agents.delete(agentId);
    this.documents.delete(agentId);
    this.reports.delete(agentId);
  }

  private report(
    agentId: string,
    at: number,
    metrics: Readonly<Record<string, number>> | undefined,
    health: Health | undefined,
  ): void {
    let known = this.reports.get(agentId);
    if (!known)
      this.reports.set(agentId, (known = { health: null, lastHeartbeat: 0, load: undefined, running: undefined }));
    known.lastHeartbeat = Math.max(known.lastHeartbeat, at);
    if (health !== undefined) known.health = health;
    if (metrics) {
      known.load = loadOf(metrics);
      known.running = runningOf(metrics);
    }
    const agent = this.agents.get(agentId);
    if (agent) this.update(agent);
  }

  private update(agent: BoardAgent): void {
    const document = this.documents.get(agent.agent_id);
    const report = this.reports.get(agent.agent_id);
    if (!document) return;
    const condition = report?.health ? { ...document, health: report.health } : document;
    agent.word = discoveryHealth(condition);
    agent.takesWork = condition.lifecycle === 'active' && (agent.word === 'healthy' || agent.word === 'degraded');
    agent.health = agent.word === 'healthy' ? 'healthy' : agent.word === 'degraded' ? 'degraded' : 'error';
    if (!report) return;
    agent.lastHeartbeat = Math.max(agent.lastHeartbeat, report.lastHeartbeat);
    agent.hasLoad = report.load !== undefined;
    agent.load = report.load ?? 0;
    agent.running = report.running ?? 0;
  }
}

function unheardOf({ agent_id, registered_at }: AgentDocument): BoardAgent {
  const registered = Date.parse(registered_at);
  return {
    agent_id,
    load: 0,
    running: 0,
    capacity: 1,
    weight: 1,
    latency_ms: null,
    trust: null,
    health: 'error',
    order: registered,
    external_id: null,
    word: 'unknown',
    takesWork: false,
    hasLoad: false,
    lastHeartbeat: registered,
    onlineSince: null,
  };
}
