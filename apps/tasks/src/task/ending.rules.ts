import type { TaskEvent, TaskFailure } from '@ao/contracts';
import { accept } from '@ao/kernel';
import {
  hasEnded,
  names,
  refuse,
  type AcceptResult,
  type CancelTask,
  type DeadLetterTask,
  type Decide,
  type RemoveDeadLetter,
  type RetryTask,
} from './task.commands';
import { MOVED_BY_OPERATOR, isEnded, isLeased, type KnownState } from './task.state';

export const cancel: Decide<CancelTask> = (command, state) => {
  if (isEnded(state)) return hasEnded(command, state);
  if (command.data.only_queued && state.status !== 'queued') {
    const why = isLeased(state) ? `agent '${state.lease.agent_id}' has it` : `it is ${state.status}`;
    return refuse(command, 'task_not_queued', why);
  }
  const cancelled_at = command.metadata.time;
  return accept([cancelled(state, command.data.reason, cancelled_at)], { cancelled_at });
};

export const deadLetter: Decide<DeadLetterTask> = (command, state) => {
  if (isEnded(state) && state.status !== 'failed') return hasEnded(command, state);
  const dead_lettered_at = command.metadata.time;
  const failure = { class: MOVED_BY_OPERATOR, message: command.data.reason, retryable: false };
  return accept([deadLettered(state, state.failed_attempts, failure, dead_lettered_at)], { dead_lettered_at });
};

export const removeDeadLetter: Decide<RemoveDeadLetter> = (command, state) => {
  if (state.status !== 'dead_lettered') return refuse(command, 'task_not_dead_lettered', `it is ${state.status}`);
  const removed_at = command.metadata.time;
  const { reason } = command.data;
  return accept([{ type: 'TaskDeadLetterRemoved', data: { task_id: state.task_id, removed_at, reason } }], {
    removed_at,
  });
};

/** With all its attempts, and waiting for nothing but the time that is asked for now. */
export const retry: Decide<RetryTask> = (command, state) => {
  const { not_before, only_dead_lettered } = command.data;
  if (only_dead_lettered && state.status !== 'dead_lettered') {
    return refuse(command, 'task_not_dead_lettered', `it is ${state.status}`);
  }
  if (!isEnded(state)) return refuse(command, 'task_open', `it has not ended: ${state.status}`);
  if (state.status === 'completed') return hasEnded(command, state);
  const retried_at = command.metadata.time;
  const later = not_before !== undefined && Date.parse(not_before) > Date.parse(retried_at);
  const data = { task_id: state.task_id, retried_at, ...(later && { not_before }) };
  return accept([{ type: 'TaskRetried', data }], { retried_at });
};

/** Only what came under a lease of this task: whoever never had it has no result of it. */
export const acceptResult: Decide<AcceptResult> = (command, state) => {
  if (state.status === 'completed') return hasEnded(command, state);
  const { task_id, agent_id, lease_token: token, result } = command.data;
  const reference = agent_id === undefined ? undefined : { task_id, agent_id, lease_token: token };
  const lease = reference && state.over.findLast((past) => past.late && names(reference, past));
  if (!lease) return refuse(command, 'no_late_result', 'none came under a lease of it that was over');
  const accepted_at = command.metadata.time;
  const { lease_token } = lease;
  const data = { task_id, agent_id: lease.agent_id, lease_token, accepted_at, result };
  return accept([{ type: 'TaskResultAccepted', data }], { accepted_at });
};

export function cancelled(state: KnownState, reason: string, cancelled_at: string): TaskEvent {
  const agent_id = isLeased(state) ? state.lease.agent_id : undefined;
  return { type: 'TaskCancelled', data: { task_id: state.task_id, cancelled_at, reason, agent_id } };
}

/** `agent_id`: whose report of a failure it is. */
export function deadLettered(
  { task_id }: KnownState,
  failed_attempts: number,
  failure: TaskFailure,
  dead_lettered_at: string,
  agent_id?: string,
): TaskEvent {
  return { type: 'TaskDeadLettered', data: { task_id, agent_id, dead_lettered_at, failed_attempts, failure } };
}
