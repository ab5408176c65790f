import type { RunStatus } from '@ao/contracts';
import type { OperationsStatus } from './task.words';

/** The words of seed document 001 for how a run and its steps stand: as its tasks have them. */

/** What each word stands for. A run is never pending. */
export const RUN_STATUSES_OF: Readonly<Record<OperationsStatus, readonly RunStatus[]>> = {
  pending: [],
  running: ['running', 'paused', 'compensating'],
  completed: ['completed'],
  failed: ['failed', 'cancelled'],
};

export function operationsRunStatus(status: RunStatus): OperationsStatus {
  if (status === 'completed') return 'completed';
  return RUN_STATUSES_OF.failed.includes(status) ? 'failed' : 'running';
}

/** One that has not begun or waits for its next attempt is pending, one that is skipped is done with. */
const OF_STEPS: Readonly<Record<string, OperationsStatus>> = {
  running: 'running',
  completed: 'completed',
  skipped: 'completed',
  failed: 'failed',
  cancelled: 'failed',
};

export const operationsStepStatus = (status: string): OperationsStatus => OF_STEPS[status] ?? 'pending';
