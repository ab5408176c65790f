import type { ApiKeyDocument } from '@ao/contracts';
import type { Pool } from 'pg';

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
    const [page, counted] = await Promise.all([
      this.pool.query<{ document: ApiKeyDocument; last_used_at: Date | null }>({
        name: 'list_api_keys',
        text: `select k.document, u.last_used_at
                 from read_models.api_keys k left join telemetry.api_key_usage u on u.api_key_id = k.id::uuid
                where ($1::text is null or k.owner_id = $1) and ($2::boolean or not k.revoked)
                order by k.created_at desc, k.id desc limit $3 offset $4`,
        values: [ownerId, includeRevoked, limit, offset],
      }),
      this.pool.query<{ total: string }>({
        name: 'count_api_keys',
        text: `select count(*) as total from read_models.api_keys k
                where ($1::text is null or k.owner_id = $1) and ($2::boolean or not k.revoked)`,
        values: [ownerId, includeRevoked],
      }),
    ]);
    return {
      keys: page.rows.map(({ document, last_used_at }) => ({
        ...document,
        last_used_at: last_used_at?.toISOString() ?? null,
      })),
      total: Number(counted.rows[0]?.total ?? 0),
    };
  }
}
