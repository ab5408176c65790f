/** A JSON object of the caller's own; its keys are never renamed. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Load figures of an agent: numbers under names of its own choice; `activeConnections` and `pendingTasks` steer dispatch. */
export interface LoadMetrics {
  readonly activeConnections?: number;
  readonly pendingTasks?: number;
  /** Per cent. */
  readonly cpuUsage?: number;
  /** Per cent. */
  readonly memoryUsage?: number;
  readonly [name: string]: number | undefined;
}

export type PriorityName = 'urgent' | 'critical' | 'high' | 'normal' | 'low';
/** A band's name, or a number 0 to 100 (urgent 100, critical 80, high 60, normal 40, low 20). */
export type Priority = PriorityName | number;

export type AgentStatus = 'active' | 'inactive' | 'busy' | 'stale';

export interface AgentRegistration {
  /** The agent's own id: 1 to 128 of `A-Z a-z 0-9 . _ : @ -`. */
  readonly agentId: string;
  readonly agentType: string;
  readonly capabilities?: readonly string[];
  readonly services?: readonly string[];
  readonly endpoints?: Readonly<Record<string, string>>;
  readonly metadata?: JsonObject;
  readonly version?: string;
  readonly tags?: readonly string[];
  /** How many tasks it takes at once when it polls; a worker declares it for its connection. */
  readonly maxConcurrentTasks?: number;
  /** Seconds between heartbeats. */
  readonly heartbeatIntervalSeconds?: number;
}

export interface RegisteredAgent {
  readonly agentId: string;
  readonly registeredAt: string;
}

export interface Agent {
  readonly agentId: string;
  readonly agentType: string;
  readonly status: AgentStatus;
  readonly capabilities: readonly string[];
  readonly services: readonly string[];
  readonly endpoints: Readonly<Record<string, string>>;
  readonly metadata: JsonObject;
  readonly lastHeartbeat: string | null;
  readonly registrationTime: string;
  /** As the agent named them. */
  readonly loadMetrics: Readonly<Record<string, number>>;
  /** 0 to 1. */
  readonly healthScore: number;
  readonly version: string;
  readonly tags: readonly string[];
}

export interface AgentFilter {
  readonly status?: AgentStatus;
  readonly agentType?: string;
  /** All of them. */
  readonly capabilities?: readonly string[];
  /** All of them. */
  readonly services?: readonly string[];
}

export interface TaskRequirements {
  /** The agent must have all of them. */
  readonly capabilities?: readonly string[];
  readonly agentType?: string;
  /** Pins the task to one agent. */
  readonly agentId?: string;
}

/** Delay before attempt n+1: min(maxDelayMs, initialDelayMs * factor^(n-1)), spread by the share `jitter`. */
export interface RetryPolicy {
  readonly maxAttempts?: number;
  readonly initialDelayMs?: number;
  readonly factor?: number;
  readonly maxDelayMs?: number;
  readonly jitter?: number;
}

export interface TaskSubmission {
  readonly type: string;
  readonly payload?: JsonObject;
  /** Default `normal`. */
  readonly priority?: Priority;
  readonly requirements?: TaskRequirements;
  readonly retry?: RetryPolicy;
  /** Seconds an agent holds the task without renewing before it is given to another. */
  readonly leaseSeconds?: number;
}

export interface SubmittedTask {
  readonly taskId: string;
  readonly submittedAt: string;
}

export const TASK_STATUSES = [
  'queued',
  'assigned',
  'running',
  'completed',
  'failed',
  'cancelled',
  'dead_lettered',
] as const;
export type TaskStatus = (typeof TASK_STATUSES)[number];

/** The statuses a task does not leave again. */
export const ENDED: ReadonlySet<TaskStatus> = new Set(['completed', 'failed', 'cancelled', 'dead_lettered']);

export interface TaskFailure {
  readonly class?: string;
  readonly message: string;
  readonly retryable?: boolean;
}

export interface Task<Result = unknown> {
  readonly taskId: string;
  readonly type: string;
  readonly payload: JsonObject;
  /** 0 to 100. */
  readonly priority: number;
  readonly priorityName: PriorityName;
  readonly requirements: TaskRequirements;
  readonly retry: Required<RetryPolicy>;
  readonly leaseSeconds: number;
  readonly pool: string;
  readonly status: TaskStatus;
  readonly submittedAt: string;
  /** Of the latest assignment: the control plane's own id of the agent. */
  readonly agentId: string | null;
  readonly attempt: number;
  readonly assignedAt: string | null;
  readonly firstAssignedAt: string | null;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly retryAt: string | null;
  readonly failedAttempts: number;
  /** How often it was assigned, however that ended. */
  readonly assignments: number;
  /** Per cent, as its agent last told. */
  readonly progress: number | null;
  readonly progressMessage: string | null;
  readonly result: Result;
  readonly failure: TaskFailure | null;
  readonly reason: string | null;
  readonly updatedAt: string;
}

/** One event of a task's history, as the log keeps it: `data` is not renamed. */
export interface HistoryEvent {
  readonly position: number;
  readonly version: number;
  readonly type: string;
  readonly data: JsonObject;
  readonly metadata: JsonObject;
  readonly recordedAt: string;
}

export interface TaskFilter {
  readonly status?: TaskStatus;
  /** The agent's own id or the control plane's. */
  readonly agentId?: string;
  readonly priority?: Priority;
  /** 1 to 200; default 50. */
  readonly limit?: number;
  readonly offset?: number;
}

export interface TaskLogLine {
  /** Ascending; for `after` of the next call. */
  readonly id: number;
  readonly agentId: string;
  readonly timestamp: string;
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly message: string;
}

export type QueueSizes = Readonly<Record<PriorityName, number>>;

export interface Health {
  readonly status: string;
  readonly version: string;
  readonly timestamp: string;
}
