import { endSession } from '@ao/contracts';
import type { CommandPath } from '../../commands/command-path';
import type { Call } from '../../http/call';
import type { Freshness } from '../../projections/moment';
import { SESSIONS } from '../../projections/sessions/session.projection';
import type { SessionFilter, SessionQueries } from '../../projections/sessions/session.queries';
import { announcePage } from './paging';
import { notFound } from './path-id';
import type { SealedTexts } from './sealed-texts';
import { presentSession, sealedOfSession } from './session.presenter';
import type { ShownSession } from './session.schemas';

/** Sessions as administrators and their owners see and end them. */
export class SessionDesk {
  constructor(
    private readonly commands: CommandPath,
    private readonly sessions: SessionQueries,
    private readonly texts: SealedTexts,
    private readonly freshness: Freshness,
  ) {}

  async list(call: Call, filter: SessionFilter & { readonly at_least?: number }): Promise<ShownSession[]> {
    await this.freshness.seen(SESSIONS, filter.at_least);
    const { sessions, total } = await this.sessions.listActive(filter);
    announcePage(call, { total, limit: filter.limit, offset: filter.offset });
    const open = await this.texts.open(call, sessions.flatMap(sealedOfSession));
    return sessions.map((session) => presentSession(session, open, call.principal.session?.id));
  }

  /** `userId`: only if it is that user's; another's is told apart from none by nobody. */
  async revoke(call: Call, id: string, userId?: string): Promise<{ revoked: true; id: string; revoked_at: string }> {
    const { ended_at } = await this.commands.send(
      call,
      endSession,
      { session_id: id, user_id: userId, reason: 'revoked' },
      { models: [SESSIONS], refusal: ({ rejection }) => (rejection === 'not_found' ? notFound('Session') : undefined) },
    );
    return { revoked: true, id, revoked_at: ended_at };
  }
}
