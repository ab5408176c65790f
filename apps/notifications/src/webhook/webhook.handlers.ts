import {
  changeWebhook,
  createWebhook,
  deleteWebhook,
  enableWebhook,
  replayWebhook,
  rotateWebhookSecret,
  type DataOf,
} from '@ao/contracts';
import type { CommandMetadata } from '@ao/kernel';
import { CommandHandler, type Answer } from '@ao/messaging';
import { Controller, Inject } from '@nestjs/common';
import { NotificationsService } from '../notifications.service';

/** The doors of webhooks on NATS. */
@Controller()
export class WebhookHandlers {
  constructor(@Inject(NotificationsService) private readonly service: NotificationsService) {}

  @CommandHandler(createWebhook)
  create(data: DataOf<typeof createWebhook>, metadata: CommandMetadata): Answer<typeof createWebhook> {
    return this.service.webhooks.create(data, metadata);
  }

  @CommandHandler(changeWebhook)
  change(data: DataOf<typeof changeWebhook>, metadata: CommandMetadata): Answer<typeof changeWebhook> {
    return this.service.webhooks.change(data, metadata);
  }

  @CommandHandler(deleteWebhook)
  delete(data: DataOf<typeof deleteWebhook>, metadata: CommandMetadata): Answer<typeof deleteWebhook> {
    return this.service.webhooks.delete(data, metadata);
  }

  @CommandHandler(rotateWebhookSecret)
  rotate(data: DataOf<typeof rotateWebhookSecret>, metadata: CommandMetadata): Answer<typeof rotateWebhookSecret> {
    return this.service.webhooks.rotate(data, metadata);
  }

  @CommandHandler(enableWebhook)
  enable(data: DataOf<typeof enableWebhook>, metadata: CommandMetadata): Answer<typeof enableWebhook> {
    return this.service.webhooks.enable(data, metadata);
  }

  @CommandHandler(replayWebhook)
  replay(data: DataOf<typeof replayWebhook>, metadata: CommandMetadata): Answer<typeof replayWebhook> {
    return this.service.webhooks.replay(data, metadata);
  }
}
