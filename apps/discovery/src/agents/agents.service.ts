import { join } from 'node:path';
import {
  allCapabilities,
  type AgentDocument,
  type AgentEvent,
  type DataOf,
  type findAgents,
  type ResultOf,
} from '@ao/contracts';
import { sqlFile, type RunningSubscription, type Subscriptions } from '@ao/event-log';
import type { Rejection } from '@ao/kernel';
import { gauge, histogram } from '@ao/platform';
import { runProjection, readTable } from '@ao/projections';
import type { Pool } from 'pg';
import type { Histogram, Registry } from 'prom-client';
import type { AgentBoard } from './agent.board';
import { AgentIndex, type RecordedCapabilities } from './agent.index';
import { waitForView, type FollowedView } from '../wait-for-view';
import { agentsProjection } from './agents.projection';

const TELEMETRY_OF = sqlFile(join(__dirname, 'sql', 'telemetry-of.sql'));

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
  readonly recorded: RecordedCapabilities;
}

/** Finds agents: documents from the index of this process, beats and loads from telemetry. */
export class AgentsService {
  private readonly index: AgentIndex;
  private readonly seconds: Histogram;
  private following: RunningSubscription | undefined;

  constructor(private readonly dependencies: AgentsDependencies) {
    const { metrics, board, recorded } = dependencies;
    const index = new AgentIndex((document) => board.put(document), recorded);
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

  /** `recorded` is the view of the records that count beside the agents' own words. */
  async find(
    query: DataOf<typeof findAgents>,
    recorded: FollowedView,
  ): Promise<ResultOf<typeof findAgents> | Rejection> {
    const end = this.seconds.startTimer();
    try {
      const behind =
        (await waitForView(this, query.at_least, 'find agents')) ??
        (await waitForView(recorded, query.at_least, 'find capabilities'));
      if (behind) return behind;
      const as_of = Math.min(this.position(), recorded.position());
      const page = this.index.find(query);
      const telemetry = await this.telemetryOf(page.agents);
      const { agents, cut } = withinReply(
        page.agents.map((agent) => this.joined(agent, telemetry.get(agent.agent_id))),
      );
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

  private joined(agent: AgentDocument, row: TelemetryRow | undefined): FoundAgent {
    const recorded = this.dependencies.recorded.ofAgent(agent.agent_id).map(({ name }) => name);
    return {
      ...agent,
      capabilities: [...allCapabilities(agent.capabilities, recorded.sort())],
      health: row?.health ?? agent.health,
      last_heartbeat: row?.last_seen?.toISOString() ?? null,
      load_metrics: row?.load_metrics ?? {},
    };
  }

  private seed(): Promise<number> {
    return this.index.seedBy((take) => readTable<AgentDocument>(this.dependencies.pool, agentsProjection, take));
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
