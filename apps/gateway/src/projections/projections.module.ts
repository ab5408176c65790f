import type { Subscriptions } from '@ao/event-log';
import { MODEL_POSITIONS, type Bus } from '@ao/messaging';
import { BUS, SUBSCRIPTIONS } from '@ao/platform';
import { runProjection } from '@ao/projections';
import { Inject, Injectable, Module, type OnApplicationBootstrap } from '@nestjs/common';
import { platform } from '../platform';
import { allProjections } from './all';

/** Keeps the read models. Every replica runs it; one at a time is active per model, the others stand by. */
@Injectable()
class ProjectionRunner implements OnApplicationBootstrap {
  constructor(
    @Inject(SUBSCRIPTIONS) private readonly subscriptions: Subscriptions,
    @Inject(BUS) private readonly bus: Bus,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    for (const projection of allProjections) {
      await runProjection(this.subscriptions, projection, {
        announce: (position) => void this.bus.publish(MODEL_POSITIONS, position),
      });
    }
  }
}

@Module({
  imports: [platform],
  providers: [ProjectionRunner],
})
export class ProjectionsModule {}
