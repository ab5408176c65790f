import { ModelPosition } from '@ao/contracts';
import { MODEL_POSITIONS, type Bus, type BusSubscription } from '@ao/messaging';
import { BUS, LIFECYCLE, type Lifecycle } from '@ao/platform';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { ModelPositions } from './commands/model-positions';
import { TaskStreamHub } from './live/task-stream.hub';
import { ApiKeyUsage } from './projections/api-keys/api-key.usage';
import { ReadModelLists } from './projections/read-model-lists';

/** Starts and ends what lives beside the routes: the positions of the models and the agents' sockets. */
@Injectable()
export class GatewayRuntime implements OnApplicationBootstrap, OnModuleDestroy {
  private subscription: BusSubscription | undefined;
  private stopping: Promise<void> | undefined;

  constructor(
    private readonly positions: ModelPositions,
    private readonly hub: TaskStreamHub,
    private readonly lists: ReadModelLists,
    private readonly keyUsage: ApiKeyUsage,
    @Inject(BUS) private readonly bus: Bus,
    @Inject(LIFECYCLE) private readonly lifecycle: Lifecycle,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    this.subscription = await this.bus.subscribe(MODEL_POSITIONS, (body) => {
      const position = ModelPosition.safeParse(body);
      if (position.success) this.positions.announced(position.data);
    });
    await this.positions.refresh();
    await this.hub.start();
    this.lifecycle.onDrain('task streams', () => this.stopStreams());
  }

  async onModuleDestroy(): Promise<void> {
    await this.stopStreams();
    this.positions.close();
    await this.subscription?.stop();
    await this.keyUsage.close();
    await this.lists.close();
  }

  private stopStreams(): Promise<void> {
    return (this.stopping ??= this.hub.stop());
  }
}
