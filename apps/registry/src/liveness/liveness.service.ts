import type { AgentEvent, LoadMetrics } from '@ao/contracts';
import {
  createLockSession,
  type CommandShell,
  type LockSession,
  type RecordedEvent,
  type RunningSubscription,
  type Subscriptions,
} from '@ao/event-log';
import { isRejection, newId, type Clock, type CommandMetadata } from '@ao/kernel';
import type { Bus } from '@ao/messaging';
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import { agentAggregate } from '../agent/agent.aggregate';
import type { ChangeLivenessCommand } from '../agent/agent.decider';
import { AgentView, type KnownAgent } from './agent.view';
import { BeatWriter } from './beat.writer';
import { livenessFollower } from './liveness.follower';
import { livenessMetrics, type LivenessMetrics } from './liveness.metrics';
import { dueAgents, seedView, setDeadlines } from './liveness.store';
import { sweep, type SilentAgent } from './liveness.sweep';
import { SweepOwner } from './sweep.owner';

export interface LivenessDependencies {
  readonly pool: Pool;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly shell: CommandShell;
  readonly subscriptions: Subscriptions;
  readonly metrics: Registry;
  readonly logger: Logger;
}

export interface BeatReport {
  readonly load_metrics?: LoadMetrics;
  readonly health?: 'healthy' | 'degraded' | 'error';
}

/**
 * Who is alive. Beats come in here and go out in batches; silence is looked for by one elected replica; what changes is
 * told by commands to the agents' streams, everything else is telemetry.
 */
export class LivenessService {
  private readonly view = new AgentView();
  private readonly writer: BeatWriter;
  private readonly owner: SweepOwner;
  private readonly locks: LockSession;
  private readonly metrics: LivenessMetrics;
  private following: RunningSubscription | undefined;
  private stopHearing: (() => void) | undefined;

  constructor(private readonly dependencies: LivenessDependencies) {
    const { pool, bus, clock, logger, metrics } = dependencies;
    this.metrics = livenessMetrics(metrics, {
      waiting: () => this.writer.waiting,
      counts: () => this.view.counts(),
    });
    this.writer = new BeatWriter({
      pool,
      publish: (subject, text) => bus.publishText(subject, text),
      onFlushed: (beats, milliseconds) => {
        this.metrics.flushBeats.observe(beats);
        this.metrics.flushSeconds.observe(milliseconds / 1000);
      },
      onFailure: (error) => {
        this.metrics.flushFailures.inc();
        this.owner.interrupt();
        logger.warn({ err: error }, 'beats could not be written and are kept');
      },
    });
    this.locks = createLockSession({ pool });
    this.owner = new SweepOwner({
      lock: this.locks.lock('registry.liveness-sweep'),
      clock,
      isListening: () => bus.isConnected(),
      look: (listeningSince) =>
        sweep(
          {
            clock,
            view: this.view,
            due: (before, limit) => dueAgents(pool, before, limit),
            setDeadlines: (deadlines) => setDeadlines(pool, deadlines),
            changeLiveness: (agent) => this.recordSilence(agent),
          },
          listeningSince,
        ),
      onOwner: (owner) => this.metrics.sweeps.set(owner ? 1 : 0),
      onFailure: (error) => {
        this.metrics.sweepFailures.inc();
        logger.warn({ err: error }, 'the deadlines of agents could not be looked at');
      },
    });
  }

  /** Resolves once beats can be answered. */
  async start(): Promise<void> {
    const { subscriptions, bus, pool } = this.dependencies;
    await subscriptions.owned(livenessFollower);
    this.following = await subscriptions.local({
      name: 'agent-view',
      categories: ['agent'],
      seed: async () => {
        const { position, agents } = await seedView(pool);
        this.view.seed(agents);
        return position;
      },
      handle: (events) => this.follow(events as readonly RecordedEvent<AgentEvent>[]),
    });
    this.stopHearing = bus.onStatus(({ kind }) => {
      if (kind === 'disconnected' || kind === 'reconnected') this.owner.interrupt();
    });
    this.owner.start();
  }

  /** Lets another replica look for silent agents; beats are still taken. */
  async standDown(): Promise<void> {
    this.stopHearing?.();
    await this.owner.stop();
    await this.locks.stop();
  }

  /** Writes the last beats; none may come after it. */
  async close(): Promise<void> {
    await this.standDown();
    await this.writer.close();
  }

  /** The log position up to which `known` answers. */
  position(): number {
    return this.following?.position() ?? 0;
  }

  /** An agent that is registered, as far as this replica has heard. */
  known(agentId: string): Readonly<KnownAgent> | undefined {
    return this.view.get(agentId);
  }

  /** A sign of life, at `at` (Unix milliseconds of the log's clock). */
  beat(agent_id: string, at: number, interval_seconds: number, report: BeatReport = {}): void {
    this.metrics.beats.inc();
    this.view.beat(agent_id, at);
    this.writer.take({ agent_id, seen_at: at, at, interval_seconds, ...report });
  }

  /** Load metrics that are no sign of life. */
  loadReport(agent_id: string, at: number, interval_seconds: number, load_metrics: LoadMetrics): void {
    this.writer.take({ agent_id, seen_at: null, at, interval_seconds, load_metrics });
  }

  private follow(events: readonly RecordedEvent<AgentEvent>[]): void {
    for (const recorded of events) {
      const event = recorded as AgentEvent;
      this.view.apply(event);
      if (!this.view.contradicts(event)) continue;
      const { agent_id } = event.data;
      this.changeLiveness({ agent_id, liveness: 'online' }, `${recorded.category}@${recorded.position}`).catch(
        // Its next beat brings it online as well.
        (error: unknown) => this.dependencies.logger.warn({ err: error, agent_id }, 'an agent could not come online'),
      );
    }
  }

  private async recordSilence(agent: SilentAgent): Promise<void> {
    await this.changeLiveness(agent);
    this.metrics.transitions.inc({ to: agent.liveness });
  }

  private async changeLiveness(data: ChangeLivenessCommand['data'], causation_id?: string): Promise<void> {
    const command_id = newId();
    const metadata: CommandMetadata = {
      command_id,
      actor: { type: 'system', id: 'registry' },
      correlation_id: command_id,
      causation_id: causation_id ?? command_id,
    };
    const { shell, logger } = this.dependencies;
    const result = await shell.run(agentAggregate, data.agent_id, { type: 'ChangeLiveness', data, metadata });
    // A row without a stream: somebody wrote telemetry by hand. It is looked at once and then no more.
    if (isRejection(result)) logger.warn({ rejection: result, agent_id: data.agent_id }, 'liveness was not changed');
  }
}
