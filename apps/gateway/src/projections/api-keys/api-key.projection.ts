import { evolveApiKey, type ApiKeyDocument, type ApiKeyEvent } from '@ao/contracts';
import type { RecordedEvent } from '@ao/event-log';
import { idOf } from '@ao/kernel';
import type { Projection } from '@ao/projections';

export const API_KEYS = 'api_keys';

/** One row per API key, the revoked too. */
export const apiKeyProjection: Projection<ApiKeyDocument> = {
  name: API_KEYS,
  version: 1,
  categories: ['apikey'],
  table: 'read_models.api_keys',
  key: (event) => idOf(event.stream_id),
  evolve: (key, event) => evolveApiKey(key, event as RecordedEvent & ApiKeyEvent),
  columns: ({ owner, revoked_at, expires_at, created_at }) => ({
    ...{ owner_type: owner.type, owner_id: owner.id, expires_at, created_at },
    revoked: revoked_at !== null,
  }),
};
