import type { WebhookDocument } from '@ao/contracts';
import type { EventReader } from '@ao/event-log';
import type { Pool } from 'pg';
import { DocumentReader } from '../document.reader';
import { readDocumentPage } from '../page';
import { webhookProjection } from './webhook.projection';

export interface WebhookFilter {
  readonly status?: WebhookDocument['status'];
  readonly limit: number;
  readonly offset: number;
}

/** Reads of the model `webhooks`. */
export class WebhookQueries extends DocumentReader<WebhookDocument> {
  constructor(
    private readonly database: Pool,
    log: Pick<EventReader, 'readStream'>,
  ) {
    super(database, log, webhookProjection);
  }

  /** Newest first. */
  async list({ status, limit, offset }: WebhookFilter): Promise<{ webhooks: WebhookDocument[]; total: number }> {
    const { documents, total } = await readDocumentPage<WebhookDocument>(this.database, {
      name: 'webhooks',
      from: 'read_models.webhooks where ($1::text is null or status = $1)',
      ...{ orderBy: 'created_at desc, id desc', values: [status], limit, offset },
    });
    return { webhooks: documents, total };
  }
}
