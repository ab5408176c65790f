import { evolveOAuthClient, type OAuthClientDocument, type OAuthClientEvent } from '@ao/contracts';
import type { RecordedEvent } from '@ao/event-log';
import { idOf } from '@ao/kernel';
import type { Projection } from '@ao/projections';

export const OAUTH_CLIENTS = 'oauth_clients';

/** One row per OAuth client, the revoked too. */
export const oauthClientProjection: Projection<OAuthClientDocument> = {
  name: OAUTH_CLIENTS,
  version: 1,
  categories: ['oauthclient'],
  table: 'read_models.oauth_clients',
  key: (event) => idOf(event.stream_id),
  evolve: (client, event) => evolveOAuthClient(client, event as RecordedEvent & OAuthClientEvent),
  columns: ({ owner, revoked_at, created_at }) => ({
    ...{ owner_type: owner.type, owner_id: owner.id, created_at },
    revoked: revoked_at !== null,
  }),
};
