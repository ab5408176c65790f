import { ModelPositionBatch } from '@ao/contracts';
import { MODEL_POSITIONS, type Bus, type BusSubscription } from '@ao/messaging';
import { BUS, LIFECYCLE, type Lifecycle } from '@ao/platform';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { ModelPositions } from './commands/model-positions';
import { EventHub } from './live/event-hub';
import { TaskStreamHub } from './live/task-stream.hub';
import { ApiKeyUsage } from './projections/api-keys/api-key.usage';
import { ReadModelLists } from './projections/read-model-lists';

/** Starts and ends what lives beside the routes: the positions of the models, the agents' sockets and the listeners'. */
@Injectable()
export class GatewayRuntime implements OnApplicationBootstrap, OnModuleDestroy {
  private subscription: BusSubscription | undefined;
  private stopping: Promise<unknown> | undefined;

  constructor(
    private readonly positions: ModelPositions,
    private readonly hub: TaskStreamHub,
    private readonly events: EventHub,
    private readonly lists: ReadModelLists,
    private readonly keyUsage: ApiKeyUsage,
    @Inject(BUS) private readonly bus: Bus,
    @Inject(LIFECYCLE) private readonly lifecycle: Lifecycle,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const heard = (body: unknown) => {
      for (const position of ModelPositionBatch.safeParse(body).data ?? []) this.positions.announced(position);
    };
    // Its own are told to it when they are made.
    this.subscription = await this.bus.subscribe(MODEL_POSITIONS, heard, { own: false });
    await this.positions.refresh();
    this.events.start();
    await this.hub.start();
    this.lifecycle.onDrain('streams of tasks and events', () => this.stopStreams().then(() => undefined));
  }

  async onModuleDestroy(): Promise<void> {
    await this.stopStreams();
    this.positions.close();
    await this.subscription?.stop();
    await this.keyUsage.close();
    await this.lists.close();
  }

  private stopStreams(): Promise<unknown> {
    return (this.stopping ??= Promise.all([this.hub.stop(), this.events.stop()]));
  }
}
