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
/** A band's name (`medium` is `normal`), or a number 0 to 100 (urgent 100, critical 80, high 60, normal 40, low 20). */
export type Priority = PriorityName | 'medium' | number;

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
  /** Classes of failure that end the task at once. */
  readonly nonRetryable?: readonly string[];
}

/** The words of a task, for agents that read. They can be changed until it has ended. */
export interface TaskTexts {
  readonly title?: string;
  readonly description?: string;
  readonly instructions?: string;
}

/** A time: ISO 8601, or a Date. */
export type TimeLike = string | Date;

/** A secret of the vault, by its id or its name, that the agent gets with the task. Needs the permission `secrets:manage`. */
export interface CredentialReference {
  /** What the agent calls it. */
  readonly name: string;
  readonly secret: string;
  /** Default: the version that is current at delivery. */
  readonly version?: number;
}

export interface TaskSubmission extends TaskTexts {
  /** May be left out beside a title, a description or instructions: then it is `instruction`. */
  readonly type?: string;
  readonly payload?: JsonObject;
  /** Default: its type's, else `normal`. */
  readonly priority?: Priority;
  readonly requirements?: TaskRequirements;
  /** Capabilities as well: the agent must have all of them. */
  readonly requiredTools?: readonly string[];
  /** Pins the task to one agent: as `requirements.agentId`. */
  readonly agentId?: string;
  readonly retry?: RetryPolicy;
  /** Seconds an agent holds the task without renewing before it is given to another. */
  readonly leaseSeconds?: number;
  /** The task is scheduled until then. */
  readonly notBefore?: TimeLike;
  /** As `notBefore`, counted from the submission. */
  readonly delaySeconds?: number;
  /** What has not ended by then is expired. */
  readonly deadline?: TimeLike;
  /** Ids of tasks: it is scheduled until all of them have ended. */
  readonly dependsOn?: readonly string[];
  /** What becomes of it when one of them ends other than completed; default `cancel`. */
  readonly onDependencyFailure?: 'cancel' | 'run';
  /** What becomes of it when its agent is lost; default: its type's, else `requeue`. */
  readonly onAgentLost?: 'requeue' | 'wait' | 'fail';
  /** Tasks of one priority take turns by this key. */
  readonly fairnessKey?: string;
  /** Counted against the dispatch limit of this key. */
  readonly concurrencyKey?: string;
  readonly credentials?: readonly CredentialReference[];
}

/** Once an agent has the task: texts, priority and deadline alone. */
export interface TaskChanges extends TaskTexts {
  readonly priority?: Priority;
  /** null takes it away. */
  readonly deadline?: TimeLike | null;
  readonly payload?: JsonObject;
  readonly requirements?: TaskRequirements;
  readonly requiredTools?: readonly string[];
  /** null lets any agent have it. */
  readonly agentId?: string | null;
}

export interface SubmittedTask {
  readonly taskId: string;
  readonly submittedAt: string;
}

export const TASK_STATUSES = [
  'scheduled',
  'queued',
  'assigned',
  'running',
  'paused',
  'input_required',
  'completed',
  'failed',
  'cancelled',
  'expired',
  'dead_lettered',
] as const;
export type TaskStatus = (typeof TASK_STATUSES)[number];

/** The statuses a task does not leave again, unless somebody asks for it (`retry`, `acceptResult`). */
export const ENDED: ReadonlySet<TaskStatus> = new Set(['completed', 'failed', 'cancelled', 'expired', 'dead_lettered']);

export interface TaskFailure {
  readonly class?: string;
  readonly message: string;
  readonly retryable?: boolean;
}

export interface Task<Result = unknown> extends TaskTexts {
  readonly id: string;
  /** The same. */
  readonly taskId: string;
  readonly type: string;
  readonly payload: JsonObject;
  /** 0 to 100. */
  readonly priority: number;
  readonly priorityName: PriorityName;
  readonly requirements: TaskRequirements;
  readonly retry: Required<Omit<RetryPolicy, 'nonRetryable'>> & Pick<RetryPolicy, 'nonRetryable'>;
  readonly leaseSeconds: number;
  readonly notBefore?: string;
  readonly deadline?: string;
  readonly dependsOn?: readonly string[];
  /** Those of `dependsOn` that have not ended. */
  readonly waitsFor: readonly string[];
  readonly onDependencyFailure?: 'cancel' | 'run';
  readonly onAgentLost?: 'requeue' | 'wait' | 'fail';
  readonly fairnessKey?: string;
  readonly concurrencyKey?: string;
  /** References, never values. */
  readonly credentials?: readonly { readonly name: string; readonly secretId: string; readonly version?: number }[];
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
  /** Per cent, as its agent last told; 0 until it does. */
  readonly progress: number;
  readonly progressMessage: string | null;
  readonly result: Result;
  readonly failure: TaskFailure | null;
  readonly reason: string | null;
  /** What its agent asks, while it waits for the answer: see `provideInput`. */
  readonly prompt: string | null;
  /** Results that came under a lease that was over: see `acceptResult`. */
  readonly lateResults: number;
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
  /** The run of a workflow that made them. */
  readonly runId?: string;
  readonly priority?: Priority;
  /** 1 to 200; default 50. */
  readonly limit?: number;
  readonly offset?: number;
}

export interface TaskStats {
  readonly total: number;
  readonly byStatus: Readonly<Record<TaskStatus, number>>;
  readonly byPriority: Readonly<Record<PriorityName, number>>;
  readonly byStatusAndPriority: Readonly<Record<TaskStatus, Readonly<Record<PriorityName, number>>>>;
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
