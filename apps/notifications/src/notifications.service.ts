import { ServiceParts, type ServicePlatform } from '@ao/platform';
import { createAlerts } from './alert/alerts';
import { createChannelPart } from './channel/channel.part';
import type { Channels } from './channel/channels';
import { createMailTransport, type MailTransport } from './channel/mail.transport';
import { createDeliveries, type DeliveriesPart } from './delivery/deliveries';
import { createWebhookFanOut } from './fan-out/webhook-fan-out';
import { createInbox } from './inbox/create-inbox';
import type { Notices } from './inbox/notices';
import type { NotificationsConfig } from './notifications.config';
import type { Part } from './part';
import { createRules, type Rules } from './rule/rules';
import { createWebhooks } from './webhook/webhook.part';
import type { Webhooks } from './webhook/webhooks';

/** The parts of the service, for the handlers to ask. */
export class NotificationsService {
  readonly rules: Rules;
  readonly deliveries: DeliveriesPart;
  readonly webhooks: Webhooks;
  readonly channels: Channels;
  readonly notices: Notices;
  private readonly mail: MailTransport;
  private readonly parts: readonly Part[];
  private readonly running: ServiceParts<NotificationsConfig>;

  constructor(platform: ServicePlatform<NotificationsConfig>) {
    this.running = new ServiceParts('notifications', platform);
    const { dependencies } = this.running;
    this.rules = createRules(dependencies);
    this.deliveries = createDeliveries(dependencies);
    const { SMTP_URL: smtpUrl, MAIL_FROM: from, ALLOW_PRIVATE_WEBHOOKS: allowPrivate } = platform.config;
    this.mail = createMailTransport({ smtpUrl, from, allowPrivate });
    const inbox = createInbox(dependencies, this.deliveries, this.mail);
    this.notices = inbox.notices;
    const channels = createChannelPart({ ...dependencies, deliveries: this.deliveries, mail: this.mail });
    this.channels = channels.channels;
    const webhooks = createWebhooks(dependencies);
    this.webhooks = webhooks.webhooks;
    const fanOut = createWebhookFanOut({ ...dependencies, deliveries: this.deliveries, secrets: webhooks.secrets });
    this.parts = [this.deliveries, webhooks, fanOut, channels, inbox, createAlerts(dependencies), this.rules];
  }

  start(): Promise<void> {
    return this.running.start(this.parts);
  }

  async stop(): Promise<void> {
    await this.running.stop();
    this.mail.close();
  }
}
