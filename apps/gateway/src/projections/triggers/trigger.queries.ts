import type { TriggerDocument, TriggerType } from '@ao/contracts';
import type { EventReader } from '@ao/event-log';
import type { Pool } from 'pg';
import { DocumentReader } from '../document.reader';
import { readDocumentPage } from '../page';
import { triggerProjection } from './trigger.projection';

export interface TriggerFilter {
  readonly type?: TriggerType;
  readonly enabled?: boolean;
  readonly limit: number;
  readonly offset: number;
}

/** Reads of the model `triggers`. */
export class TriggerQueries extends DocumentReader<TriggerDocument> {
  constructor(
    private readonly database: Pool,
    log: Pick<EventReader, 'readStream'>,
  ) {
    super(database, log, triggerProjection);
  }

  /** Newest first. */
  async list({ type, enabled, limit, offset }: TriggerFilter): Promise<{ triggers: TriggerDocument[]; total: number }> {
    const { documents, total } = await readDocumentPage<TriggerDocument>(this.database, {
      name: 'triggers',
      from: 'read_models.triggers where ($1::boolean is null or enabled = $1) and ($2::text is null or type = $2)',
      ...{ orderBy: 'created_at desc, id desc', values: [enabled, type], limit, offset },
    });
    return { triggers: documents, total };
  }
}
