import type { ApprovalDocument, RunDocument, StepFailure } from '@ao/contracts';
import type { CostFigures } from '../projections/costs/cost.report';
import type { Unread } from './run-history';
import type { Assignment } from './task-work';

export const NODE_KINDS = ['run', 'step', 'attempt', 'task', 'approval', 'signal'] as const;
export type NodeKind = (typeof NODE_KINDS)[number];

interface Node<Kind extends NodeKind> {
  readonly id: string;
  readonly kind: Kind;
  readonly label: string;
  /** The run that it is of. */
  readonly run_id: string;
  readonly status: string;
  readonly started_at: string | null;
  readonly ended_at: string | null;
  /** Of what is open: up to now. */
  readonly duration_ms: number | null;
  /** Of what was used up for it and for all that it made; null: nothing, or not shown to this caller. */
  readonly cost: CostFigures | null;
  /** On the critical path. */
  readonly critical: boolean;
}

export interface RunNodeOfGraph
  extends
    Node<'run'>,
    Pick<
      RunDocument,
      'workflow_id' | 'workflow_name' | 'version' | 'cause' | 'parent' | 'fork' | 'started_by' | 'failure'
    > {}
export interface StepNodeOfGraph extends Node<'step'> {
  readonly node: string;
  readonly type: string | null;
  readonly attempts: number;
  readonly carried: boolean;
  readonly failure: StepFailure | null;
}
export interface AttemptNodeOfGraph extends Node<'attempt'> {
  readonly node: string;
  readonly attempt: number;
  readonly type: string;
  /** Of a timer. */
  readonly due_at: string | null;
  readonly retry_at: string | null;
  readonly failure: StepFailure | null;
}
export interface TaskNodeOfGraph extends Node<'task'> {
  readonly task_id: string;
  readonly type: string | null;
  readonly priority: number | null;
  readonly assignments: readonly Assignment[];
  readonly late_results: number;
  /** Of its duration: with an agent, and the rest. */
  readonly work_ms: number;
  readonly wait_ms: number;
  readonly failure: StepFailure | null;
}
export interface ApprovalNodeOfGraph extends Node<'approval'>, Pick<ApprovalDocument, 'approval_id' | 'required'> {
  readonly requested_by: string | null;
  readonly votes: readonly { readonly by: string; readonly vote: 'approve' | 'reject'; readonly at: string }[];
  readonly reason: string | null;
}
export interface SignalNodeOfGraph extends Node<'signal'> {
  readonly signal_id: string;
  readonly name: string;
  readonly correlation: string | null;
  readonly sent_by: string | null;
}
export type GraphNode =
  RunNodeOfGraph | StepNodeOfGraph | AttemptNodeOfGraph | TaskNodeOfGraph | ApprovalNodeOfGraph | SignalNodeOfGraph;
type WithoutSums<One> = One extends GraphNode ? Omit<One, 'cost' | 'critical'> : never;
/** Before it is known what things cost together, and what was critical. */
export type BareNode = WithoutSums<GraphNode>;

/**
 * `depends`: the step waited for the other to end. `spawned`: made by it. `waits`: it waited for what people or systems say.
 * `compensates`: it takes the other back. `caused`: an event of the one led to an event of the other, as the log says.
 */
export const EDGE_KINDS = ['depends', 'spawned', 'waits', 'compensates', 'caused'] as const;
export type EdgeKind = (typeof EDGE_KINDS)[number];

/** `from` came first; of `compensates`, it is what takes `to` back. */
export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  readonly kind: EdgeKind;
  /** Of `caused`: the first event of `to` that `from` led to. */
  readonly event: { readonly type: string; readonly position: number } | null;
}

export interface PathStep {
  readonly node: string;
  readonly label: string;
  readonly from: string;
  readonly to: string;
  readonly wait_ms: number;
  readonly work_ms: number;
}

export interface RunGraph {
  readonly run_id: string;
  readonly status: string;
  /** The moment it shows. */
  readonly at: string;
  readonly started_at: string;
  readonly ended_at: string | null;
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  readonly critical_path: {
    readonly total_ms: number;
    readonly wait_ms: number;
    readonly work_ms: number;
    readonly steps: readonly PathStep[];
  };
  /** Null: all of it is here. */
  readonly truncated: (Unread & { readonly nodes: number }) | null;
}

export const nodeId = {
  run: (run: string) => `run:${run}`,
  step: (run: string, node: string) => `step:${run}:${node}`,
  attempt: (run: string, node: string, attempt: number) => `attempt:${run}:${node}:${attempt}`,
  task: (task: string) => `task:${task}`,
  approval: (approval: string) => `approval:${approval}`,
  signal: (signal: string) => `signal:${signal}`,
} as const;
