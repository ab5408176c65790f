import type { ApiKeyDocument } from '@ao/contracts';
import type { Pool } from 'pg';
import { readPage } from '../page';

export interface CredentialFilter {
  /** Of this owner only. */
  readonly ownerId?: string;
  readonly includeRevoked: boolean;
  readonly limit: number;
  readonly offset: number;
}

export type ApiKeyNow = ApiKeyDocument & {
  /** Telemetry, joined when asked: a few seconds late. */
  readonly last_used_at: string | null;
};

/** Reads of the model `api_keys`. */
export class ApiKeyQueries {
  constructor(private readonly pool: Pool) {}

  /** Newest first. */
  async list(filter: CredentialFilter): Promise<{ keys: ApiKeyNow[]; total: number }> {
    const { ownerId, includeRevoked, limit, offset } = filter;
    const { rows, total } = await readPage<{ document: ApiKeyDocument; last_used_at: Date | null }>(this.pool, {
      name: 'api_keys',
      select: 'k.document, u.last_used_at',
      from: `read_models.api_keys k left join telemetry.api_key_usage u on u.api_key_id = k.id::uuid
              where ($1::text is null or k.owner_id = $1) and ($2::boolean or not k.revoked)`,
      ...{ orderBy: 'k.created_at desc, k.id desc', values: [ownerId, includeRevoked], limit, offset },
    });
    const keys = rows.map(({ document, last_used_at }) => ({
      ...document,
      last_used_at: last_used_at?.toISOString() ?? null,
    }));
    return { keys, total };
  }
}
