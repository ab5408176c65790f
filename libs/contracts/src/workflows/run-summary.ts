import type { NODE_STATUSES, RunDocument, RunEvent, RunNode, RunStatus } from './run';

/** Of the steps at work a list names so many. */
export const MAX_CURRENT_STEPS = 20;
/** Of a map's items that wait for approvals so many are kept. */
const MAX_WAITING_APPROVALS = 100;

type NodeStatus = RunNode['status'];

/**
 * A run as lists show it: who, when, how far. Neither its definition nor what goes from step to step, so that it stays small
 * however long the run is; all of it is `RunDocument`.
 */
export interface RunSummary extends Pick<
  RunDocument,
  | 'run_id'
  | 'workflow_id'
  | 'workflow_name'
  | 'version'
  | 'status'
  | 'priority'
  | 'cause'
  | 'parent'
  | 'depth'
  | 'fork'
  | 'started_by'
  | 'deadline'
  | 'started_at'
  | 'paused_at'
  | 'updated_at'
  | 'ended_at'
  | 'failure'
  | 'compensated'
> {
  /** Steps of the definition: those within others are not counted. */
  readonly total_steps: number;
  /** Of each of them that has begun, in the order they began. */
  readonly steps: Readonly<Record<string, NodeStatus>>;
  /** Those that nodes at work wait for: the first hundred. */
  readonly approvals: readonly { readonly node: string; readonly approval_id: string }[];
  readonly revision: number;
}

/** The run's summary after one more event; undefined: it has not started. */
export function evolveRunSummary(run: RunSummary | undefined, event: RunEvent): RunSummary | undefined {
  if (event.type === 'RunStarted') return begun(event.data);
  if (!run) return run;
  switch (event.type) {
    case 'StepStarted': {
      const { node, work, at } = event.data;
      const next = withNode(run, node, 'running', at);
      return work.type === 'approval' && next.approvals.length < MAX_WAITING_APPROVALS
        ? { ...next, approvals: [...next.approvals, { node, approval_id: work.approval_id }] }
        : next;
    }
    case 'StepAttemptFailed':
      return withNode(run, event.data.node, 'waiting', event.data.at);
    case 'StepCompleted':
      return withNode(run, event.data.node, 'completed', event.data.at);
    case 'StepFailed':
      return withNode(run, event.data.node, 'failed', event.data.at);
    case 'StepSkipped':
      return withNode(run, event.data.node, 'skipped', event.data.at);
    case 'StepCancelled':
      return withNode(run, event.data.node, 'cancelled', event.data.at);
    case 'SignalReceived':
      return changed(run, event.data.at, {});
    case 'RunPaused':
      return changed(run, event.data.at, { status: 'paused', paused_at: event.data.at });
    case 'RunResumed':
      return changed(run, event.data.at, { status: 'running', paused_at: null });
    case 'RunCompensating':
      return changed(run, event.data.at, { status: 'compensating', paused_at: null });
    case 'RunCompleted':
      return ended(run, 'completed', event.data.at, {});
    case 'RunFailed': {
      const { failure, compensated, at } = event.data;
      return ended(run, 'failed', at, { failure, compensated });
    }
    case 'RunCancelled': {
      const { reason, compensated, at } = event.data;
      return ended(run, 'cancelled', at, {
        failure: { node: null, class: 'cancelled', message: reason },
        compensated,
      });
    }
    case 'RunRetried': {
      const { nodes, continued, deadline, at } = event.data;
      const goesOn = ([key, status]: [string, NodeStatus]) =>
        !nodes.includes(key) && !(continued.includes(key) && status !== 'completed');
      const steps = Object.fromEntries(Object.entries(run.steps).filter(goesOn));
      const open = { paused_at: null, ended_at: null, failure: null, compensated: false } as const;
      return changed(run, at, { status: 'running', ...open, deadline, steps });
    }
    default:
      return run;
  }
}

/** How many of its steps stand where. Those that have not begun wait. */
export function stepCounts({ steps, total_steps }: RunSummary): Record<(typeof NODE_STATUSES)[number], number> {
  const counts = { running: 0, waiting: 0, completed: 0, failed: 0, skipped: 0, cancelled: 0 };
  const all = Object.values(steps);
  for (const status of all) counts[status] += 1;
  counts.waiting += Math.max(0, total_steps - all.length);
  return counts;
}

/** The steps at work, and those that are to be tried again. */
export function currentSteps({ steps }: RunSummary): string[] {
  return Object.entries(steps)
    .filter(([, status]) => status === 'running' || status === 'waiting')
    .slice(0, MAX_CURRENT_STEPS)
    .map(([key]) => key);
}

function begun(data: Extract<RunEvent, { type: 'RunStarted' }>['data']): RunSummary {
  const { definition, parameters: _parameters, ...shown } = data;
  // Definitions of the log are taken as they are: what is none has no steps.
  const steps: unknown = (definition as { readonly steps?: unknown }).steps;
  return {
    ...shown,
    status: 'running',
    total_steps: Array.isArray(steps) ? steps.length : 0,
    steps: {},
    approvals: [],
    failure: null,
    compensated: false,
    paused_at: null,
    updated_at: data.started_at,
    ended_at: null,
    revision: 1,
  };
}

/** A step of the definition itself: neither within another nor what takes one back. */
const isStep = (node: string): boolean => !node.includes('/') && !node.includes(':');

function withNode(run: RunSummary, node: string, status: NodeStatus, at: string): RunSummary {
  const approvals = run.approvals.some((waiting) => waiting.node === node)
    ? run.approvals.filter((waiting) => waiting.node !== node)
    : run.approvals;
  return changed(run, at, { approvals, ...(isStep(node) && { steps: { ...run.steps, [node]: status } }) });
}

function changed(run: RunSummary, at: string, changes: Partial<RunSummary>): RunSummary {
  return { ...run, ...changes, updated_at: at, revision: run.revision + 1 };
}

function ended(run: RunSummary, status: RunStatus, at: string, changes: Partial<RunSummary>): RunSummary {
  return changed(run, at, { status, paused_at: null, ended_at: at, approvals: [], ...changes });
}
