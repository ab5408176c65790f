import { evolveSession, type SessionDocument, type SessionEvent } from '@ao/contracts';
import type { RecordedEvent } from '@ao/event-log';
import { idOf } from '@ao/kernel';
import type { Projection } from '@ao/projections';

export const SESSIONS = 'sessions';

/** One row per login. Whether it still holds, its user's `credential_version` says too. */
export const sessionProjection: Projection<SessionDocument> = {
  name: SESSIONS,
  version: 1,
  categories: ['session'],
  table: 'read_models.sessions',
  key: (event) => idOf(event.stream_id),
  evolve: (session, event) => evolveSession(session, event as RecordedEvent & SessionEvent),
  columns: ({ user_id, credential_version, ended_at, expires_at, started_at }) => ({
    ...{ user_id, credential_version, expires_at },
    ended: ended_at !== null,
    created_at: started_at,
  }),
};
