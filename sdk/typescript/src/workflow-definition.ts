/**
 * A workflow's definition as the API takes it and gives it, and as a YAML file has it: a document with names of its own, which
 * are never renamed. In texts `${{ CEL }}` stands for a value; one expression alone gives the value with its type.
 */
export interface WorkflowDefinition {
  /** JSON Schema (2020-12) that a run's parameters must meet; null or absent: any. */
  readonly parameters?: Readonly<Record<string, unknown>> | null;
  readonly steps: readonly WorkflowStep[];
  /** What a run gives back; absent: the outputs of the steps on which no other depends, by key. */
  readonly output?: unknown;
  /** Absent: compensate where a step says how. */
  readonly on_failure?: 'stop' | 'compensate';
  /** Of the whole run. */
  readonly timeout_seconds?: number;
  /** Steps at work at once; absent: all that can be. */
  readonly max_parallel?: number;
}

interface StepAttempts {
  /** Of a task, how often it is tried is its own policy. */
  readonly retry?: Readonly<Record<string, unknown>>;
  readonly timeout_seconds?: number;
}

interface StepName {
  /** What expressions call it: `steps.<key>.output`. */
  readonly key: string;
  readonly name: string;
  readonly description?: string;
}

export interface TaskAction {
  readonly type: 'task';
  readonly task: {
    readonly type: string;
    readonly title?: string;
    readonly description?: string;
    readonly instructions?: string;
    readonly payload?: Readonly<Record<string, unknown>>;
    readonly agent_id?: string;
    readonly agent_type?: string;
    readonly capabilities?: string[];
    readonly priority?: number;
    readonly lease_seconds?: number;
    readonly on_agent_lost?: 'requeue' | 'wait' | 'fail';
    readonly fairness_key?: string;
    readonly concurrency_key?: string;
  };
}
export interface ApprovalAction {
  readonly type: 'approval';
  readonly approval: {
    readonly title: string;
    readonly description?: string;
    readonly arguments?: unknown;
    readonly required?: number;
    readonly roles?: string[];
    readonly users?: string[];
    readonly allow_self?: boolean;
    readonly expires_seconds?: number;
  };
}
export interface SignalAction {
  readonly type: 'signal';
  readonly signal: { readonly name: string; readonly correlation?: string };
}
export interface TimerAction {
  readonly type: 'timer';
  readonly timer: { readonly seconds?: number | string; readonly until?: string };
}
export interface WorkflowAction {
  readonly type: 'workflow';
  readonly workflow: {
    readonly workflow_id: string;
    readonly version?: number;
    readonly parameters?: Readonly<Record<string, unknown>>;
  };
}
export interface WebhookAction {
  readonly type: 'webhook';
  readonly webhook: {
    readonly url: string;
    readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: unknown;
    readonly signing_secret_id?: string;
    readonly expect_status?: number[];
  };
}
export interface ConditionAction {
  readonly type: 'condition';
  readonly condition: { readonly expression: string; readonly then?: string[]; readonly else?: string[] };
}
export interface CompensateAction {
  readonly type: 'compensate';
  readonly compensate?: { readonly steps?: string[] };
}

/** Takes back what a step did: runs after it has completed, when the run fails or is cancelled. */
export type Compensation = (TaskAction | WorkflowAction | WebhookAction) & StepAttempts;

type Work = StepAttempts & StepName & { readonly compensation?: Compensation };

/** A step within another: a branch of a parallel, what is done for each item of a map. */
export type InnerStep = (TaskAction | ApprovalAction | SignalAction | TimerAction | WorkflowAction | WebhookAction) &
  Work;

export interface ParallelAction {
  readonly type: 'parallel';
  readonly parallel: { readonly limit?: number; readonly steps: InnerStep[] };
}
export interface MapAction {
  readonly type: 'map';
  readonly map: {
    readonly items: unknown[] | string;
    readonly limit?: number;
    readonly step: InnerStep;
    readonly on_item_failure?: 'fail' | 'continue';
  };
}

interface Place {
  readonly order?: number;
  readonly depends_on?: string[];
  readonly on_failure?: 'fail' | 'continue';
  readonly when?: string;
}

export type WorkflowStep = (
  | TaskAction
  | ApprovalAction
  | SignalAction
  | TimerAction
  | ConditionAction
  | ParallelAction
  | MapAction
  | WorkflowAction
  | WebhookAction
  | CompensateAction
) &
  Work &
  Place;
