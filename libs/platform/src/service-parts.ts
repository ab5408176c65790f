import type { OwnedSubscription, RunningOwned } from '@ao/event-log';
import { createTimers, type FiredTimer, type Timers } from '@ao/timers';
import type { ServicePlatform } from './from-platform';

/** Of a service that is made of parts: each follows the log on its own, and keeps its own tables. */
export interface ServicePart {
  readonly subscriptions?: readonly OwnedSubscription[];
  /** By the kind of the timer. A handler that throws gets its timer again; its effect must bear a repetition. */
  readonly timers?: Readonly<Record<string, (timer: FiredTimer) => Promise<void>>>;
  /** Before the command server listens. */
  start?(): Promise<void>;
  /** Takes no more work and finishes what is in hand, within some seconds. */
  stop?(): Promise<void>;
}

/** What a part is made from. */
export interface PartDependencies<Config = unknown> extends Omit<ServicePlatform<Config>, 'subscriptions'> {
  /** Of the service's schema: one owner among the replicas. */
  readonly timers: Pick<Timers, 'schedule' | 'move' | 'cancel' | 'nudge'>;
}

/**
 * Milliseconds between two transactions of a subscription that hears every public event: nobody feels them, and under load one
 * transaction carries what would have been dozens.
 */
export const PUBLIC_EVENTS_REST_MS = 50;

/** Runs the parts of a service with what they share: one set of timers and the log's subscriptions. */
export class ServiceParts<Config> {
  /** What the parts are to be made from. */
  readonly dependencies: PartDependencies<Config>;
  private readonly timers: Timers;
  private parts: readonly ServicePart[] = [];
  private running: RunningOwned[] = [];
  private stopping: Promise<void> | undefined;

  /** @param schema of the service: its timers stand there */
  constructor(
    schema: string,
    private readonly platform: ServicePlatform<Config>,
  ) {
    const { pool, logger } = platform;
    this.timers = createTimers({
      pool,
      schema,
      onError: (err, timer) => logger.warn({ err, timer_id: timer?.timer_id, kind: timer?.kind }, 'a timer failed'),
    });
    this.dependencies = { ...platform, timers: this.timers };
  }

  /** In the order given. */
  async start(parts: readonly ServicePart[]): Promise<void> {
    this.parts = parts;
    for (const part of parts) await part.start?.();
    for (const subscription of parts.flatMap((part) => part.subscriptions ?? [])) {
      this.running.push(await this.platform.subscriptions.owned(subscription));
    }
    const handlers = new Map(parts.flatMap(({ timers }) => Object.entries(timers ?? {})));
    this.timers.start(async (timer) => {
      const handler = handlers.get(timer.kind);
      if (!handler) throw new Error(`nobody handles timers of the kind ${timer.kind}`);
      await handler(timer);
    });
  }

  /** First what takes in, then what works it off. */
  stop(): Promise<void> {
    return (this.stopping ??= this.standDown());
  }

  private async standDown(): Promise<void> {
    await Promise.all(this.running.map((subscription) => subscription.stop()));
    await this.timers.stop();
    await Promise.all(this.parts.map((part) => part.stop?.()));
  }
}
