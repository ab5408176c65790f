import type { BreakerDocument, BreakerStateName } from '@ao/contracts';
import type { EventReader } from '@ao/event-log';
import type { Pool } from 'pg';
import { DocumentReader } from '../document.reader';
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
    const [page, counted] = await Promise.all([
      this.database.query<{ document: BreakerDocument }>({
        name: 'list_circuit_breakers',
        text: `select document from read_models.circuit_breakers where ($1::text is null or state = $1)
                order by name limit $2 offset $3`,
        values: [state, limit, offset],
      }),
      this.database.query<{ total: string }>({
        name: 'count_circuit_breakers',
        text: 'select count(*) as total from read_models.circuit_breakers where ($1::text is null or state = $1)',
        values: [state],
      }),
    ]);
    return { breakers: page.rows.map(({ document }) => document), total: Number(counted.rows[0]?.total ?? 0) };
  }
}
