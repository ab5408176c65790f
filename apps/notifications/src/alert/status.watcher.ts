import { ServiceStatus } from '@ao/contracts';
import { pause, type LockSession, type OwnerLock } from '@ao/event-log';
import { SERVICE_STATUS, type Bus } from '@ao/messaging';
import type { Pool } from 'pg';
import { expectServices, expectedServices, raisedAlerts } from './alert.store';
import type { AlertSubject, RaisedAlerts, Verdict } from './alert.verdict';
import { watchService, type ServiceLimits } from './service.watch';
import { StatusBoard } from './status.board';
import {
  laggingSince,
  subscriptionFacts,
  vanishedSubscriptions,
  watchSubscription,
  type LagLimits,
} from './subscription.watch';

const KINDS = ['service_unhealthy', 'subscription_lagging', 'events_parked'] as const;
const TICK_MS = 1_000;
/** A process whose ticks come so late stood still: what it has not heard may wait to be heard. */
const STOOD_STILL_MS = 5_000;

export interface StatusWatcherOptions {
  readonly pool: Pool;
  readonly bus: Pick<Bus, 'subscribe' | 'onStatus' | 'isConnected'>;
  readonly locks: LockSession;
  readonly limits: ServiceLimits & LagLimits;
  readonly say: (verdict: Verdict) => Promise<void>;
  readonly onError: (error: unknown) => void;
}

/**
 * Hears what services say of themselves; for as long as this process is the elected one it says what follows from that.
 * Two at once would do no harm: an alert that is raised is not raised again.
 */
export class StatusWatcher {
  private readonly board = new StatusBoard(performance.now());
  private readonly stopped = new AbortController();
  private readonly lagging = new Map<string, number>();
  private readonly ends: (() => unknown)[] = [];
  private lock: OwnerLock | undefined;
  private running: Promise<void> | undefined;

  constructor(private readonly options: StatusWatcherOptions) {}

  /** Resolves once it hears. */
  async start(): Promise<void> {
    const { bus, locks } = this.options;
    const subscription = await bus.subscribe(SERVICE_STATUS, (body) => {
      const status = ServiceStatus.safeParse(body);
      if (status.success) this.board.heard(status.data, performance.now());
    });
    let tickedAt = performance.now();
    const ticking = setInterval(() => {
      const now = performance.now();
      if (now - tickedAt > STOOD_STILL_MS) this.interrupted();
      tickedAt = now;
    }, TICK_MS);
    this.ends.push(
      () => subscription.stop(),
      () => clearInterval(ticking),
      bus.onStatus(({ kind }) => {
        if (kind === 'reconnected') this.interrupted();
      }),
    );
    this.interrupted();
    this.lock = locks.lock('notifications.status-watcher');
    this.running = this.run(this.lock);
  }

  /** Lets another replica watch. */
  async stop(): Promise<void> {
    this.stopped.abort();
    await this.lock?.release();
    await this.running;
    await Promise.all(this.ends.splice(0).map((end) => end()));
  }

  private interrupted(): void {
    this.board.interrupted(performance.now());
    this.lagging.clear();
  }

  private async run(lock: OwnerLock): Promise<void> {
    while (!this.stopped.signal.aborted) {
      const owner = await lock.acquired().catch(() => undefined);
      if (!owner) return;
      await this.watch(AbortSignal.any([owner, this.stopped.signal]));
    }
  }

  private async watch(until: AbortSignal): Promise<void> {
    let known: Set<string> | undefined;
    while (!until.aborted) {
      try {
        known ??= await this.takeOver();
        await this.look(known, until);
      } catch (error) {
        // Postgres was away, and so were those who wait for it: they have as long again to come back.
        this.interrupted();
        if (!until.aborted) this.options.onError(error);
      }
      await pause(TICK_MS, until);
    }
  }

  private async takeOver(): Promise<Set<string>> {
    const known = await expectedServices(this.options.pool);
    this.board.expect(known);
    return known;
  }

  private async look(known: Set<string>, until: AbortSignal): Promise<void> {
    const { pool, bus, say, onError } = this.options;
    if (!bus.isConnected()) this.interrupted();
    await this.noteExpected(known);
    const { severityOf, sources } = await raisedAlerts(pool, KINDS);
    for (const verdict of this.verdicts(severityOf, sources, performance.now())) {
      if (until.aborted) return;
      if (verdict.verdict === 'raise' && severityOf(verdict.kind, verdict.source) === verdict.severity) continue;
      // One that cannot be said now is said by the next look.
      await say(verdict).catch(onError);
    }
  }

  private verdicts(raised: RaisedAlerts, sources: readonly AlertSubject[], now: number): Verdict[] {
    const { board, lagging } = this;
    const { limits } = this.options;
    const { listeningSince, startedAt } = board;
    const about = sources.filter(({ kind }) => kind === 'service_unhealthy').map(({ source }) => source);
    const services = new Set([...board.expected, ...about, ...board.all().map(({ service }) => service)]);
    const ofServices = [...services].flatMap((service) => {
      const instances = board.of(service);
      const facts = { service, instances, expected: board.expected.has(service), now, listeningSince, startedAt };
      const found = watchService({ ...facts, raised: raised('service_unhealthy', service) }, limits);
      board.forget(found.gone);
      return found.verdict ?? [];
    });
    const patience = limits.unhealthy_seconds * 1_000;
    const heard = board.all().filter(({ heard_at }) => now - heard_at < patience);
    const known = subscriptionFacts(heard);
    const ofSubscriptions = [...known.values()].flatMap((facts) => {
      const since = laggingSince({ facts, now, laggingSince: lagging.get(facts.source) }, limits);
      if (since === undefined) lagging.delete(facts.source);
      else lagging.set(facts.source, since);
      return watchSubscription({ facts, now, laggingSince: since }, raised, limits);
    });
    const sure = now - startedAt >= patience;
    const vanished = sure ? vanishedSubscriptions(sources, known, heard) : [];
    return [...ofServices, ...ofSubscriptions, ...vanished];
  }

  private async noteExpected(known: Set<string>): Promise<void> {
    const { expected } = this.board;
    const came = [...expected].filter((service) => !known.has(service));
    const went = [...known].filter((service) => !expected.has(service));
    if (came.length === 0 && went.length === 0) return;
    await expectServices(this.options.pool, came, went);
    for (const service of came) known.add(service);
    for (const service of went) known.delete(service);
  }
}
