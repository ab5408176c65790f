import type { SessionDocument, UserDocument } from '@ao/contracts';
import type { Pool } from 'pg';

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
    const [page, counted] = await Promise.all([
      this.pool.query<SessionOfUser>({
        name: 'list_active_sessions',
        text: `select s.document as session, u.document as "user"
                 from read_models.sessions s
                 join read_models.users u on u.id = s.user_id and u.credential_version = s.credential_version
                where not s.ended and s.expires_at > $1 and u.status = 'active' and ($2::text is null or s.user_id = $2)
                order by s.created_at desc, s.id desc limit $3 offset $4`,
        values: [now, userId, limit, offset],
      }),
      this.pool.query<{ total: string }>({
        name: 'count_active_sessions',
        text: `select count(*) as total
                 from read_models.sessions s
                 join read_models.users u on u.id = s.user_id and u.credential_version = s.credential_version
                where not s.ended and s.expires_at > $1 and u.status = 'active' and ($2::text is null or s.user_id = $2)`,
        values: [now, userId],
      }),
    ]);
    return { sessions: page.rows, total: Number(counted.rows[0]?.total ?? 0) };
  }
}
