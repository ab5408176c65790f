import { camelKeys, snakeKeys } from './casing';
import type { CallOptions, HttpTransport, WriteOptions } from './http';
import { everyPage } from './paging';
import { bodyOf, taskOf } from './task-wire';
import type { Task, TimeLike } from './types';

/** A task whose attempts are used up, or that somebody put there. */
export type DeadLetter<Result = unknown> = Task<Result> & {
  readonly deadLetteredAt: string;
  /** `unclassified` where the failure has none. */
  readonly failureClass: string;
};

export interface DeadLetterFilter {
  /** Of the failure; `unclassified`: those without. */
  readonly failureClass?: string;
  readonly type?: string;
  /** The agent's own id or the control plane's. */
  readonly agentId?: string;
  /** Dead-lettered then or later. */
  readonly since?: TimeLike;
}

export interface DeadLetterPage extends DeadLetterFilter {
  /** 1 to 200; default 50. */
  readonly limit?: number;
  readonly offset?: number;
}

/** A retry of many, which goes on by itself. */
export interface DeadLetterRetry {
  readonly retryId: string;
  readonly status: 'running' | 'finished';
  /** How many there were when it began. */
  readonly count: number;
  readonly retried: number;
  /** That were no dead letters any more. */
  readonly skipped: number;
  readonly startedAt: string;
  readonly finishedAt: string | null;
}

export interface DeadLetterStats {
  readonly total: number;
  readonly byClass: readonly { readonly class: string; readonly count: number }[];
  readonly byType: readonly { readonly type: string; readonly count: number }[];
  /** At most an hour, a day, a week old, or older. */
  readonly byAge: { readonly hour: number; readonly day: number; readonly week: number; readonly older: number };
  readonly oldestAt: string | null;
  readonly newestAt: string | null;
}

const PATH = '/api/v1/dead-letter';

/** `client.deadLetters`: needs the permission `dispatch:manage`. */
export class DeadLettersApi {
  constructor(private readonly http: HttpTransport) {}

  /** The newest first, a page at a time. */
  async list(page: DeadLetterPage = {}, options: CallOptions = {}): Promise<DeadLetter[]> {
    const { limit, offset, ...filter } = page;
    const query = { ...wordsOf(filter), limit, offset, at_least: this.http.position || undefined };
    const answer = await this.http.json<object[]>({ ...options, method: 'GET', path: PATH, query });
    return answer.map((letter) => taskOf(letter) as DeadLetter);
  }

  /** All of them, page by page. */
  iterate(filter: DeadLetterFilter = {}, options: CallOptions = {}): AsyncGenerator<DeadLetter, void, undefined> {
    return everyPage(
      (page) => this.list({ ...filter, ...page }, options),
      ({ taskId }) => taskId,
    );
  }

  /** Moves a task that is open, or that has failed, among them. @throws NotFoundError, ConflictError */
  async add(taskId: string, reason = 'moved by hand', options: WriteOptions = {}): Promise<DeadLetter> {
    const body = { task_id: taskId, reason };
    return taskOf(await this.http.json<object>({ ...options, method: 'POST', path: PATH, body })) as DeadLetter;
  }

  /** Gives one all its attempts again. @throws NotFoundError, ConflictError */
  async retry(taskId: string, options: WriteOptions & { readonly notBefore?: TimeLike } = {}): Promise<Task> {
    const { notBefore, ...rest } = options;
    const path = `${pathOf(taskId)}/retry`;
    return taskOf(await this.http.json<object>({ ...rest, method: 'POST', path, body: bodyOf({ notBefore }) }));
  }

  /**
   * Retries all that the filter names. It goes on by itself: see `showRetry`. With a rate the tasks become ready one after
   * another.
   * @returns how many those are, and the retry's id (null where there was nothing to begin)
   */
  async retryAll(
    filter: DeadLetterFilter = {},
    options: WriteOptions & { readonly ratePerSecond?: number } = {},
  ): Promise<{ readonly count: number; readonly retryId: string | null }> {
    const { ratePerSecond, ...rest } = options;
    const body = { ...wordsOf(filter), ...(ratePerSecond !== undefined && { rate_per_second: ratePerSecond }) };
    const { count, retry_id } = await this.askAll(body, rest);
    return { count, retryId: retry_id };
  }

  /** How many `retryAll` would retry. */
  async count(filter: DeadLetterFilter = {}, options: CallOptions = {}): Promise<number> {
    return (await this.askAll({ ...wordsOf(filter), dry_run: true }, options)).count;
  }

  /** How far it is. @throws NotFoundError */
  async showRetry(retryId: string, options: CallOptions = {}): Promise<DeadLetterRetry> {
    const path = `${PATH}/retries/${encodeURIComponent(retryId)}`;
    return camelKeys(await this.http.json<object>({ ...options, method: 'GET', path }));
  }

  /** Off the dead letters; the task stays failed. @throws NotFoundError, ConflictError */
  async remove(taskId: string, options: WriteOptions = {}): Promise<void> {
    await this.http.json({ ...options, method: 'DELETE', path: pathOf(taskId) });
  }

  async stats(options: CallOptions = {}): Promise<DeadLetterStats> {
    const query = { at_least: this.http.position || undefined };
    return camelKeys(await this.http.json<object>({ ...options, method: 'GET', path: `${PATH}/stats`, query }));
  }

  private askAll(body: object, options: WriteOptions): Promise<{ count: number; retry_id: string | null }> {
    return this.http.json({ ...options, method: 'POST', path: `${PATH}/retry-all`, body });
  }
}

function pathOf(taskId: string): string {
  return `${PATH}/${encodeURIComponent(taskId)}`;
}

function wordsOf({ failureClass, since, ...rest }: DeadLetterFilter): Record<string, string> {
  const words = { ...rest, class: failureClass, since: since instanceof Date ? since.toISOString() : since };
  return snakeKeys(words) as Record<string, string>;
}
