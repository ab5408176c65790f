import {
  fromPlatform,
  LIFECYCLE,
  LOGGER,
  PlatformModule,
  POOL,
  type Lifecycle,
  type Logger,
  type ServicePlatform,
} from '@ao/platform';
import { Inject, Module, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { Pool } from 'pg';
import { ChannelHandlers } from './channel/channel.handlers';
import { DeliveryHandlers } from './delivery/delivery.handlers';
import { FanOutHandlers } from './fan-out/fan-out.handlers';
import { InboxHandlers } from './inbox/inbox.handlers';
import { notificationsConfig, type NotificationsConfig } from './notifications.config';
import { NotificationsService } from './notifications.service';
import { RuleHandlers } from './rule/rule.handlers';
import { waitForSchema } from './schema';
import { WebhookHandlers } from './webhook/webhook.handlers';

const notificationsService = fromPlatform(
  NotificationsService,
  (platform: ServicePlatform<NotificationsConfig>) => new NotificationsService(platform),
);

/** Who is told what: on their page, by mail, by webhook. */
@Module({
  imports: [
    PlatformModule.forService({ service: 'notifications', schema: 'notifications', config: notificationsConfig }),
  ],
  controllers: [DeliveryHandlers, FanOutHandlers, WebhookHandlers, ChannelHandlers, RuleHandlers, InboxHandlers],
  providers: [notificationsService],
})
export class NotificationsModule implements OnApplicationBootstrap, OnModuleDestroy {
  constructor(
    @Inject(NotificationsService) private readonly notifications: NotificationsService,
    @Inject(POOL) private readonly pool: Pool,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(LIFECYCLE) private readonly lifecycle: Lifecycle,
  ) {}

  /** Before the command server listens. */
  async onApplicationBootstrap(): Promise<void> {
    await waitForSchema(this.pool, this.logger);
    this.lifecycle.onDrain('notifications', () => this.notifications.stop());
    await this.notifications.start();
  }

  async onModuleDestroy(): Promise<void> {
    await this.notifications.stop();
  }
}
