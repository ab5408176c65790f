import type { RegistrationTokenDocument } from '@ao/contracts';
import type { Pool } from 'pg';

export interface RegistrationTokenFilter {
  /** Those too that were used, revoked or have expired. */
  readonly includeSpent: boolean;
  /** Unix milliseconds. */
  readonly now: number;
  readonly limit: number;
  readonly offset: number;
}

const WHERE = '($1::boolean or (usable and expires_at > $2::timestamptz))';

/** Reads of the model `registration_tokens`. */
export class RegistrationTokenQueries {
  constructor(private readonly pool: Pool) {}

  /** Newest first. */
  async list(filter: RegistrationTokenFilter): Promise<{ tokens: RegistrationTokenDocument[]; total: number }> {
    const now = new Date(filter.now).toISOString();
    const [page, counted] = await Promise.all([
      this.pool.query<{ document: RegistrationTokenDocument }>({
        name: 'list_registration_tokens',
        text: `select document from read_models.registration_tokens where ${WHERE}
                order by created_at desc, id desc limit $3 offset $4`,
        values: [filter.includeSpent, now, filter.limit, filter.offset],
      }),
      this.pool.query<{ total: string }>({
        name: 'count_registration_tokens',
        text: `select count(*) as total from read_models.registration_tokens where ${WHERE}`,
        values: [filter.includeSpent, now],
      }),
    ]);
    return { tokens: page.rows.map(({ document }) => document), total: Number(counted.rows[0]?.total ?? 0) };
  }
}
