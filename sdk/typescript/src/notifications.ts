import { camelKeys, snakeKeys } from './casing';
import type { CallOptions, HttpTransport, WriteOptions } from './http';
import { everyPage } from './paging';

export type NotificationSeverity = 'info' | 'warning' | 'critical';

export interface Notification {
  readonly id: string;
  readonly severity: NotificationSeverity;
  /** What it is about (`task.failed`); null: several events. */
  readonly event: string | null;
  readonly position: number | null;
  readonly subject: string;
  readonly body: string;
  /** The rule that says so; null: one's own preferences. */
  readonly ruleId: string | null;
  readonly read: boolean;
  readonly readAt: string | null;
  readonly createdAt: string;
}

export interface NotificationPage {
  /** Only those that are unread, or that are not; absent: both. */
  readonly unread?: boolean;
  /** 1 to 200; default 50. */
  readonly limit?: number;
  readonly offset?: number;
}

/** When mail is sent: at once, so many minutes after the first that waits, or once a day. */
export type MailDigest =
  | { readonly mode: 'off' }
  | { readonly mode: 'window'; readonly minutes: number }
  | { readonly mode: 'daily'; readonly at: string; readonly zone: string };

export interface NotificationPreferences {
  /** Names and patterns (`task.failed`, `task.*`, `*.offline`). */
  readonly events: readonly string[];
  readonly mail: boolean;
  /** The least severity that is mailed. */
  readonly mailFrom: NotificationSeverity;
  /** Times of the day such as 22:00, and a zone such as Europe/Berlin. */
  readonly quietHours: { readonly from: string; readonly to: string; readonly zone: string } | null;
  readonly digest: MailDigest;
}

const PATH = '/api/v1/notifications';

/** `client.notifications`: what the person is told whose API key this is. Needs the permission `notifications:own`. */
export class NotificationsApi {
  constructor(private readonly http: HttpTransport) {}

  /** The newest first, a page at a time. */
  async list(page: NotificationPage = {}, options: CallOptions = {}): Promise<Notification[]> {
    const query = { ...page, at_least: this.http.position || undefined };
    const answer = await this.http.json<object[]>({ ...options, method: 'GET', path: PATH, query });
    return answer.map((each) => camelKeys<Notification>(each));
  }

  /** All of them, page by page. */
  iterate(
    filter: Pick<NotificationPage, 'unread'> = {},
    options: CallOptions = {},
  ): AsyncGenerator<Notification, void, undefined> {
    return everyPage(
      (page) => this.list({ ...filter, ...page }, options),
      ({ id }) => id,
    );
  }

  async unreadCount(options: CallOptions = {}): Promise<number> {
    const query = { at_least: this.http.position || undefined };
    const path = `${PATH}/unread-count`;
    return (await this.http.json<{ unread_count: number }>({ ...options, method: 'GET', path, query })).unread_count;
  }

  /** @throws NotFoundError */
  async read(id: string, options: WriteOptions = {}): Promise<Notification> {
    const path = `${PATH}/${encodeURIComponent(id)}/read`;
    return camelKeys(await this.http.json<object>({ ...options, method: 'PUT', path }));
  }

  /** All that there is by now. @returns how many are unread after that: those that came meanwhile */
  async readAll(options: WriteOptions = {}): Promise<number> {
    const path = `${PATH}/read-all`;
    return (await this.http.json<{ unread_count: number }>({ ...options, method: 'PUT', path })).unread_count;
  }

  async preferences(options: CallOptions = {}): Promise<NotificationPreferences> {
    const query = { at_least: this.http.position || undefined };
    const path = `${PATH}/preferences`;
    return camelKeys(await this.http.json<object>({ ...options, method: 'GET', path, query }));
  }

  /** What is absent stays as it is. @throws InvalidRequestError */
  async setPreferences(
    changes: Partial<NotificationPreferences>,
    options: WriteOptions = {},
  ): Promise<NotificationPreferences> {
    const path = `${PATH}/preferences`;
    return camelKeys(await this.http.json<object>({ ...options, method: 'PUT', path, body: snakeKeys(changes) }));
  }
}
