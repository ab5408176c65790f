import type { PersonRole, UserDocument } from '@ao/contracts';
import type { EventReader } from '@ao/event-log';
import type { Pool } from 'pg';
import { DocumentReader } from '../document.reader';
import { userProjection } from './user.projection';

export interface UserFilter {
  readonly status?: UserDocument['status'];
  readonly role?: PersonRole;
  readonly limit: number;
  readonly offset: number;
}

/** Reads of the model `users`. */
export class UserQueries extends DocumentReader<UserDocument> {
  constructor(
    private readonly database: Pool,
    log: Pick<EventReader, 'readStream'>,
  ) {
    super(database, log, userProjection);
  }

  /** Newest first; the total comes from the counters and costs nothing. */
  async list({ status, role, limit, offset }: UserFilter): Promise<{ users: UserDocument[]; total: number }> {
    const [page, counters] = await Promise.all([
      this.database.query<{ document: UserDocument }>({
        name: 'list_users',
        text: `select document from read_models.users
                where ($1::text is null or status = $1) and ($2::text is null or role = $2)
                order by created_at desc, id desc limit $3 offset $4`,
        values: [status, role, limit, offset],
      }),
      this.database.query<{ counter: string; value: number }>({
        name: 'count_users',
        text: 'select counter, value from read_models.user_counters',
      }),
    ]);
    const counted = counters.rows.filter(({ counter }) => {
      const [ofStatus, ofRole] = counter.split('.');
      return (status === undefined || ofStatus === status) && (role === undefined || ofRole === role);
    });
    return {
      users: page.rows.map(({ document }) => document),
      total: counted.reduce((sum, { value }) => sum + Number(value), 0),
    };
  }
}
