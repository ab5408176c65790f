import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AgentDocument, AgentEvent, DataOf, findAgents, ResultOf } from '@ao/contracts';
import type { RunningSubscription, Subscriptions } from '@ao/event-log';
import type { Rejection } from '@ao/kernel';
import { gauge, histogram } from '@ao/platform';
import { runProjection } from '@ao/projections';
import type { Pool } from 'pg';
import type { Histogram, Registry } from 'prom-client';
import type { AgentBoard } from './agent.board';
import { AgentIndex } from './agent.index';
import { readTable } from '../read-table';
import { waitForView } from '../wait-for-view';
import { agentsProjection } from './agents.projection';

const TELEMETRY_OF = readFileSync(join(__dirname, 'sql', 'telemetry-of.sql'), 'utf8');

/** A reply may take 256 KiB. A page ends before it grows past this; one agent alone never does (registry sees to that). */
const PAGE_BYTES = 200 * 1024;

type FoundAgent = ResultOf<typeof findAgents>['agents'][number];

interface TelemetryRow {
  readonly agent_id: string;
  readonly last_seen: Date | null;
  readonly load_metrics: Record<string, number> | null;
  readonly health: AgentDocument['health'] | null;
}

export interface AgentsDependencies {
  readonly pool: Pool;
  readonly subscriptions: Subscriptions;
  readonly metrics: Registry;
  /** Told of every change. */
  readonly board: AgentBoard;
}

/** Finds agents: documents from the index of this process, beats and loads from telemetry. */
export class AgentsService {
  private readonly index: AgentIndex;
  private readonly seconds: Histogram;
  private following: RunningSubscription | undefined;

  constructor(private readonly dependencies: AgentsDependencies) {
    const { metrics, board } = dependencies;
    const index = new AgentIndex((document) => board.put(document));
    this.index = index;
    gauge(metrics, {
      name: 'ao_discovery_agents',
      help: 'Agents in the index',
      collect() {
        this.set(index.size);
      },
    });
    this.seconds = histogram(metrics, {
      name: 'ao_discovery_find_seconds',
      help: 'Time to find one page of agents, the wait for a position included',
      buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.25, 1, 2.5],
    });
  }

  /** Resolves once the index holds every agent that the table holds. */
  async start(): Promise<void> {
    const { subscriptions } = this.dependencies;
    await runProjection(subscriptions, agentsProjection);
    this.following = await subscriptions.local({
      name: 'agent-index',
      categories: ['agent'],
      seed: () => this.seed(),
      handle: (events) => {
        for (const event of events) this.index.apply(event as unknown as AgentEvent);
      },
    });
  }

  async find(query: DataOf<typeof findAgents>): Promise<ResultOf<typeof findAgents> | Rejection> {
    const end = this.seconds.startTimer();
    try {
      const behind = await waitForView(this, query.at_least, 'find agents');
      if (behind) return behind;
      const as_of = this.position();
      const page = this.index.find(query);
      const telemetry = await this.telemetryOf(page.agents);
      const { agents, cut } = withinReply(page.agents.map((agent) => joined(agent, telemetry.get(agent.agent_id))));
      return { agents, next: cut ? (agents.at(-1)?.agent_id ?? null) : page.next, as_of };
    } finally {
      end();
    }
  }

  position(): number {
    return this.following?.position() ?? 0;
  }

  async reached(position: number, timeoutMs: number): Promise<void> {
    await this.following?.reached(position, timeoutMs);
  }

  private async seed(): Promise<number> {
    const agents: AgentDocument[] = [];
    const position = await readTable<AgentDocument>(this.dependencies.pool, agentsProjection, (page) => {
      for (const agent of page) agents.push(this.index.compact(agent));
    });
    this.index.seed(agents);
    return position;
  }

  private async telemetryOf(agents: readonly AgentDocument[]): Promise<Map<string, TelemetryRow>> {
    if (agents.length === 0) return new Map();
    const { rows } = await this.dependencies.pool.query<TelemetryRow>({
      name: 'discovery-telemetry-of',
      text: TELEMETRY_OF,
      values: [agents.map(({ agent_id }) => agent_id)],
    });
    return new Map(rows.map((row) => [row.agent_id, row]));
  }
}

function joined(agent: AgentDocument, row: TelemetryRow | undefined): FoundAgent {
  return {
    ...agent,
    health: row?.health ?? agent.health,
    last_heartbeat: row?.last_seen?.toISOString() ?? null,
    load_metrics: row?.load_metrics ?? {},
  };
}

/** As many of the agents as one reply carries, one at least. */
function withinReply(agents: readonly FoundAgent[]): { agents: FoundAgent[]; cut: boolean } {
  let bytes = 0;
  const fitting: FoundAgent[] = [];
  for (const agent of agents) {
    bytes += Buffer.byteLength(JSON.stringify(agent));
    if (bytes > PAGE_BYTES && fitting.length > 0) return { agents: fitting, cut: true };
    fitting.push(agent);
  }
  return { agents: fitting, cut: false };
}
