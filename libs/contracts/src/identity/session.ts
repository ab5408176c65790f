import { z } from 'zod';
import { event, type EventOf } from '../contract';
import { Id, Time } from '../text';
import { Sealed } from './sealed';

const CATEGORY = 'session';

export const SessionEnd = z.enum(['logged_out', 'revoked', 'refresh_token_reused']);

/**
 * A login and the refresh tokens that descend from it (one family): stream `session-<uuid>`. Token n is derived from the
 * sealed seed, so that within the grace the same successor can be given again and none is ever stored.
 */
export const sessionEvents = {
  SessionStarted: event(
    CATEGORY,
    'SessionStarted',
    1,
    z.object({
      session_id: Id,
      user_id: Id,
      /** The user's at the login; see `UserDocument`. */
      credential_version: z.int(),
      seed: Sealed,
      /** Whether a second factor was given. */
      mfa: z.boolean(),
      address: Sealed.nullable(),
      user_agent: Sealed.nullable(),
      started_at: Time,
      /** No refresh leads past this. */
      expires_at: Time,
    }),
  ),
  SessionRefreshed: event(CATEGORY, 'SessionRefreshed', 1, z.object({ session_id: Id, generation: z.int(), at: Time })),
  SessionEnded: event(
    CATEGORY,
    'SessionEnded',
    1,
    z.object({ session_id: Id, user_id: Id, reason: SessionEnd, at: Time }),
  ),
} as const;
export type SessionEvent = EventOf<typeof sessionEvents>;

export const SessionDocument = z.object({
  session_id: Id,
  user_id: Id,
  credential_version: z.int(),
  mfa: z.boolean(),
  address: Sealed.nullable(),
  user_agent: Sealed.nullable(),
  started_at: Time,
  refreshed_at: Time,
  expires_at: Time,
  ended_at: Time.nullable(),
  end_reason: SessionEnd.nullable(),
});
export type SessionDocument = z.infer<typeof SessionDocument>;

export function evolveSession(session: SessionDocument | undefined, event: SessionEvent): SessionDocument | undefined {
  if (event.type === 'SessionStarted') {
    const { seed: _seed, ...data } = event.data;
    return { ...data, refreshed_at: data.started_at, ended_at: null, end_reason: null };
  }
  if (!session) return session;
  switch (event.type) {
    case 'SessionRefreshed':
      return { ...session, refreshed_at: event.data.at };
    case 'SessionEnded':
      return { ...session, ended_at: event.data.at, end_reason: event.data.reason };
    default:
      return session;
  }
}
