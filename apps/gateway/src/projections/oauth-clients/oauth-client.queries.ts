import type { OAuthClientDocument } from '@ao/contracts';
import type { Pool } from 'pg';
import { readDocumentPage } from '../page';
import type { CredentialFilter } from '../api-keys/api-key.queries';

/** Reads of the model `oauth_clients`. */
export class OAuthClientQueries {
  constructor(private readonly pool: Pool) {}

  /** Newest first. */
  async list(filter: CredentialFilter): Promise<{ clients: OAuthClientDocument[]; total: number }> {
    const { ownerId, includeRevoked, limit, offset } = filter;
    const { documents, total } = await readDocumentPage<OAuthClientDocument>(this.pool, {
      name: 'oauth_clients',
      from: `read_models.oauth_clients
              where ($1::text is null or owner_id = $1) and ($2::boolean or not revoked)`,
      ...{ orderBy: 'created_at desc, id desc', values: [ownerId, includeRevoked], limit, offset },
    });
    return { clients: documents, total };
  }
}
