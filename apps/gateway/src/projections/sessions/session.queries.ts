import type { SessionDocument, UserDocument } from '@ao/contracts';
import type { Pool } from 'pg';
import { readPage } from '../page';

export interface SessionFilter {
  readonly userId?: string;
  readonly limit: number;
  readonly offset: number;
}

export interface SessionOfUser {
  readonly session: SessionDocument;
  readonly user: UserDocument;
}

/** Reads of the model `sessions`. */
export class SessionQueries {
  constructor(
    private readonly pool: Pool,
    private readonly clock: { now(): number },
  ) {}

  /** The sessions that may still be used: not ended, not over, and begun under the user's present credentials. Newest first. */
  async listActive({ userId, limit, offset }: SessionFilter): Promise<{ sessions: SessionOfUser[]; total: number }> {
    const now = new Date(this.clock.now());
    const { rows, total } = await readPage<SessionOfUser>(this.pool, {
      name: 'active_sessions',
      select: 's.document as session, u.document as "user"',
      from: `read_models.sessions s
             join read_models.users u on u.id = s.user_id and u.credential_version = s.credential_version
             where not s.ended and s.expires_at > $1 and u.status = 'active' and ($2::text is null or s.user_id = $2)`,
      ...{ orderBy: 's.created_at desc, s.id desc', values: [now, userId], limit, offset },
    });
    return { sessions: rows, total };
  }
}
