import type { Work } from '@ao/contracts';
import { derivedId } from '@ao/kernel';

/** What others do for a step, and what a step waits for from others. What a run does by itself is not among it. */
export const WORK_KINDS = ['task', 'approval', 'workflow', 'webhook', 'signal'] as const;
export type WorkKind = (typeof WORK_KINDS)[number];

/** One attempt of a node that waits for something outside its run. */
export interface WorkRef {
  readonly work_id: string;
  readonly kind: WorkKind;
  readonly run_id: string;
  readonly node: string;
  readonly attempt: number;
  readonly correlation_id: string;
  /** The start of the attempt: `run@<position>`. */
  readonly causation_id: string;
}

/** The stream of the signals with this name and correlation. */
export const signalKeyOf = (name: string, correlation: string): string => derivedId('signal', name, correlation);

/** What is carried out for a step; undefined: nothing, it sees to itself, or waits for what names its run. */
export function outsideOf(
  work: Work,
  { run_id, node, attempt }: Pick<WorkRef, 'run_id' | 'node' | 'attempt'>,
): { readonly work_id: string; readonly kind: WorkKind; readonly signal_key: string | null } | undefined {
  switch (work.type) {
    case 'task':
      return { work_id: work.task_id, kind: 'task', signal_key: null };
    case 'approval':
      return { work_id: work.approval_id, kind: 'approval', signal_key: null };
    case 'workflow':
      return { work_id: work.child_run_id, kind: 'workflow', signal_key: null };
    case 'webhook':
      return { work_id: work.request_id, kind: 'webhook', signal_key: null };
    case 'signal':
      if (work.correlation === null) return undefined;
      return {
        work_id: derivedId('signal-of-step', run_id, node, attempt),
        kind: 'signal',
        signal_key: signalKeyOf(work.name, work.correlation),
      };
    default:
      return undefined;
  }
}
