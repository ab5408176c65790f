import { bandRange, priorityBand, priorityValue, type PriorityName, type TaskStatus } from '@ao/contracts';

/** The words of seed document 001 for how a task stands and how urgent it is (API conflicts 8 and 9). */

export const OPERATIONS_STATUSES = ['pending', 'running', 'completed', 'failed'] as const;
export type OperationsStatus = (typeof OPERATIONS_STATUSES)[number];

export const OPERATIONS_PRIORITIES = ['low', 'medium', 'high', 'critical'] as const;
export type OperationsPriority = (typeof OPERATIONS_PRIORITIES)[number];

/** What each word stands for. */
export const STATUSES_OF: Readonly<Record<OperationsStatus, readonly TaskStatus[]>> = {
  pending: ['scheduled', 'queued', 'assigned'],
  running: ['running', 'paused', 'input_required'],
  completed: ['completed'],
  failed: ['failed', 'cancelled', 'expired', 'dead_lettered'],
};

export function operationsTaskStatus(status: TaskStatus): OperationsStatus {
  return OPERATIONS_STATUSES.find((word) => STATUSES_OF[word].includes(status)) ?? 'failed';
}

const NAMED: Readonly<Record<OperationsPriority, PriorityName>> = {
  low: 'low',
  medium: 'normal',
  high: 'high',
  critical: 'critical',
};
const WORD: Readonly<Record<PriorityName, OperationsPriority>> = {
  low: 'low',
  normal: 'medium',
  high: 'high',
  critical: 'critical',
  urgent: 'critical',
};

export const operationsPriority = (priority: number): OperationsPriority => WORD[priorityBand(priority)];
export const priorityOf = (word: OperationsPriority): number => priorityValue(NAMED[word]);

/** Every priority that is shown by this word. */
export function prioritiesOf(word: OperationsPriority): { lowest: number; highest: number } {
  const { lowest, highest } = bandRange(NAMED[word]);
  return { lowest, highest: word === 'critical' ? bandRange('urgent').highest : highest };
}
