import { retryDelay, type RetryPolicy, type TaskEvent, type TaskFailure, type TaskStatus } from '@ao/contracts';
import { accept, addMilliseconds } from '@ao/kernel';
import { deadLettered } from './ending.rules';
import {
  hasEnded,
  names,
  refuse,
  superseded,
  type AssignTask,
  type CompleteTask,
  type Decide,
  type ExpireTaskLease,
  type ProvideInput,
  type RequireInput,
  type ReturnTask,
  type StartTask,
} from './task.commands';
import { isEnded, isLeased, type LeasedTaskState } from './task.state';

const LONGEST_DELAY_MS = 86_400_000;

export const assign: Decide<AssignTask> = (command, state) => {
  const { agent_id, lease_token, pool, epoch, reason } = command.data;
  const { time } = command.metadata;
  if (isEnded(state)) return hasEnded(command, state);
  if (state.status !== 'queued') {
    const why = isLeased(state) ? `agent '${state.lease.agent_id}' has it` : `it is ${state.status}`;
    return refuse(command, 'task_not_queued', why);
  }
  if (state.retry_at !== undefined && Date.parse(time) < Date.parse(state.retry_at)) {
    return refuse(command, 'task_not_ready', `it is not to be given out before ${state.retry_at}`);
  }
  const lease = {
    agent_id,
    // An attempt that never started does not count, so its number is given out again, under another token.
    attempt: state.failed_attempts + 1,
    lease_token,
    lease_expires_at: addMilliseconds(time, state.lease_seconds * 1000),
  };
  const { task_id, revision } = state;
  return accept([{ type: 'TaskAssigned', data: { task_id, ...lease, assigned_at: time, pool, epoch, reason } }], {
    ...lease,
    ...(revision > 0 && { revision }),
  });
};

export const start: Decide<StartTask> = (command, state) => {
  if (isEnded(state)) return hasEnded(command, state);
  if (!isLeased(state) || !names(command.data, state.lease)) return superseded(command, state);
  if (state.status !== 'assigned') return accept([], { started_at: state.started_at });
  const { time } = command.metadata;
  return accept([started(state, time)], { started_at: time });
};

export const requireInput: Decide<RequireInput> = (command, state) => {
  if (isEnded(state)) return hasEnded(command, state);
  if (!isLeased(state) || !names(command.data, state.lease)) return superseded(command, state);
  const { prompt } = command.data;
  // The agent did not hear our answer and asks again.
  if (state.asked?.prompt === prompt) return accept([], { required_at: state.asked.required_at });
  const required_at = command.metadata.time;
  const { task_id } = state;
  const asked: TaskEvent = { type: 'TaskInputRequired', data: { task_id, ...leaseIn(state), required_at, prompt } };
  return accept(state.status === 'assigned' ? [started(state, required_at), asked] : [asked], { required_at });
};

export const provideInput: Decide<ProvideInput> = (command, state) => {
  if (isEnded(state)) return hasEnded(command, state);
  if (state.status !== 'input_required') return refuse(command, 'input_not_required', `it is ${state.status}`);
  const { agent_id } = state.lease;
  const provided_at = command.metadata.time;
  const { input } = command.data;
  return accept([{ type: 'TaskInputProvided', data: { task_id: state.task_id, agent_id, provided_at, input } }], {
    provided_at,
  });
};

export const complete: Decide<CompleteTask> = (command, state) => {
  const { outcome, with_start } = command.data;
  if (isLeased(state) && names(command.data, state.lease)) {
    const { time } = command.metadata;
    const { event, status } = outcome.success
      ? completed(state, outcome.result, time)
      : attemptFailed(state, outcome.failure, time);
    const answer = { acknowledged: true, status };
    if (!with_start) return accept([event], answer);
    if (state.status !== 'assigned') return accept([event], { ...answer, started_at: state.started_at });
    return accept([started(state, time), event], { ...answer, started_at: time });
  }
  // The agent did not hear our answer and says it again: nothing new to keep.
  const { settled } = state;
  if (settled && names(command.data, settled) && settled.outcome === (outcome.success ? 'completed' : 'failed')) {
    return accept([], { acknowledged: true, status: state.status });
  }
  const refusal = isEnded(state) ? hasEnded(command, state) : superseded(command, state);
  const { agent_id, lease_token } = command.data;
  return {
    ...refusal,
    record: [
      {
        type: 'TaskCompletionRejected',
        data: {
          task_id: state.task_id,
          agent_id,
          lease_token,
          rejected_at: command.metadata.time,
          code: refusal.code,
          success: outcome.success,
          result: outcome.success ? outcome.result : (outcome.result ?? null),
        },
      },
    ],
  };
};

/** The event that ends an attempt, and the task's status after it. */
interface Ending {
  readonly event: TaskEvent;
  readonly status: TaskStatus;
}

function completed(state: LeasedTaskState, result: unknown, completed_at: string): Ending {
  const data = { task_id: state.task_id, ...leaseIn(state), completed_at, result };
  return { event: { type: 'TaskCompleted', data }, status: 'completed' };
}

function attemptFailed(state: LeasedTaskState, failure: TaskFailure, failed_at: string): Ending {
  const { task_id, retry } = state;
  if (!failure.retryable || endsAtOnce(retry, failure.class)) {
    return {
      event: { type: 'TaskFailed', data: { task_id, ...leaseIn(state), failed_at, failure } },
      status: 'failed',
    };
  }
  const failed_attempts = state.failed_attempts + 1;
  if (failed_attempts >= retry.max_attempts) {
    const event = deadLettered(state, failed_attempts, failure, failed_at, state.lease.agent_id);
    return { event, status: 'dead_lettered' };
  }
  const delay = Math.max(retryDelay(retry, task_id, failed_attempts), failure.retry_after_ms ?? 0);
  const retry_at = addMilliseconds(failed_at, Math.min(delay, LONGEST_DELAY_MS));
  const data = { task_id, ...leaseIn(state), failed_at, failure, retry_at, failed_attempts };
  return { event: { type: 'TaskAttemptFailed', data }, status: 'queued' };
}

export const giveBack: Decide<ReturnTask> = (command, state) => {
  const { settled } = state;
  if (!isLeased(state) || !names(command.data, state.lease)) {
    if (settled?.outcome === 'returned' && names(command.data, settled)) {
      return accept([], { returned_at: settled.at });
    }
    return isEnded(state) ? hasEnded(command, state) : superseded(command, state);
  }
  const { task_id, failed_attempts, returns } = state;
  const returned_at = command.metadata.time;
  // Once is a graceful stop. An agent that keeps handing the task back must not spin the dispatcher.
  const retry_at = returns === 0 ? undefined : addMilliseconds(returned_at, retryDelay(state.retry, task_id, returns));
  const { reason } = command.data;
  return accept(
    [{ type: 'TaskReturned', data: { task_id, ...leaseIn(state), returned_at, reason, retry_at, failed_attempts } }],
    { returned_at },
  );
};

export const expireLease: Decide<ExpireTaskLease> = (command, state) => {
  const { lease_token, reason, lease_expires_at } = command.data;
  const { time: expired_at } = command.metadata;
  if (isEnded(state)) return hasEnded(command, state);
  if (!isLeased(state) || state.lease.lease_token !== lease_token) return superseded(command, state);
  const { task_id, retry, on_agent_lost } = state;
  const deadline = later(state.lease.expires_at, lease_expires_at);
  const lost = reason === 'agent_lost' && on_agent_lost !== 'wait';
  if (!lost && Date.parse(expired_at) < Date.parse(deadline)) {
    return refuse(command, 'lease_not_expired', `it lasts until ${deadline}`);
  }
  const hasStarted = state.status !== 'assigned';
  const failed_attempts = state.failed_attempts + (hasStarted ? 1 : 0);
  // At once, without backoff: the agent was at fault, not the task.
  const data = { task_id, ...leaseIn(state), expired_at, reason, failed_attempts };
  const expired: TaskEvent = { type: 'TaskLeaseExpired', data };
  const why = reason === 'agent_lost' ? `agent '${state.lease.agent_id}' was lost` : 'its lease expired';
  const failed = (failure: TaskFailure): TaskEvent => ({
    type: 'TaskFailed',
    data: { task_id, ...leaseIn(state), failed_at: expired_at, failure },
  });
  // A lost agent first shows by a lease that nobody renews; one that never started has done nothing that could be done twice.
  if (on_agent_lost === 'fail' && (lost || hasStarted)) {
    const message = `not to be given to another agent: ${why}`;
    return accept([expired, failed({ class: 'agent_lost', message, retryable: false })]);
  }
  const failure = { class: reason, message: `the last attempt ended without a result: ${why}`, retryable: true };
  if (hasStarted && endsAtOnce(retry, reason)) return accept([expired, failed(failure)]);
  if (hasStarted && failed_attempts >= retry.max_attempts) {
    return accept([expired, deadLettered(state, failed_attempts, failure, expired_at)]);
  }
  return accept([expired]);
};

function endsAtOnce({ non_retryable }: RetryPolicy, failureClass: string | undefined): boolean {
  return failureClass !== undefined && (non_retryable?.includes(failureClass) ?? false);
}

function started(state: LeasedTaskState, started_at: string): TaskEvent {
  return { type: 'TaskStarted', data: { task_id: state.task_id, ...leaseIn(state), started_at } };
}

function leaseIn(state: LeasedTaskState): { agent_id: string; attempt: number; lease_token: string } {
  const { agent_id, attempt, lease_token } = state.lease;
  return { agent_id, attempt, lease_token };
}

function later(time: string, other: string | undefined): string {
  return other !== undefined && Date.parse(other) > Date.parse(time) ? other : time;
}
