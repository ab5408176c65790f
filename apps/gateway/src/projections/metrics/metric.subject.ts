import {
  coordinatorStatus,
  evolveAgent,
  evolveTask,
  OPEN_TASK_STATUSES,
  type AgentCondition,
  type AgentDocument,
  type AgentEvent,
  type RunEvent,
  type TaskDocument,
  type TaskEvent,
} from '@ao/contracts';

/** As much of an open task as says since when it waits, and since when it is worked at. */
export interface TaskSubject extends Pick<TaskDocument, 'status' | 'assigned_at' | 'started_at'> {
  readonly kind: 'task';
  /** Since when it can be given out; null while it cannot. */
  readonly ready_at: string | null;
  /** What decides, when it is resumed, whether it can. */
  readonly not_before?: string;
  readonly waits_for?: readonly string[];
}

export interface AgentSubject extends AgentCondition {
  readonly kind: 'agent';
}

export interface RunSubject {
  readonly kind: 'run';
  readonly started_at: string;
}

/** What is remembered of a task, a run or an agent until it ends, because a later event is told apart by it. */
export type MetricSubject = TaskSubject | AgentSubject | RunSubject;

/** What `TaskRetried` brings back; the rest of it the event says. */
const ENDED = { kind: 'task', status: 'failed', ready_at: null, assigned_at: null, started_at: null } as const;

/** Undefined: it has ended, or was never begun. By the one fold of tasks, of which only these fields are looked at. */
export function evolveTaskSubject(before: TaskSubject | undefined, event: TaskEvent): TaskSubject | undefined {
  const known = before ?? (event.type === 'TaskRetried' ? ENDED : undefined);
  const after = evolveTask(known && ({ waits_for: [], ...known } as unknown as TaskDocument), event);
  if (!after || !OPEN_TASK_STATUSES.includes(after.status)) return undefined;
  const { status, assigned_at, started_at, not_before, waits_for } = after;
  if (before && status === before.status && started_at === before.started_at && assigned_at === before.assigned_at) {
    const open = waits_for.length === (before.waits_for?.length ?? 0) && not_before === before.not_before;
    if (open) return before;
  }
  const queuedBefore = before?.status === 'queued' ? before.ready_at : null;
  return {
    kind: 'task',
    status,
    assigned_at,
    started_at,
    ready_at: status === 'queued' ? (queuedBefore ?? after.retry_at ?? after.updated_at) : null,
    ...(not_before !== undefined && { not_before }),
    ...(waits_for.length > 0 && { waits_for }),
  };
}

/** Undefined: it is gone. */
export function evolveAgentSubject(before: AgentSubject | undefined, event: AgentEvent): AgentSubject | undefined {
  const after = evolveAgent(before as unknown as AgentDocument | undefined, event);
  if (!after || after.lifecycle === 'deleted') return undefined;
  const { lifecycle, liveness, load, health } = after;
  const same =
    before?.lifecycle === lifecycle && before.liveness === liveness && before.load === load && before.health === health;
  return same ? before : { kind: 'agent', lifecycle, liveness, load, health };
}

/** Undefined: it has ended. */
export function evolveRunSubject(before: RunSubject | undefined, event: RunEvent): RunSubject | undefined {
  switch (event.type) {
    case 'RunStarted':
      return { kind: 'run', started_at: event.data.started_at };
    case 'RunRetried':
      return { kind: 'run', started_at: event.data.at };
    case 'RunCompleted':
    case 'RunFailed':
    case 'RunCancelled':
      return undefined;
    default:
      return before;
  }
}

/** It takes tasks, or is busy with them. */
export const isActive = (agent: AgentCondition): boolean => ['active', 'busy'].includes(coordinatorStatus(agent));
