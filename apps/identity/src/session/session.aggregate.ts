import { sessionEvents, schemaVersionsOf, type EventOf, type SessionEvent } from '@ao/contracts';
import type { Aggregate, StreamAppend } from '@ao/event-log';
import { streamId } from '@ao/kernel';
import { sessionDecider, type SessionCommand } from './session.decider';
import type { SessionState } from './session.state';

/** Stream `session-<uuid>`. */
export const sessionAggregate: Aggregate<SessionState, SessionCommand, SessionEvent> = {
  category: 'session',
  decider: sessionDecider,
  schemaVersions: schemaVersionsOf(sessionEvents),
};

type SessionStarted = Extract<EventOf<typeof sessionEvents>, { type: 'SessionStarted' }>;

/** The part of a login's unit that begins the session. */
export function startSession(data: SessionStarted['data']): StreamAppend {
  const { category, type, schemaVersion } = sessionEvents.SessionStarted;
  return {
    stream_id: streamId(category, data.session_id),
    expected_version: 0,
    events: [{ type, schema_version: schemaVersion, data }],
  };
}
