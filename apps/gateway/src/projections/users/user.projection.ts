import { evolveUser, type UserDocument, type UserEvent } from '@ao/contracts';
import type { RecordedEvent } from '@ao/event-log';
import { idOf } from '@ao/kernel';
import { countersOf, type Projection } from '@ao/projections';

export const USERS = 'users';

/** One row per user, sealed where it is personal; and how many there are of each status and role. */
export const userProjection: Projection<UserDocument> = {
  name: USERS,
  version: 1,
  categories: ['user'],
  table: 'read_models.users',
  key: (event) => idOf(event.stream_id),
  evolve: (user, event) => evolveUser(user, event as RecordedEvent & UserEvent),
  columns: ({ status, role, email_index, credential_version, registered_at }) => ({
    ...{ status, role, email_index, credential_version },
    created_at: registered_at,
  }),
  counters: countersOf('read_models.user_counters', ({ status, role }) => ({ [`${status}.${role}`]: 1 })),
};
