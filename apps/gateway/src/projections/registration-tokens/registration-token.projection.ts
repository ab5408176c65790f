import { evolveRegistrationToken, type RegistrationTokenDocument, type RegistrationTokenEvent } from '@ao/contracts';
import type { RecordedEvent } from '@ao/event-log';
import { idOf } from '@ao/kernel';
import type { Projection } from '@ao/projections';

export const REGISTRATION_TOKENS = 'registration_tokens';

/** One row per registration token, the used and revoked too. */
export const registrationTokenProjection: Projection<RegistrationTokenDocument> = {
  name: REGISTRATION_TOKENS,
  version: 1,
  categories: ['registrationtoken'],
  table: 'read_models.registration_tokens',
  key: (event) => idOf(event.stream_id),
  evolve: (token, event) => evolveRegistrationToken(token, event as RecordedEvent & RegistrationTokenEvent),
  columns: ({ used_at, revoked_at, expires_at, created_at }) => ({
    usable: used_at === null && revoked_at === null,
    ...{ expires_at, created_at },
  }),
};
