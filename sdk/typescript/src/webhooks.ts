import { camelKeys, snakeKeys } from './casing';
import type { CallOptions, HttpTransport, WriteOptions } from './http';
import { everyPage } from './paging';
import type { TimeLike } from './types';

export interface WebhookTerms {
  readonly url: string;
  /** Names and patterns (`task.failed`, `task.*`, `*`). */
  readonly events: readonly string[];
  readonly description?: string;
  /** CEL over `event`; null: every event of those names. */
  readonly filter?: string | null;
  readonly enabled?: boolean;
}

export interface Webhook extends Required<WebhookTerms> {
  readonly id: string;
  readonly status: 'active' | 'failing' | 'disabled';
  readonly failingSince: string | null;
  /** If it goes on failing. */
  readonly disablesAt: string | null;
  readonly disabledBy: 'request' | 'gone' | 'failures' | null;
  readonly lastError: string | null;
  /** In clear only in the answer that made it up: keep it then. */
  readonly secret: string;
  readonly secretId: string;
  readonly secretVersion: number;
  readonly formerSecrets: readonly { readonly version: number; readonly until: string }[];
  readonly createdBy: string;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface WebhookDelivery {
  /** The `webhook-id` of its requests. */
  readonly deliveryId: string;
  readonly event: string;
  readonly position: number | null;
  readonly replayId: string | null;
  readonly state: 'pending' | 'delivered' | 'failed' | 'dropped';
  readonly attempts: number;
  readonly lastError: string | null;
  readonly lastStatusCode: number | null;
  readonly createdAt: string;
  readonly nextAttemptAt: string | null;
  readonly endedAt: string | null;
}

export interface WebhookTest {
  readonly delivered: boolean;
  readonly statusCode: number | null;
  /** A word such as `timeout`; `detail` says more. */
  readonly error: string | null;
  readonly detail: string | null;
  readonly durationMs: number;
  readonly deliveryId: string;
}

/** Events after `from` up to `to`: positions in the log, or times. */
export interface WebhookReplayRange {
  readonly from: number | TimeLike;
  readonly to?: number | TimeLike;
  /** 1 to 500; default 50. */
  readonly perSecond?: number;
}

export interface WebhookReplay {
  readonly replayId: string;
  readonly fromPosition: number;
  readonly toPosition: number;
  readonly perSecond: number;
}

const PATH = '/api/v1/webhooks';
const pathOf = (id: string, rest = '') => `${PATH}/${encodeURIComponent(id)}${rest}`;
/** An attempt at a delivery may take 15 s. */
const TEST_TIMEOUT_MS = 20_000;

/** `client.webhooks`: needs the permission `webhooks:manage`. What arrives is checked by `verifyWebhook`. */
export class WebhooksApi {
  constructor(private readonly http: HttpTransport) {}

  /** The newest first, a page at a time. */
  async list(
    page: { readonly status?: Webhook['status']; readonly limit?: number; readonly offset?: number } = {},
    options: CallOptions = {},
  ): Promise<Webhook[]> {
    const query = { ...page, at_least: this.http.position || undefined };
    const answer = await this.http.json<object[]>({ ...options, method: 'GET', path: PATH, query });
    return answer.map((webhook) => camelKeys<Webhook>(webhook));
  }

  /** All of them, page by page. */
  iterate(
    filter: { readonly status?: Webhook['status'] } = {},
    options: CallOptions = {},
  ): AsyncGenerator<Webhook, void, undefined> {
    return everyPage(
      (page) => this.list({ ...filter, ...page }, options),
      ({ id }) => id,
    );
  }

  /**
   * Without a secret (`whsec_…`) one is made up, and is in this answer alone.
   * @throws InvalidRequestError; ConflictError `secret_already_shown` when the answer that held the secret was lost
   */
  async create(terms: WebhookTerms & { readonly secret?: string }, options: WriteOptions = {}): Promise<Webhook> {
    const body = snakeKeys(terms);
    return camelKeys(await this.http.json<object>({ ...options, method: 'POST', path: PATH, body }));
  }

  /** @throws NotFoundError */
  async get(id: string, options: CallOptions = {}): Promise<Webhook> {
    const query = { at_least: this.http.position || undefined };
    return camelKeys(await this.http.json<object>({ ...options, method: 'GET', path: pathOf(id), query }));
  }

  /** What is absent stays as it is. @throws InvalidRequestError, NotFoundError */
  async change(id: string, changes: Partial<WebhookTerms>, options: WriteOptions = {}): Promise<Webhook> {
    const body = snakeKeys(changes);
    return camelKeys(await this.http.json<object>({ ...options, method: 'PUT', path: pathOf(id), body }));
  }

  /** @throws NotFoundError */
  async remove(id: string, options: WriteOptions = {}): Promise<void> {
    await this.http.json({ ...options, method: 'DELETE', path: pathOf(id) });
  }

  /** One delivery of the type `test`, now. @throws NotFoundError */
  async test(id: string, options: WriteOptions = {}): Promise<WebhookTest> {
    const request = { timeoutMs: TEST_TIMEOUT_MS, ...options, method: 'POST' as const, path: pathOf(id, '/test') };
    return camelKeys(await this.http.json<object>(request));
  }

  /** The secret before signs for 24 h more. As with `create`, one that is made up is in this answer alone. */
  async rotateSecret(id: string, options: WriteOptions & { readonly secret?: string } = {}): Promise<Webhook> {
    const { secret, ...rest } = options;
    const body = secret === undefined ? {} : { secret };
    return camelKeys(
      await this.http.json<object>({ ...rest, method: 'POST', path: pathOf(id, '/rotate-secret'), body }),
    );
  }

  /** Takes up one that was disabled, with what it has missed unless `backfill` is false. @throws NotFoundError */
  async enable(id: string, options: WriteOptions & { readonly backfill?: boolean } = {}): Promise<Webhook> {
    const { backfill = true, ...rest } = options;
    const request = { ...rest, method: 'POST' as const, path: pathOf(id, '/enable'), body: { backfill } };
    return camelKeys(await this.http.json<object>(request));
  }

  /** Also of what happened before the webhook was made. Goes on by itself. @throws InvalidRequestError, ConflictError */
  async replay(id: string, range: WebhookReplayRange, options: WriteOptions = {}): Promise<WebhookReplay> {
    const { from, to, perSecond } = range;
    const body = { ...placeOf('from', from), ...(to !== undefined && placeOf('to', to)), per_second: perSecond };
    return camelKeys(await this.http.json<object>({ ...options, method: 'POST', path: pathOf(id, '/replay'), body }));
  }

  /** What it was sent, the newest first. */
  async deliveries(
    id: string,
    page: {
      readonly state?: WebhookDelivery['state'];
      readonly event?: string;
      readonly limit?: number;
      readonly offset?: number;
    } = {},
    options: CallOptions = {},
  ): Promise<WebhookDelivery[]> {
    const path = pathOf(id, '/deliveries');
    const answer = await this.http.json<object[]>({ ...options, method: 'GET', path, query: page });
    return answer.map((delivery) => camelKeys<WebhookDelivery>(delivery));
  }

  /** Once more from the first attempt on, under the same id. @throws NotFoundError, ConflictError */
  async redeliver(id: string, deliveryId: string, options: WriteOptions = {}): Promise<void> {
    const path = pathOf(id, `/deliveries/${encodeURIComponent(deliveryId)}/redeliver`);
    await this.http.json({ ...options, method: 'POST', path });
  }
}

function placeOf(end: 'from' | 'to', place: number | TimeLike): Record<string, unknown> {
  if (typeof place === 'number') return { [`${end}_position`]: place };
  return { [`${end}_time`]: place instanceof Date ? place.toISOString() : place };
}
