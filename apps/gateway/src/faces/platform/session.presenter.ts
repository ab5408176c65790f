import type { SessionOfUser } from '../../projections/sessions/session.queries';
import type { OpenText, SealedItem } from './sealed-texts';
import type { ShownSession } from './session.schemas';
import { sealedOfUser } from './user.presenter';

/** What `presentSession` will want to have opened. */
export const sealedOfSession = ({ session, user }: SessionOfUser): SealedItem[] => [
  ...sealedOfUser(user),
  ...(session.address === null ? [] : [{ sealed: session.address, context: 'address' as const }]),
  ...(session.user_agent === null ? [] : [{ sealed: session.user_agent, context: 'user_agent' as const }]),
];

export function presentSession(
  { session, user }: SessionOfUser,
  open: OpenText,
  currentId: string | undefined,
): ShownSession {
  return {
    id: session.session_id,
    user: {
      id: user.user_id,
      email: open(user.email, 'email'),
      full_name: open(user.full_name, 'full_name'),
      role: user.role,
    },
    current: session.session_id === currentId,
    mfa: session.mfa,
    address: session.address === null ? null : open(session.address, 'address'),
    user_agent: session.user_agent === null ? null : open(session.user_agent, 'user_agent'),
    started_at: session.started_at,
    refreshed_at: session.refreshed_at,
    expires_at: session.expires_at,
  };
}
