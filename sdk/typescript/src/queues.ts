import { camelKeys } from './casing';
import type { CallOptions, HttpTransport, WriteOptions } from './http';
import type { PriorityName, QueueSizes } from './types';

export interface QueueStats {
  readonly queueSizes: QueueSizes;
  readonly [name: string]: unknown;
}

/** `client.queues`: what waits. */
export class QueuesApi {
  constructor(private readonly http: HttpTransport) {}

  /** How many tasks wait, by priority. */
  async sizes(options: CallOptions = {}): Promise<QueueSizes> {
    const query = { at_least: this.http.position || undefined };
    const answer = await this.http.json<{ queue_sizes: QueueSizes }>({
      ...options,
      method: 'GET',
      path: '/tasks/queues',
      query,
    });
    return answer.queue_sizes;
  }

  /** Sizes and the figures of distribution. */
  async stats(options: CallOptions = {}): Promise<QueueStats> {
    const query = { at_least: this.http.position || undefined };
    const answer = await this.http.json<{ stats: object }>({
      ...options,
      method: 'GET',
      path: '/tasks/queues/stats',
      query,
    });
    return camelKeys(answer.stats);
  }

  /** Cancels every waiting task of one priority; resolves with how many those were. */
  async clear(priority: PriorityName, options: WriteOptions = {}): Promise<number> {
    const path = `/tasks/queues/${priority}/clear`;
    return (await this.http.json<{ cleared: number }>({ ...options, method: 'POST', path })).cleared;
  }
}
