import { join } from 'node:path';
import {
  HeartbeatBatch,
  type CapabilityDocument,
  type CapabilityEvent,
  type DataOf,
  type removeAgentCapabilities,
  type ResultOf,
} from '@ao/contracts';
import {
  sqlFile,
  type CommandResult,
  type CommandShell,
  type EventLog,
  type RunningSubscription,
  type Subscriptions,
} from '@ao/event-log';
import { derivedId, isRejection, type CommandMetadata, type Rejection } from '@ao/kernel';
import { done, HEARTBEATS, type Bus, type BusSubscription } from '@ao/messaging';
import { gauge, histogram, type Logger } from '@ao/platform';
import { runProjection, readTable } from '@ao/projections';
import { followScores, type AgentScores } from '@ao/routing';
import type { Pool } from 'pg';
import type { Histogram, Registry } from 'prom-client';
import type { AgentBoard, AgentReport, BoardAgent } from '../agents/agent.board';
import type { AgentsService } from '../agents/agents.service';
import { waitForView } from '../wait-for-view';
import { capabilityAggregate } from './capability.aggregate';
import { CapabilityFinder } from './capability.finder';
import { capabilitiesProjection } from './capability.projection';
import type { CapabilityView } from './capability.view';
import { upsertCapabilitiesWhenAgentChanged } from './upsert-capabilities-when-agent-changed';

const TELEMETRY_OF_ALL = sqlFile(join(__dirname, '..', 'agents', 'sql', 'telemetry-of-all.sql'));

export interface CapabilitiesDependencies {
  readonly pool: Pool;
  readonly log: EventLog;
  readonly shell: CommandShell;
  readonly subscriptions: Subscriptions;
  readonly bus: Bus;
  readonly metrics: Registry;
  readonly logger: Pick<Logger, 'warn'>;
  readonly agents: AgentsService;
  readonly board: AgentBoard;
  readonly scores: AgentScores;
  readonly view: CapabilityView;
}

/** Keeps the view of capabilities and of the agents' beats, and does what concerns several records at once. */
export class CapabilitiesService {
  readonly finder: CapabilityFinder;
  private readonly view: CapabilityView;
  private readonly seconds: Histogram;
  private following: RunningSubscription | undefined;
  private hearing: BusSubscription | undefined;
  private stopHearing: (() => void) | undefined;

  constructor(private readonly dependencies: CapabilitiesDependencies) {
    const { metrics, board, view } = dependencies;
    this.view = view;
    this.finder = new CapabilityFinder(view, board);
    gauge(metrics, {
      name: 'ao_discovery_capabilities',
      help: 'Capabilities in the view',
      collect() {
        this.set(view.size);
      },
    });
    this.seconds = histogram(metrics, {
      name: 'ao_discovery_capability_query_seconds',
      help: 'Time to answer a query about capabilities, the wait for a position included',
      labelNames: ['query'],
      buckets: [0.0001, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.25, 1, 2.5],
    });
  }

  /** After the agents. Resolves once the view holds every record that the table holds. */
  async start(): Promise<void> {
    const { subscriptions, shell, log, bus, board, scores, pool } = this.dependencies;
    this.hearing = await bus.subscribe(HEARTBEATS, (body) => {
      const message = HeartbeatBatch.safeParse(body);
      if (message.success) board.beats(message.data);
    });
    // What was announced while there was no connection is in the table.
    this.stopHearing = bus.onStatus(({ kind }) => {
      if (kind === 'reconnected') void this.readTelemetry();
    });
    await this.readTelemetry();
    await followScores(scores, {
      ...{ subscriptions, pool, schema: 'discovery' },
      changed: (agentId) => board.learned(agentId),
    });
    await runProjection(subscriptions, capabilitiesProjection);
    this.following = await subscriptions.local({
      name: 'capability-view',
      categories: ['capability'],
      seed: () => this.seed(),
      handle: (events) => {
        for (const event of events) this.view.apply(event as unknown as CapabilityEvent);
      },
    });
    const { following } = this;
    await subscriptions.owned(
      upsertCapabilitiesWhenAgentChanged({
        shell,
        head: () => log.head(),
        recordsOf: (agentId) => this.view.ofAgent(agentId),
        viewReached: (position, timeoutMs) => following.reached(position, timeoutMs),
      }),
    );
  }

  async stop(): Promise<void> {
    this.stopHearing?.();
    await this.hearing?.stop();
  }

  position(): number {
    return this.following?.position() ?? 0;
  }

  async reached(position: number, timeoutMs: number): Promise<void> {
    await this.following?.reached(position, timeoutMs);
  }

  /** Answers once agents and records are as new as the caller wants them. */
  async answer<T>(
    query: string,
    at_least: number | undefined,
    find: () => T,
  ): Promise<(T & { as_of: number }) | Rejection> {
    const end = this.seconds.startTimer({ query });
    try {
      const behind =
        (await waitForView(this.dependencies.agents, at_least, 'find agents')) ??
        (await waitForView(this, at_least, 'find capabilities'));
      if (behind) return behind;
      const as_of = Math.min(this.dependencies.agents.position(), this.position());
      return { ...find(), as_of };
    } finally {
      end();
    }
  }

  /** The agent as it is now: one that is not known here may have registered a moment ago. */
  async agent(agentId: string): Promise<BoardAgent | Rejection | undefined> {
    const { board, log, agents } = this.dependencies;
    if (!board.get(agentId)) {
      const behind = await waitForView(agents, await log.head(), 'find an agent');
      if (behind) return behind;
    }
    return board.get(agentId);
  }

  /** Every record that was there when this was asked, each by a command of its own. */
  async removeAll(
    { agent_id }: DataOf<typeof removeAgentCapabilities>,
    metadata: CommandMetadata,
  ): Promise<CommandResult<ResultOf<typeof removeAgentCapabilities>>> {
    const { log, shell } = this.dependencies;
    const head = await log.head();
    const behind = await waitForView(this, head, 'remove the capabilities of an agent');
    if (behind) return behind;
    let position = head;
    let removed = 0;
    for (const { capability_id } of [...this.view.ofAgent(agent_id)]) {
      const command_id = derivedId(metadata.command_id, capability_id);
      const result = await shell.run(capabilityAggregate, capability_id, {
        type: 'RemoveCapability',
        data: { capability_id },
        metadata: { ...metadata, command_id },
      });
      if (isRejection(result)) {
        if (result.rejection === 'not_found') continue;
        return result;
      }
      position = Math.max(position, result.position);
      removed += 1;
    }
    return done({ removed }, position);
  }

  private seed(): Promise<number> {
    return this.view.seedBy((take) =>
      readTable<CapabilityDocument>(this.dependencies.pool, capabilitiesProjection, take),
    );
  }

  private async readTelemetry(): Promise<void> {
    const { pool, board, logger } = this.dependencies;
    try {
      const { rows } = await pool.query<AgentReport>(TELEMETRY_OF_ALL);
      board.load(rows);
    } catch (error) {
      // The next beats tell it as well.
      logger.warn({ err: error }, 'the loads of agents could not be read');
    }
  }
}
