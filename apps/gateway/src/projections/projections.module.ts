import type { Subscriptions } from '@ao/event-log';
import { MODEL_POSITIONS, type Bus } from '@ao/messaging';
import { BUS, SUBSCRIPTIONS } from '@ao/platform';
import { runProjection } from '@ao/projections';
import { Inject, Injectable, Module, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { ModelPositions } from '../commands/model-positions';
import { ModelPositionsModule } from '../commands/model-positions.module';
import { platform } from '../platform';
import { allProjections } from './all';
import { ModelAnnouncer } from './model-announcer';

/** Keeps the read models. Every replica runs it; one at a time is active per model, the others stand by. */
@Injectable()
class ProjectionRunner implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly announcer: ModelAnnouncer;

  constructor(
    @Inject(SUBSCRIPTIONS) private readonly subscriptions: Subscriptions,
    @Inject(BUS) bus: Bus,
    positions: ModelPositions,
  ) {
    this.announcer = new ModelAnnouncer(
      (position) => positions.announced(position),
      (position) => void bus.publish(MODEL_POSITIONS, position),
    );
  }

  async onApplicationBootstrap(): Promise<void> {
    for (const projection of allProjections) {
      await runProjection(this.subscriptions, projection, {
        announce: (position) => this.announcer.announce(position),
      });
    }
  }

  onModuleDestroy(): void {
    this.announcer.close();
  }
}

@Module({ imports: [platform, ModelPositionsModule], providers: [ProjectionRunner] })
export class ProjectionsModule {}
