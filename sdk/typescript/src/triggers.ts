import { camelKeys, snakeKeys } from './casing';
import type { CallOptions, HttpTransport, WriteOptions } from './http';
import { everyPage } from './paging';
import type { JsonObject } from './types';

export type TriggerType = 'cron' | 'event' | 'webhook' | 'condition';

export interface TriggerTerms {
  readonly name: string;
  readonly description?: string;
  /** It stays. */
  readonly type: TriggerType;
  /**
   * By type: cron `{ expression, time_zone, catch_up }`, event `{ events, condition }`, webhook `{ signature }`, condition
   * `{ condition, every_seconds }`. Its names are not renamed.
   */
  readonly config: JsonObject;
  /** `{ type: 'create_task', task }`, `{ type: 'execute_workflow', workflow_id, parameters }` or `{ type: 'send_notification', … }`. */
  readonly action: JsonObject & { readonly type: 'create_task' | 'execute_workflow' | 'send_notification' };
  readonly enabled?: boolean;
  /** It fires at most `max` times in `seconds`; null: no limit. */
  readonly throttle?: { readonly max: number; readonly seconds: number } | null;
}

export interface Trigger extends Required<TriggerTerms> {
  readonly id: string;
  /** Of a webhook trigger: the path that requests go to. */
  readonly hook: string | null;
  /** Of a webhook trigger; in clear only in the answer that made it up: keep it then. */
  readonly secret: string | null;
  /** Versions of the secret that are good as well, and until when. */
  readonly formerSecrets: readonly { readonly version: number; readonly until: string }[];
  /** Of a cron trigger that is enabled. */
  readonly nextAt: string | null;
  readonly fired: number;
  readonly failed: number;
  readonly lastFiredAt: string | null;
  readonly lastError: string | null;
  readonly createdBy: string;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface TriggerTest {
  readonly id: string;
  readonly dryRun: boolean;
  readonly fired: boolean;
  /** Whether it would: a dry run that finds no reason against it. */
  readonly wouldFire: boolean;
  readonly firingId: string | null;
  /** Why it does not. */
  readonly reason: string | null;
  readonly detail: string | null;
  /** With everything worked out. */
  readonly action: unknown;
  readonly outcome: TriggerOutcome | null;
}

export interface TriggerOutcome {
  readonly taskId: string | null;
  readonly runId: string | null;
  readonly noticeId: string | null;
}

export interface TriggerHistoryEntry extends TriggerOutcome {
  readonly id: number;
  readonly outcome: 'firing' | 'fired' | 'failed' | 'not_fired';
  readonly reason: string | null;
  readonly detail: string | null;
  readonly firingId: string | null;
  /** What led to it; its names are not renamed. */
  readonly cause: JsonObject;
  readonly at: string;
}

export interface TriggerFilter {
  readonly type?: TriggerType;
  readonly enabled?: boolean;
}

const PATH = '/api/v1/triggers';
const pathOf = (id: string, rest = '') => `${PATH}/${encodeURIComponent(id)}${rest}`;

/** `client.triggers`: what starts something by itself. */
export class TriggersApi {
  constructor(private readonly http: HttpTransport) {}

  /** The newest first, a page at a time. */
  async list(
    page: TriggerFilter & { readonly limit?: number; readonly offset?: number } = {},
    options: CallOptions = {},
  ): Promise<Trigger[]> {
    const query = { ...page, at_least: this.http.position || undefined };
    const answer = await this.http.json<object[]>({ ...options, method: 'GET', path: PATH, query });
    return answer.map((trigger) => camelKeys<Trigger>(trigger));
  }

  /** All of them, page by page. */
  iterate(filter: TriggerFilter = {}, options: CallOptions = {}): AsyncGenerator<Trigger, void, undefined> {
    return everyPage(
      (page) => this.list({ ...filter, ...page }, options),
      ({ id }) => id,
    );
  }

  /** @throws NotFoundError */
  async get(id: string, options: CallOptions = {}): Promise<Trigger> {
    const query = { at_least: this.http.position || undefined };
    return camelKeys(await this.http.json<object>({ ...options, method: 'GET', path: pathOf(id), query }));
  }

  /** A secret that is made up for a webhook trigger is in this answer alone. @throws InvalidRequestError */
  async create(terms: TriggerTerms & { readonly secret?: string }, options: WriteOptions = {}): Promise<Trigger> {
    const body = snakeKeys(terms);
    return camelKeys(await this.http.json<object>({ ...options, method: 'POST', path: PATH, body }));
  }

  /** The fields given change, each as a whole. @throws InvalidRequestError, NotFoundError */
  async update(id: string, changes: Partial<Omit<TriggerTerms, 'type'>>, options: WriteOptions = {}): Promise<Trigger> {
    const body = snakeKeys(changes);
    return camelKeys(await this.http.json<object>({ ...options, method: 'PUT', path: pathOf(id), body }));
  }

  /** What it made stays. @throws NotFoundError */
  async remove(id: string, options: WriteOptions = {}): Promise<void> {
    await this.http.json({ ...options, method: 'DELETE', path: pathOf(id) });
  }

  /**
   * Of a webhook trigger: the secret before is good for 24 h more. As with `create`, one that is made up is in this answer
   * alone. @throws NotFoundError, ConflictError
   */
  async rotateSecret(id: string, options: WriteOptions & { readonly secret?: string } = {}): Promise<Trigger> {
    const { secret, ...rest } = options;
    const body = secret === undefined ? {} : { secret };
    return camelKeys(
      await this.http.json<object>({ ...rest, method: 'POST', path: pathOf(id, '/rotate-secret'), body }),
    );
  }

  /** Without `enabled` it becomes the other of the two. @returns whether it is enabled now. @throws NotFoundError */
  async toggle(id: string, enabled?: boolean, options: WriteOptions = {}): Promise<boolean> {
    const request = { ...options, method: 'POST' as const, path: pathOf(id, '/toggle'), body: snakeKeys({ enabled }) };
    return (await this.http.json<{ enabled: boolean }>(request)).enabled;
  }

  /** Fires it with a sample, whether it is enabled or not; a dry run only shows what it would do. @throws NotFoundError */
  async test(
    id: string,
    { sample = {}, dryRun = false }: { readonly sample?: JsonObject; readonly dryRun?: boolean } = {},
    options: WriteOptions = {},
  ): Promise<TriggerTest> {
    const request = { ...options, method: 'POST' as const, path: pathOf(id, '/test') };
    const answer = await this.http.json<object>({ ...request, body: { sample, dry_run: dryRun } });
    const test = camelKeys<TriggerTest>(answer);
    return { ...test, outcome: test.outcome && camelKeys(test.outcome) };
  }

  /** What fired and what did not, and why, the newest first, a page at a time. @throws NotFoundError */
  async history(
    id: string,
    page: {
      readonly outcome?: TriggerHistoryEntry['outcome'];
      readonly limit?: number;
      readonly offset?: number;
    } = {},
    options: CallOptions = {},
  ): Promise<TriggerHistoryEntry[]> {
    const path = pathOf(id, '/history');
    const answer = await this.http.json<object[]>({ ...options, method: 'GET', path, query: page });
    return answer.map((entry) => camelKeys<TriggerHistoryEntry>(entry));
  }
}
