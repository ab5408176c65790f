import { ModelPosition } from '@ao/contracts';
import type { RunningOwned, Subscriptions } from '@ao/event-log';
import type { Clock } from '@ao/kernel';
import { MODEL_POSITIONS, MODEL_POSITIONS_WANTED, type Bus, type BusSubscription } from '@ao/messaging';
import { BUS, CLOCK, LOGGER, POOL, SUBSCRIPTIONS, type Logger } from '@ao/platform';
import { runProjection, type Pruning } from '@ao/projections';
import { Inject, Injectable, Module, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { READ_YOUR_WRITES_MS } from '../commands/command-path';
import { ModelPositions } from '../commands/model-positions';
import { ModelPositionsModule } from '../commands/model-positions.module';
import type { Pool } from 'pg';
import { platform } from '../platform';
import { allProjections } from './all';
import { METRICS_MODEL } from './metrics/metric.projection';
import { minutePruning } from './metrics/metric.pruning';
import { ModelAnnouncer } from './model-announcer';
import { RUNS } from './runs/run.projection';
import { TASKS } from './tasks/task.projection';

/**
 * Between two transactions of one model while nobody waits for it, here or at another replica: what happens within it is
 * written once.
 */
const REST_MS = 20;
/**
 * Longer for tasks and runs, of which there are most and whose rows cost most; and for figures that nobody reads back at once: most of
 * the tasks that they count have ended by then, and are never written.
 */
const LONGER_REST_MS: Readonly<Record<string, number>> = { [TASKS]: 100, [RUNS]: 100, [METRICS_MODEL]: 400 };

/** Keeps the read models. Every replica runs it; one at a time is active per model, the others stand by. */
@Injectable()
class ProjectionRunner implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly announcer: ModelAnnouncer;
  private readonly running = new Map<string, RunningOwned>();
  private wanted: BusSubscription | undefined;

  constructor(
    @Inject(SUBSCRIPTIONS) private readonly subscriptions: Subscriptions,
    @Inject(BUS) private readonly bus: Bus,
    positions: ModelPositions,
  ) {
    positions.onAwaited((model, position, timeoutMs) => this.endRest(model, position, timeoutMs));
    this.announcer = new ModelAnnouncer(
      (position) => positions.announced(position),
      (positions) => void this.bus.publish(MODEL_POSITIONS, positions),
    );
  }

  async onApplicationBootstrap(): Promise<void> {
    for (const projection of allProjections) {
      const running = await runProjection(this.subscriptions, projection, {
        announce: (position) => this.announcer.announce(position),
        restMs: LONGER_REST_MS[projection.name] ?? REST_MS,
      });
      this.running.set(projection.name, running);
    }
    const heard = (body: unknown) => {
      const { data } = ModelPosition.safeParse(body);
      if (data) this.endRest(data.model, data.position, READ_YOUR_WRITES_MS);
    };
    this.wanted = await this.bus.subscribe(MODEL_POSITIONS_WANTED, heard, { own: false });
  }

  async onModuleDestroy(): Promise<void> {
    this.announcer.close();
    await this.wanted?.stop();
  }

  /** Somebody waits for a model. False: another process keeps it. */
  private endRest(model: string, position: number, timeoutMs: number): boolean {
    const running = this.running.get(model);
    if (running?.status().state !== 'active') return false;
    // Who asked has its own answer when the time is over.
    running.reached(position, timeoutMs).catch(() => undefined);
    return true;
  }
}

/** Takes away what the model `metrics` keeps for some days only. */
@Injectable()
class MetricUpkeep implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly pruning: Pruning;

  constructor(@Inject(POOL) pool: Pool, @Inject(CLOCK) clock: Clock, @Inject(LOGGER) logger: Logger) {
    const onError = (error: unknown) => logger.warn({ err: error }, 'old minutes of the metrics could not be pruned');
    this.pruning = minutePruning({ pool, clock, onError });
  }

  onApplicationBootstrap(): void {
    this.pruning.start();
  }

  onModuleDestroy(): Promise<void> {
    return this.pruning.stop();
  }
}

@Module({ imports: [platform, ModelPositionsModule], providers: [ProjectionRunner, MetricUpkeep] })
export class ProjectionsModule {}
