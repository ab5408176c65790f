import type { RuleDocument } from '@ao/contracts';
import type { EventReader } from '@ao/event-log';
import type { Pool } from 'pg';
import { DocumentReader } from '../document.reader';
import { readDocumentPage } from '../page';
import { ruleProjection } from './rule.projection';

export interface RuleFilter {
  readonly enabled?: boolean;
  readonly limit: number;
  readonly offset: number;
}

/** Reads of the model `notification-rules`. */
export class RuleQueries extends DocumentReader<RuleDocument> {
  constructor(
    private readonly database: Pool,
    log: Pick<EventReader, 'readStream'>,
  ) {
    super(database, log, ruleProjection);
  }

  /** Newest first. */
  async list({ enabled, limit, offset }: RuleFilter): Promise<{ rules: RuleDocument[]; total: number }> {
    const { documents, total } = await readDocumentPage<RuleDocument>(this.database, {
      name: 'notification_rules',
      from: 'read_models.notification_rules where ($1::boolean is null or enabled = $1)',
      ...{ orderBy: 'created_at desc, id desc', values: [enabled], limit, offset },
    });
    return { rules: documents, total };
  }
}
