import { readAt, type InboxDocument, type NotificationDocument, type PreferencesDocument } from '@ao/contracts';
import type { EventReader } from '@ao/event-log';
import type { Pool } from 'pg';
import { DocumentReader } from '../document.reader';
import { readPage } from '../page';
import { inboxProjection, notificationProjection, preferencesProjection } from './notification.projection';

/** What an inbox shows and counts: the newest of a person's notifications. The log has them all. */
export const MOST_IN_INBOX = 1_000;

export interface InboxFilter {
  readonly unread?: boolean;
  readonly limit: number;
  readonly offset: number;
}

export interface ListedNotification {
  readonly notification: NotificationDocument;
  /** By itself or with all the others. */
  readonly read_at: string | null;
}

/** Documents are looked into for the page alone. */
const INBOX = `(select n.document, n.at, n.read or n.at <= coalesce(i.read_until, 0) as read, i.document as inbox
                  from read_models.notifications n left join read_models.inboxes i on i.id = n.user_id
                 where n.user_id = $1 order by n.at desc limit ${MOST_IN_INBOX}) n`;

/** Reads of the models `notifications`, `inboxes` and `preferences`. */
export class NotificationQueries {
  readonly one: DocumentReader<NotificationDocument>;
  readonly preferences: DocumentReader<PreferencesDocument>;
  private readonly inboxes: DocumentReader<InboxDocument>;

  constructor(
    private readonly pool: Pool,
    log: Pick<EventReader, 'readStream'>,
  ) {
    this.one = new DocumentReader(pool, log, notificationProjection);
    this.inboxes = new DocumentReader(pool, log, inboxProjection);
    this.preferences = new DocumentReader(pool, log, preferencesProjection);
  }

  /** A person's, newest first. */
  async list(
    userId: string,
    { unread, limit, offset }: InboxFilter,
  ): Promise<{ notifications: ListedNotification[]; total: number }> {
    const { rows, total } = await readPage<Row>(this.pool, {
      name: 'notifications',
      select: 'document, inbox',
      from: `${INBOX} where ($2::boolean is null or $2 = not read)`,
      ...{ orderBy: 'at desc', values: [userId, unread], limit, offset },
    });
    return { notifications: rows.map(({ document, inbox }) => listed(document, inbox ?? undefined)), total };
  }

  /** Of what the inbox shows: a stretch of one index. */
  async unreadCount(userId: string): Promise<number> {
    const { rows } = await this.pool.query<{ count: number }>({
      name: 'count_unread_notifications',
      text: `select count(*)::int as count
               from (select at, read from read_models.notifications
                      where user_id = $1 order by at desc limit ${MOST_IN_INBOX}) n
              where not read and at > coalesce((select read_until from read_models.inboxes where id = $1), 0)`,
      values: [userId],
    });
    return rows[0]?.count ?? 0;
  }

  /** Where in the log the newest of a person's notifications was created; 0: there is none. */
  async newest(userId: string): Promise<number> {
    const { rows } = await this.pool.query<{ at: string | null }>({
      name: 'newest_notification',
      text: 'select max(at) as at from read_models.notifications where user_id = $1',
      values: [userId],
    });
    return Number(rows[0]?.at ?? 0);
  }

  /** As the log has it, after it was read. */
  async fresh(id: string): Promise<ListedNotification | undefined> {
    const notification = await this.one.fresh(id);
    if (!notification) return undefined;
    return listed(notification, await this.inboxes.fresh(notification.user_id));
  }
}

interface Row {
  readonly document: NotificationDocument;
  readonly inbox: InboxDocument | null;
}

function listed(notification: NotificationDocument, inbox: InboxDocument | undefined): ListedNotification {
  return { notification, read_at: readAt(notification, inbox) };
}
