import type { ApprovalEvent, RunEvent, SignalEvent, TaskEvent } from '@ao/contracts';
import type { RecordedEvent } from '@ao/event-log';
import { idOf, type EventMetadata } from '@ao/kernel';
import type { ApprovalEnded, ChildEnded, TaskEnded } from '../run/run.commands';
import { outsideOf, type WorkKind } from './work';
import type { LeftNode, WorkRow } from './work.store';

/** What an event leads to goes back to it. */
export interface Cause {
  readonly correlation_id: string;
  /** `<category>@<position>` */
  readonly causation_id: string;
}

/** Work that has ended, as the step is told of it; the node is known to the table. */
export type Ending =
  | { readonly kind: 'task'; readonly work_id: string; readonly told: Omit<TaskEnded['data'], 'run_id' | 'node'> }
  | {
      readonly kind: 'approval';
      readonly work_id: string;
      readonly told: Omit<ApprovalEnded['data'], 'run_id' | 'node' | 'votes'>;
    }
  | { readonly kind: 'workflow'; readonly work_id: string; readonly told: Omit<ChildEnded['data'], 'run_id' | 'node'> };

export type Taken = Extract<SignalEvent, { type: 'SignalTaken' }>['data'];

export interface BatchPlan {
  /** Of attempts that began in this batch, as they are at its end. */
  readonly begun: readonly WorkRow[];
  /** Nodes that have stopped waiting, and runs that are over. */
  readonly left: readonly LeftNode[];
  readonly endings: readonly (Ending & Cause)[];
  /** Of `endings`: whose attempt began in this very batch. */
  readonly ownEndings: ReadonlyMap<string, WorkRow>;
  /** Streams of signals to which some came. */
  readonly kept: readonly string[];
  readonly taken: readonly (Taken & Cause)[];
  /** Runs of which there are events, by the version of the newest. */
  readonly runs: ReadonlyMap<string, number>;
  /** Of those: began in this batch. */
  readonly newRuns: ReadonlySet<string>;
}

/** What a batch of events asks for, in the order of the log. Pure. */
export function planOf(events: readonly RecordedEvent[]): BatchPlan {
  const begun = new Map<string, WorkRow>();
  const atNode = new Map<string, WorkRow>();
  const left = new Map<string, LeftNode>();
  const endings: (Ending & Cause)[] = [];
  const ownEndings = new Map<string, WorkRow>();
  const kept = new Set<string>();
  const taken: (Taken & Cause)[] = [];
  const runs = new Map<string, number>();
  const newRuns = new Set<string>();

  function leave(run_id: string, node: string | null): void {
    left.set(`${run_id} ${node ?? ''}`, { run_id, node });
    for (const row of node === null ? [...begun.values()] : [atNode.get(`${run_id} ${node}`)]) {
      if (row?.run_id !== run_id || !begun.has(row.work_id)) continue;
      // It may have been begun by whoever appended its start.
      if (row.kind === 'signal') begun.delete(row.work_id);
      else begun.set(row.work_id, { ...row, state: 'unwanted' });
    }
  }

  function end(ending: Ending, cause: Cause): void {
    const own = begun.get(ending.work_id);
    endings.push({ ...ending, ...cause });
    if (!own) return;
    ownEndings.set(ending.work_id, own);
    begun.delete(ending.work_id);
  }

  for (const event of events) {
    const cause = causeOf(event);
    switch (event.category) {
      case 'task': {
        const ending = taskEnding(event as unknown as TaskEvent);
        if (ending) end(ending, cause);
        break;
      }
      case 'approval': {
        const ending = approvalEnding(event as unknown as ApprovalEvent);
        if (ending) end(ending, cause);
        break;
      }
      case 'signal': {
        const { type, data } = event as unknown as SignalEvent;
        if (type === 'SignalTaken') taken.push({ ...data, ...cause });
        else kept.add(idOf(event.stream_id));
        break;
      }
      case 'run': {
        const { type, data } = event as unknown as RunEvent;
        const { run_id } = data;
        runs.set(run_id, event.version);
        if (type === 'RunStarted') newRuns.add(run_id);
        if (type === 'StepStarted') {
          const { node, attempt, work } = data;
          const outside = outsideOf(work, { run_id, node, attempt });
          if (!outside) break;
          const { position } = event;
          const row: WorkRow = { ...outside, run_id, node, attempt, state: 'wanted', position, ...cause };
          begun.set(row.work_id, row);
          atNode.set(`${run_id} ${node}`, row);
        } else if (leavesNode(type)) leave(run_id, (data as { node: string }).node);
        const ending = runEnding(event as unknown as RunEvent);
        if (ending) {
          leave(run_id, null);
          end(ending, cause);
        }
      }
    }
  }
  return {
    begun: [...begun.values()],
    left: [...left.values()],
    endings,
    ownEndings,
    kept: [...kept],
    taken,
    runs,
    newRuns,
  };
}

function causeOf({
  category,
  position,
  metadata,
}: Pick<RecordedEvent, 'category' | 'position'> & { metadata: EventMetadata }): Cause {
  return { correlation_id: metadata.correlation_id, causation_id: `${category}@${position}` };
}

const leavesNode = (type: RunEvent['type']): boolean =>
  type === 'StepCompleted' || type === 'StepFailed' || type === 'StepCancelled' || type === 'StepAttemptFailed';

/** The types of event that may tell of a task's end. */
export const TASK_ENDS: readonly TaskEvent['type'][] = [
  'TaskCompleted',
  'TaskResultAccepted',
  'TaskFailed',
  'TaskDeadLettered',
  'TaskExpired',
  'TaskCancelled',
];

/** The task of whose end the event tells. */
export const endedTask = (event: RecordedEvent): string | undefined =>
  event.category === 'task' ? taskEnding(event as unknown as TaskEvent)?.work_id : undefined;

function taskEnding(event: TaskEvent): Ending | undefined {
  switch (event.type) {
    case 'TaskCompleted':
    case 'TaskResultAccepted': {
      const { task_id, result } = event.data;
      return endingOf('task', task_id, { task_id, status: 'completed', result });
    }
    case 'TaskFailed':
    case 'TaskDeadLettered': {
      const { task_id, failure } = event.data;
      const status = event.type === 'TaskFailed' ? 'failed' : 'dead_lettered';
      const { class: named, message } = failure;
      return endingOf('task', task_id, {
        task_id,
        status,
        failure: { ...(named !== undefined && { class: named }), message },
      });
    }
    case 'TaskExpired': {
      const { task_id } = event.data;
      return endingOf('task', task_id, { task_id, status: 'expired' });
    }
    case 'TaskCancelled': {
      const { task_id, reason } = event.data;
      return endingOf('task', task_id, { task_id, status: 'cancelled', failure: { message: reason } });
    }
    default:
      return undefined;
  }
}

const APPROVAL_ENDS = {
  ApprovalGranted: 'approved',
  ApprovalRejected: 'rejected',
  ApprovalExpired: 'expired',
  ApprovalVoided: 'voided',
} as const;

function approvalEnding({ type, data }: ApprovalEvent): Ending | undefined {
  if (!(type in APPROVAL_ENDS)) return undefined;
  const { approval_id } = data;
  return endingOf('approval', approval_id, { approval_id, status: APPROVAL_ENDS[type as keyof typeof APPROVAL_ENDS] });
}

function runEnding(event: RunEvent): Ending | undefined {
  const child_run_id = event.data.run_id;
  switch (event.type) {
    case 'RunCompleted':
      return endingOf('workflow', child_run_id, { child_run_id, status: 'completed', output: event.data.output });
    case 'RunFailed': {
      const { class: named, message } = event.data.failure;
      return endingOf('workflow', child_run_id, { child_run_id, status: 'failed', failure: { class: named, message } });
    }
    case 'RunCancelled': {
      const failure = { class: 'cancelled', message: event.data.reason };
      return endingOf('workflow', child_run_id, { child_run_id, status: 'cancelled', failure });
    }
    default:
      return undefined;
  }
}

type Told<Kind extends WorkKind> = Extract<Ending, { kind: Kind }>['told'];

function endingOf<Kind extends Ending['kind']>(kind: Kind, work_id: string, told: Told<Kind>): Ending {
  return { kind, work_id, told } as Ending;
}
