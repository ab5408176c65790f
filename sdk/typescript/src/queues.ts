import { camelKeys } from './casing';
import type { CallOptions, HttpTransport, WriteOptions } from './http';
import type { PriorityName, QueueSizes, TaskStatus } from './types';

export interface QueueStats {
  readonly tasksDistributed: number;
  readonly tasksCompleted: number;
  readonly tasksFailed: number;
  /** Seconds from submission to the first assignment. */
  readonly avgDistributionTime: number;
  readonly loadBalancerStats: {
    readonly strategy: string;
    readonly totalAssignments: number;
    readonly successfulAssignments: number;
    readonly failedAssignments: number;
    /** 0 to 1. */
    readonly successRate: number;
    readonly activeAgents: number;
    readonly agentWeights: number;
    readonly avgAgentLoad: number;
  };
  readonly queueSizes: QueueSizes;
  readonly totalQueued: number;
  readonly tasksByStatus: Readonly<Partial<Record<TaskStatus, number>>>;
  /** The dispatcher's own view; null while it cannot be asked. */
  readonly dispatcher: {
    readonly pool: string;
    readonly epoch: number;
    readonly ready: QueueSizes;
    readonly assigned: number;
    readonly agents: number;
    /** Seconds from becoming ready to the assignment. */
    readonly dispatchLatency: { readonly p50: number; readonly p99: number } | null;
  } | null;
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
    const { stats } = await this.http.json<{ stats: { load_balancer_stats: object; dispatcher: object | null } }>({
      ...options,
      method: 'GET',
      path: '/tasks/queues/stats',
      query,
    });
    return {
      ...camelKeys<QueueStats>(stats),
      loadBalancerStats: camelKeys(stats.load_balancer_stats),
      dispatcher: stats.dispatcher && camelKeys(stats.dispatcher),
    };
  }

  /** Cancels every waiting task of one priority; resolves with how many those were. */
  async clear(priority: PriorityName, options: WriteOptions = {}): Promise<number> {
    const path = `/tasks/queues/${priority}/clear`;
    return (await this.http.json<{ cleared: number }>({ ...options, method: 'POST', path })).cleared;
  }
}
