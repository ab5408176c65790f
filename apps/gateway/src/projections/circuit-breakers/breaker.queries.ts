import type { BreakerDocument, BreakerStateName } from '@ao/contracts';
import type { EventReader } from '@ao/event-log';
import type { Pool } from 'pg';
import { DocumentReader } from '../document.reader';
import { readDocumentPage } from '../page';
import { breakerProjection } from './breaker.projection';

export interface BreakerFilter {
  readonly state?: BreakerStateName;
  readonly limit: number;
  readonly offset: number;
}

/** Reads of the model `circuit_breakers`. */
export class BreakerQueries extends DocumentReader<BreakerDocument> {
  constructor(
    private readonly database: Pool,
    log: Pick<EventReader, 'readStream'>,
  ) {
    super(database, log, breakerProjection);
  }

  /** By name. */
  async list({ state, limit, offset }: BreakerFilter): Promise<{ breakers: BreakerDocument[]; total: number }> {
    const { documents, total } = await readDocumentPage<BreakerDocument>(this.database, {
      name: 'circuit_breakers',
      from: 'read_models.circuit_breakers where ($1::text is null or state = $1)',
      ...{ orderBy: 'name', values: [state], limit, offset },
    });
    return { breakers: documents, total };
  }
}
