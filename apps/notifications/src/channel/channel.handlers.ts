import { Controller, Inject } from '@nestjs/common';
import { changeChannel, createChannel, deleteChannel, testChannel, type DataOf } from '@ao/contracts';
import type { CommandMetadata } from '@ao/kernel';
import { CommandHandler, type Answer } from '@ao/messaging';
import { NotificationsService } from '../notifications.service';

/** The doors of channels on NATS. */
@Controller()
export class ChannelHandlers {
  constructor(@Inject(NotificationsService) private readonly service: NotificationsService) {}

  @CommandHandler(createChannel)
  create(data: DataOf<typeof createChannel>, metadata: CommandMetadata): Answer<typeof createChannel> {
    return this.service.channels.create(data, metadata);
  }

  @CommandHandler(changeChannel)
  change(data: DataOf<typeof changeChannel>, metadata: CommandMetadata): Answer<typeof changeChannel> {
    return this.service.channels.change(data, metadata);
  }

  @CommandHandler(deleteChannel)
  delete(data: DataOf<typeof deleteChannel>, metadata: CommandMetadata): Answer<typeof deleteChannel> {
    return this.service.channels.delete(data, metadata);
  }

  @CommandHandler(testChannel)
  test(data: DataOf<typeof testChannel>, metadata: CommandMetadata): Answer<typeof testChannel> {
    return this.service.channels.test(data, metadata);
  }
}
