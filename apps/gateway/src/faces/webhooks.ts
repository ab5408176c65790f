import type { EventLog } from '@ao/event-log';
import { EVENT_LOG, POOL } from '@ao/platform';
import type { Pool } from 'pg';
import { CommandPath } from '../commands/command-path';
import { made } from '../made';
import { WebhookQueries } from '../projections/webhooks/webhook.queries';
import { DeliveryDesk } from './platform/delivery.desk';
import { WebhookDeliveriesController } from './platform/webhook-deliveries.controller';
import { WebhooksController } from './platform/webhooks.controller';

/** The routes of webhooks. */
export const webhookControllers = [WebhooksController, WebhookDeliveriesController];

export const webhookProviders = [
  made(WebhookQueries, [POOL, EVENT_LOG], (pool: Pool, log: EventLog) => new WebhookQueries(pool, log)),
  // Of channels' deliveries too.
  made(DeliveryDesk, [CommandPath], (commands: CommandPath) => new DeliveryDesk(commands)),
];
