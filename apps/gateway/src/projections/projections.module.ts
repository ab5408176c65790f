import type { RunningOwned, Subscriptions } from '@ao/event-log';
import type { Clock } from '@ao/kernel';
import { MODEL_POSITIONS, type Bus } from '@ao/messaging';
import { BUS, CLOCK, LOGGER, POOL, SUBSCRIPTIONS, type Logger } from '@ao/platform';
import { runProjection } from '@ao/projections';
import { Inject, Injectable, Module, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { ModelPositions } from '../commands/model-positions';
import { ModelPositionsModule } from '../commands/model-positions.module';
import type { Pool } from 'pg';
import { platform } from '../platform';
import { allProjections } from './all';
import { METRICS_MODEL } from './metrics/metric.projection';
import { TASKS } from './tasks/task.projection';
import { MinutePruning } from './metrics/metric.pruning';
import { ModelAnnouncer } from './model-announcer';

/**
 * Between two transactions of one model while nobody here waits for it: what happens to a task within it is written once.
 * Who waits at another replica waits so much longer at most.
 */
const REST_MS = 20;
/**
 * Longer for tasks, of which there are most and whose rows cost most; and for figures that nobody reads back at once: most of
 * the tasks that they count have ended by then, and are never written.
 */
const LONGER_REST_MS: Readonly<Record<string, number>> = { [TASKS]: 100, [METRICS_MODEL]: 1_000 };

/** Keeps the read models. Every replica runs it; one at a time is active per model, the others stand by. */
@Injectable()
class ProjectionRunner implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly announcer: ModelAnnouncer;
  private readonly running = new Map<string, RunningOwned>();

  constructor(
    @Inject(SUBSCRIPTIONS) private readonly subscriptions: Subscriptions,
    @Inject(BUS) bus: Bus,
    positions: ModelPositions,
  ) {
    positions.onAwaited((model, position, timeoutMs) => {
      // Who asked has its own answer when the time is over.
      this.running
        .get(model)
        ?.reached(position, timeoutMs)
        .catch(() => undefined);
    });
    this.announcer = new ModelAnnouncer(
      (position) => positions.announced(position),
      (positions) => void bus.publish(MODEL_POSITIONS, positions),
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
  }

  onModuleDestroy(): void {
    this.announcer.close();
  }
}

/** Takes away what the model `metrics` keeps for some days only. */
@Injectable()
class MetricUpkeep implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly pruning: MinutePruning;

  constructor(@Inject(POOL) pool: Pool, @Inject(CLOCK) clock: Clock, @Inject(LOGGER) logger: Logger) {
    const onError = (error: unknown) => logger.warn({ err: error }, 'old minutes of the metrics could not be pruned');
    this.pruning = new MinutePruning({ pool, clock, onError });
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
