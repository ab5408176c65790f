import type { Backoff } from './backoff';
import type { Client } from './client';
import type { LogLevel } from './frames';
import type { ConnectionOptions } from './http';
import type { AgentRegistration, JsonObject, TaskFailure } from './types';
import type { Usage } from './usage';

/** A task in the hands of its handler. */
export interface TaskContext<Payload = JsonObject> {
  readonly taskId: string;
  readonly type: string;
  readonly payload: Payload;
  readonly priority: number;
  /** 1 for the first attempt. */
  readonly attempt: number;
  readonly createdAt: string;
  /** The secrets that the task names, by the names given there. */
  readonly credentials: Readonly<Record<string, string>>;
  /**
   * Aborts when the result will not be wanted any more; its `reason` is a TaskCancelledError, LeaseLostError or
   * WorkerStoppedError. Hand it to whatever takes time.
   */
  readonly signal: AbortSignal;
  /** Per cent, 0 to 100. Telemetry: the newest value counts, one in between may be left out. */
  progress(percent: number, message?: string): void;
  /** One line for the task's log. Telemetry: kept while the connection is down, up to a bound. */
  log(message: string, level?: LogLevel): void;
  /**
   * Counts what was used of a model, towards the installation's costs and budgets. Delivered until it is acknowledged, and
   * counted once; after a cancellation too, for what was spent was spent.
   * @throws TypeError for figures that cannot be
   */
  reportUsage(usage: Usage): void;
}

/**
 * Does one task; what it returns (JSON) is the task's result. Throwing fails the attempt, which is repeated as the
 * task's retry policy says; throwing NonRetryableError ends the task as failed; throwing TaskFailedError says more.
 */
export type TaskHandler = (task: TaskContext) => unknown;

export interface WorkerOptions
  extends
    Omit<AgentRegistration, 'maxConcurrentTasks'>,
    // `client` or `baseUrl`: one of the two.
    Partial<ConnectionOptions> {
  readonly client?: Client;
  /** How many tasks at once; default 1. */
  readonly concurrency?: number;
  /**
   * How many more are fetched ahead, so that a slot that gets free has its next task at once; default 0. Worth it for tasks
   * of milliseconds. A task that is fetched ahead waits for this worker even if another one is idle; its lease is renewed
   * meanwhile, and `stop` gives it back.
   */
  readonly prefetch?: number;
  /** For every task type that `handlers` does not name. */
  readonly handler?: TaskHandler;
  readonly handlers?: Readonly<Record<string, TaskHandler>>;
  /** Wait between attempts to connect; default 200 ms doubling to 5 s. */
  readonly reconnect?: Backoff;
  /** Silence on the socket after which it is probed, and after 1.5 times of which it counts as lost. Default 10,000 ms. */
  readonly quietMs?: number;
}

/** What a worker tells; none of it needs an answer. */
export interface WorkerEvents {
  connected: [{ agentId: string; epoch: number }];
  disconnected: [why: string];
  /** An attempt to connect failed; the next one follows. */
  reconnecting: [{ why: string; delayMs: number }];
  started: [TaskContext];
  completed: [TaskContext, result: unknown];
  /** An attempt failed; `willNotRetry` when the handler asked for no further one. */
  failed: [TaskContext, TaskFailure];
  /** Cancelled, or the lease is over: the handler's signal has been aborted. */
  aborted: [TaskContext, Error];
  /** A finished task's outcome was refused: it counts for nothing, usually because the lease was over. */
  refused: [TaskContext, Error];
  /** Usage that was reported does not count: the task was never this agent's, or has too many reports. */
  usageRefused: [TaskContext, Error];
  /** The worker has ended; with an error when it did not do so by `stop`. */
  ended: [Error | undefined];
}
