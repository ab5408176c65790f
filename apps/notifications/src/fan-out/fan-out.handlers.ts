import { Controller, Inject } from '@nestjs/common';
import { testWebhook, webhookProgress, type DataOf, type ResultOf } from '@ao/contracts';
import type { CommandShell } from '@ao/event-log';
import { derivedId, type CommandMetadata, type Rejection } from '@ao/kernel';
import { CommandHandler, QueryHandler, done, type Answer } from '@ao/messaging';
import { COMMAND_SHELL, POOL } from '@ao/platform';
import type { Pool } from 'pg';
import { lookUntil } from '../look-until';
import { NotificationsService } from '../notifications.service';
import { unknownWebhook, webhookAggregate } from '../webhook/webhook.decider';
import { filterErrorsOf, readWebhooks, replaysOf } from './webhook-table';

/** Of the progress that is shown. */
const MOST_REPLAYS = 20;
const PATIENCE = { everyMs: 50, withinMs: 2_000 };

/** The doors of what webhooks are sent. Any replica answers. */
@Controller()
export class FanOutHandlers {
  constructor(
    @Inject(NotificationsService) private readonly service: NotificationsService,
    @Inject(COMMAND_SHELL) private readonly shell: CommandShell,
    @Inject(POOL) private readonly pool: Pool,
  ) {}

  /** The id is derived: the same command shows what became of it, under the same id, in the log. */
  @CommandHandler(testWebhook)
  async test({ webhook_id }: DataOf<typeof testWebhook>, metadata: CommandMetadata): Answer<typeof testWebhook> {
    if (!(await this.exists(webhook_id))) return unknownWebhook('test', webhook_id);
    await this.isKnown(webhook_id);
    const delivery_id = derivedId('test-delivery', metadata.command_id);
    const target = { kind: 'webhook', id: webhook_id } as const;
    return done(await this.service.deliveries.test({ delivery_id, target }));
  }

  @QueryHandler(webhookProgress)
  async progress({
    webhook_id,
  }: DataOf<typeof webhookProgress>): Promise<ResultOf<typeof webhookProgress> | Rejection> {
    if (!(await this.exists(webhook_id))) return unknownWebhook('show', webhook_id);
    const { targets } = this.service.deliveries;
    const target = { kind: 'webhook', id: webhook_id } as const;
    const [figures, filter, pending, replays] = await Promise.all([
      targets.figures(target),
      filterErrorsOf(this.pool, webhook_id),
      targets.pendingOf(target),
      replaysOf(this.pool, webhook_id, MOST_REPLAYS),
    ]);
    const { delivered = 0, failed = 0, last_delivered_at = null, failing_since = null } = figures ?? {};
    const { filter_errors = 0, last_filter_error = null } = filter ?? {};
    return {
      ...{ pending, delivered, failed, last_delivered_at, failing_since },
      ...{ last_attempt: figures?.last_attempt ?? null, filter_errors, last_filter_error, replays },
    };
  }

  private async exists(webhookId: string): Promise<boolean> {
    const { state } = await this.shell.state(webhookAggregate, webhookId, { fresh: true });
    return state !== undefined;
  }

  /** A webhook that was made just now may not be in the table yet. */
  private async isKnown(webhookId: string): Promise<void> {
    await lookUntil(async () => (await readWebhooks(this.pool, [webhookId])).length > 0, PATIENCE);
  }
}
