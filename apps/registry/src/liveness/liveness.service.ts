import type { LoadMetrics } from '@ao/contracts';
import {
  createLockSession,
  type LockSession,
  type RecordedEvent,
  type RunningSubscription,
  type Subscriptions,
} from '@ao/event-log';
import { isRejection, newId, type Clock } from '@ao/kernel';
import type { Bus } from '@ao/messaging';
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import { BeatWriter } from './beat.writer';
import { livenessFollower } from './liveness.follower';
import type { LivenessKind, LivenessTransition } from './liveness.kind';
import { livenessMetrics, type LivenessMetrics } from './liveness.metrics';
import { LivenessStore } from './liveness.store';
import { sweep, type Silence } from './liveness.sweep';
import { LivenessView, type Known } from './liveness.view';
import { SweepOwner } from './sweep.owner';

export interface LivenessDependencies {
  readonly pool: Pool;
  readonly bus: Bus;
  readonly clock: Clock;
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
 * told by commands to the streams, everything else is telemetry.
 */
export class LivenessService<Event> {
  private readonly view = new LivenessView();
  private readonly store: LivenessStore;
  private readonly writer: BeatWriter;
  private readonly owner: SweepOwner;
  private readonly locks: LockSession;
  private readonly metrics: LivenessMetrics;
  private following: RunningSubscription | undefined;
  private stopHearing: (() => void) | undefined;

  constructor(
    private readonly kind: LivenessKind<Event>,
    private readonly dependencies: LivenessDependencies,
  ) {
    const { pool, bus, clock, logger, metrics } = dependencies;
    this.store = new LivenessStore(pool, kind);
    this.metrics = livenessMetrics(
      metrics,
      { waiting: () => this.writer.waiting, counts: () => this.view.counts() },
      kind.metrics,
    );
    this.writer = new BeatWriter({
      pool,
      table: kind.table,
      ...(kind.announced && { publish: (subject: string, text: string) => bus.publishText(subject, text) }),
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
      lock: this.locks.lock(kind.lock),
      clock,
      isListening: () => bus.isConnected(),
      look: (listeningSince) =>
        sweep(
          {
            clock,
            view: this.view,
            due: (before, limit) => this.store.due(before, limit),
            setDeadlines: (deadlines) => this.store.setDeadlines(deadlines),
            changeLiveness: (silence) => this.recordSilence(silence),
          },
          listeningSince,
        ),
      onOwner: (owner) => this.metrics.sweeps.set(owner ? 1 : 0),
      onFailure: (error) => {
        this.metrics.sweepFailures.inc();
        logger.warn({ err: error }, `the deadlines of ${kind.metrics.registered} could not be looked at`);
      },
    });
  }

  /** Resolves once beats can be answered. */
  async start(): Promise<void> {
    const { kind, dependencies } = this;
    const { subscriptions, bus } = dependencies;
    await subscriptions.owned(livenessFollower(kind));
    for (const reaction of kind.reactions ?? []) await subscriptions.owned(reaction);
    this.following = await subscriptions.local({
      name: kind.view,
      categories: [kind.category],
      seed: async () => {
        const { position, seeded } = await this.store.seed();
        this.view.seed(seeded);
        return position;
      },
      handle: (events) => this.follow(events as readonly RecordedEvent[]),
    });
    this.stopHearing = bus.onStatus(({ kind }) => {
      if (kind === 'disconnected' || kind === 'reconnected') this.owner.interrupt();
    });
    this.owner.start();
  }

  /** Lets another replica look for silence; beats are still taken. */
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

  /** One that is registered, as far as this replica has heard. */
  known(id: string): Readonly<Known> | undefined {
    return this.view.get(id);
  }

  /** A sign of life, at `at` (Unix milliseconds of the log's clock). */
  beat(id: string, at: number, interval_seconds: number, report: BeatReport = {}): void {
    this.metrics.beats.inc();
    this.view.beat(id, at);
    this.writer.take({ id, seen_at: at, at, interval_seconds, ...report });
  }

  /** Load metrics that are no sign of life. */
  loadReport(id: string, at: number, interval_seconds: number, load_metrics: LoadMetrics): void {
    this.writer.take({ id, seen_at: null, at, interval_seconds, load_metrics });
  }

  private follow(events: readonly RecordedEvent[]): void {
    for (const event of events) {
      const change = this.kind.changeOf(event as RecordedEvent & Event);
      if (!change) continue;
      this.view.apply(change);
      if (change.gone) this.writer.forget(change.id);
      if (!this.view.contradicts(change)) continue;
      const { id } = change;
      this.changeLiveness({ id, liveness: 'online' }, `${event.category}@${event.position}`).catch(
        // Its next beat brings it online as well.
        (error: unknown) => this.dependencies.logger.warn({ err: error, id }, 'one that beats could not come online'),
      );
    }
  }

  private async recordSilence(silence: Silence): Promise<void> {
    await this.changeLiveness(silence);
    this.metrics.transitions.inc({ to: silence.liveness });
  }

  private async changeLiveness(transition: LivenessTransition, causation_id?: string): Promise<void> {
    const command_id = newId();
    const result = await this.kind.change(transition, {
      command_id,
      actor: { type: 'system', id: 'registry' },
      correlation_id: command_id,
      causation_id: causation_id ?? command_id,
    });
    if (!isRejection(result)) return;
    const { id } = transition;
    this.dependencies.logger.warn({ rejection: result, id }, 'liveness was not changed');
    if (result.rejection !== 'not_found') return;
    // A row of nobody: its last beat was flushed after it was gone, or somebody wrote telemetry by hand.
    this.view.forget(id);
    await this.store.deleteGone([id]);
  }
}
