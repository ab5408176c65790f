import { evolveWebhook, type WebhookDocument, type WebhookEvent } from '@ao/contracts';
import type { RecordedEvent } from '@ao/event-log';
import { idOf } from '@ao/kernel';
import type { Projection } from '@ao/projections';

export const WEBHOOKS = 'webhooks';

/** One row per webhook that there is. */
export const webhookProjection: Projection<WebhookDocument> = {
  name: WEBHOOKS,
  version: 1,
  categories: ['webhook'],
  table: 'read_models.webhooks',
  key: (event) => idOf(event.stream_id),
  evolve: (webhook, event) => evolveWebhook(webhook, event as RecordedEvent & WebhookEvent),
  columns: ({ status, created_at }) => ({ status, created_at }),
};
