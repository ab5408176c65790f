import type { RegistrationTokenDocument } from '@ao/contracts';
import type { Pool } from 'pg';
import { readDocumentPage } from '../page';

export interface RegistrationTokenFilter {
  /** Those too that were used, revoked or have expired. */
  readonly includeSpent: boolean;
  /** Unix milliseconds. */
  readonly now: number;
  readonly limit: number;
  readonly offset: number;
}

/** Reads of the model `registration_tokens`. */
export class RegistrationTokenQueries {
  constructor(private readonly pool: Pool) {}

  /** Newest first. */
  async list(filter: RegistrationTokenFilter): Promise<{ tokens: RegistrationTokenDocument[]; total: number }> {
    const now = new Date(filter.now).toISOString();
    const { documents, total } = await readDocumentPage<RegistrationTokenDocument>(this.pool, {
      name: 'registration_tokens',
      from: 'read_models.registration_tokens where ($1::boolean or (usable and expires_at > $2::timestamptz))',
      ...{ orderBy: 'created_at desc, id desc', values: [filter.includeSpent, now] },
      ...{ limit: filter.limit, offset: filter.offset },
    });
    return { tokens: documents, total };
  }
}
