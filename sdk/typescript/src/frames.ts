/** The frames of the task stream (`WS /api/v1/agents/{id}/task-stream`), as far as this SDK sends and reads them. */

export interface StreamedTask {
  readonly taskId: string;
  readonly taskType: string;
  readonly priority: number;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly createdAt: string;
  readonly attempt: number;
  /** Names this one acquisition of the task. */
  readonly leaseToken: string;
  readonly leaseExpiresAt: string;
  /** Seconds that the lease lasts without a renewal. */
  readonly timeout: number;
  /** The secrets that its specification names, by the names given there. */
  readonly credentials?: Readonly<Record<string, string>>;
}

export interface Welcome {
  readonly type: 'welcome';
  readonly agentId: string;
  readonly epoch: number;
  /** Seconds. */
  readonly heartbeatInterval: number;
}

export interface Ack {
  readonly type: 'ack';
  readonly id: string;
  readonly result?: Readonly<Record<string, unknown>>;
}

export interface Refusal {
  readonly type: 'error';
  readonly id: string | null;
  readonly status: number;
  readonly code: string;
  readonly detail: string;
}

export type ServerFrame =
  | Welcome
  | { readonly type: 'task_assigned'; readonly task: StreamedTask }
  | { readonly type: 'task_cancelled'; readonly taskId: string; readonly reason: string }
  | Ack
  | Refusal
  | { readonly type: 'pong' };

interface Lease {
  readonly taskId: string;
  readonly leaseToken: string;
}

export interface Failure {
  readonly class: string;
  readonly message: string;
  readonly retryable: boolean;
  readonly retry_after_ms?: number;
}

export interface UsageReport {
  readonly reportId: string;
  readonly provider: string;
  readonly model: string;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cachedInputTokens: number;
  readonly durationMs: number;
  readonly cost?: { readonly amount: number; readonly currency: string };
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** Frames that are answered by `ack` or `error` under their id. */
export type RequestFrame =
  | ({ readonly type: 'task_started' } & Lease)
  | ({ readonly type: 'task_complete'; readonly success: true; readonly result: unknown } & Lease)
  | ({ readonly type: 'task_complete'; readonly success: false; readonly error: Failure } & Lease)
  | ({ readonly type: 'task_return'; readonly reason: string } & Lease)
  | ({ readonly type: 'task_usage'; readonly reports: readonly UsageReport[] } & Lease)
  | { readonly type: 'lease_renew'; readonly leases: readonly Lease[] };

export type AgentFrame =
  | (RequestFrame & { readonly id: string })
  | { readonly type: 'ready'; readonly maxConcurrentTasks: number }
  | ({ readonly type: 'task_progress'; readonly progress: number; readonly message?: string } & Lease)
  | ({
      readonly type: 'task_log';
      readonly level: LogLevel;
      readonly message: string;
      readonly timestamp: string;
    } & Lease)
  | { readonly type: 'heartbeat'; readonly loadMetrics: Readonly<Record<string, number>> }
  | { readonly type: 'ping' };

export const CLOSE_SUPERSEDED = 4409;
export const CLOSE_UNAUTHENTICATED = 4401;
export const CLOSE_UNKNOWN_AGENT = 4404;
