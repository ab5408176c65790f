import type { OAuthClientDocument } from '@ao/contracts';
import type { Pool } from 'pg';
import type { CredentialFilter } from '../api-keys/api-key.queries';

/** Reads of the model `oauth_clients`. */
export class OAuthClientQueries {
  constructor(private readonly pool: Pool) {}

  /** Newest first. */
  async list(filter: CredentialFilter): Promise<{ clients: OAuthClientDocument[]; total: number }> {
    const { ownerId, includeRevoked, limit, offset } = filter;
    const [page, counted] = await Promise.all([
      this.pool.query<{ document: OAuthClientDocument }>({
        name: 'list_oauth_clients',
        text: `select document from read_models.oauth_clients
                where ($1::text is null or owner_id = $1) and ($2::boolean or not revoked)
                order by created_at desc, id desc limit $3 offset $4`,
        values: [ownerId, includeRevoked, limit, offset],
      }),
      this.pool.query<{ total: string }>({
        name: 'count_oauth_clients',
        text: `select count(*) as total from read_models.oauth_clients
                where ($1::text is null or owner_id = $1) and ($2::boolean or not revoked)`,
        values: [ownerId, includeRevoked],
      }),
    ]);
    return { clients: page.rows.map(({ document }) => document), total: Number(counted.rows[0]?.total ?? 0) };
  }
}
