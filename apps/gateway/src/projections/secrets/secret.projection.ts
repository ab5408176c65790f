import { evolveSecret, type SecretDocument, type SecretEvent } from '@ao/contracts';
import type { RecordedEvent } from '@ao/event-log';
import { idOf } from '@ao/kernel';
import type { Projection } from '@ao/projections';

export const SECRETS = 'secrets';

/** One row per secret there is, without its value. */
export const secretProjection: Projection<SecretDocument> = {
  name: SECRETS,
  version: 1,
  categories: ['secret'],
  table: 'read_models.secrets',
  key: (event) => idOf(event.stream_id),
  evolve: (secret, event) => evolveSecret(secret, event as RecordedEvent & SecretEvent),
  columns: ({ name, category, expires_at, created_at }) => ({ name, category, expires_at, created_at }),
};
