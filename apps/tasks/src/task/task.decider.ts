import type { TaskEvent, TaskFailure, TaskOutcome, TaskSpecification } from '@ao/contracts';
import {
  accept,
  addMilliseconds,
  assertNever,
  reject,
  type Command,
  type Decider,
  type Decision,
  type Rejection,
} from '@ao/kernel';
import { retryDelay } from './retry-delay';
import { evolve, initialState, isEnded, isLeased, type LeasedTaskState, type TaskState } from './task.state';

/** Why this agent, as the assignment event keeps it. */
export interface AssignmentReason {
  strategy: string;
  candidates: { agent_id: string; score: number }[];
  candidate_count: number;
}

/** Names a lease; without a token the agent's current one is meant. */
interface LeaseReference {
  task_id: string;
  agent_id: string;
  lease_token?: string;
}

/** `task_id` is made up by the handler, so it is no part of what a repeated command must have in common with the first. */
export type SubmitTask = Command<'SubmitTask', { task_id: string; specification: TaskSpecification; pool: string }>;
/** Uses one fresh id: the lease token. */
export type AssignTask = Command<
  'AssignTask',
  { task_id: string; agent_id: string; pool: string; epoch: number; reason: AssignmentReason }
>;
export type StartTask = Command<'StartTask', LeaseReference>;
export type CompleteTask = Command<'CompleteTask', LeaseReference & { outcome: TaskOutcome }>;
export type ReturnTask = Command<'ReturnTask', LeaseReference & { reason: string }>;
/** `only_queued`: leave it alone once an agent has it. */
export type CancelTask = Command<'CancelTask', { task_id: string; reason: string; only_queued?: boolean }>;
/** `lease_expires_at`: the deadline as renewals have moved it; the events know only the one before. */
export type ExpireTaskLease = Command<
  'ExpireTaskLease',
  { task_id: string; lease_token: string; reason: 'lease_expired' | 'agent_lost'; lease_expires_at?: string }
>;

export type TaskCommand =
  SubmitTask | AssignTask | StartTask | CompleteTask | ReturnTask | CancelTask | ExpireTaskLease;

export const taskDecider: Decider<TaskState, TaskCommand, TaskEvent> = { initialState, evolve, decide };

/** A command once its task is known to exist. */
type Decide<C extends TaskCommand> = (
  command: C,
  state: Exclude<TaskState, { status: 'absent' }>,
) => Decision<TaskEvent>;

function decide(command: TaskCommand, state: TaskState): Decision<TaskEvent> {
  if (command.type === 'SubmitTask') return submit(command, state);
  const { task_id } = command.data;
  if (state.status === 'absent') {
    return reject(
      'not_found',
      'task_not_found',
      `Expected to ${VERB[command.type]} task '${task_id}', but there is none with this id`,
    );
  }
  switch (command.type) {
    case 'AssignTask':
      return assign(command, state);
    case 'StartTask':
      return start(command, state);
    case 'CompleteTask':
      return complete(command, state);
    case 'ReturnTask':
      return giveBack(command, state);
    case 'CancelTask':
      return cancel(command, state);
    case 'ExpireTaskLease':
      return expire(command, state);
    default:
      return assertNever(command);
  }
}

function submit(command: SubmitTask, state: TaskState): Decision<TaskEvent> {
  if (state.status !== 'absent') return refuse(command.type, state, 'conflict', 'task_exists', 'it exists already');
  const { task_id, specification, pool } = command.data;
  const submitted_at = command.metadata.time;
  return accept([{ type: 'TaskSubmitted', data: { ...specification, task_id, pool, submitted_at } }], {
    task_id,
    submitted_at,
  });
}

const assign: Decide<AssignTask> = (command, state) => {
  const { agent_id, pool, epoch, reason } = command.data;
  const { time, fresh_ids } = command.metadata;
  if (isEnded(state)) return ended(command.type, state);
  if (state.status !== 'queued') {
    return refuse(command.type, state, 'conflict', 'task_not_queued', `agent '${state.lease.agent_id}' has it`);
  }
  if (state.retry_at !== undefined && Date.parse(time) < Date.parse(state.retry_at)) {
    return refuse(
      command.type,
      state,
      'conflict',
      'task_not_ready',
      `it is not to be given out before ${state.retry_at}`,
    );
  }
  const lease = {
    agent_id,
    // An attempt that never started does not count, so its number is given out again, under another token.
    attempt: state.failed_attempts + 1,
    lease_token: fresh_ids[0]!,
    lease_expires_at: addMilliseconds(time, state.lease_seconds * 1000),
  };
  const { task_id } = state;
  return accept([{ type: 'TaskAssigned', data: { task_id, ...lease, assigned_at: time, pool, epoch, reason } }], lease);
};

const start: Decide<StartTask> = (command, state) => {
  if (isEnded(state)) return ended(command.type, state);
  if (!isLeased(state) || !names(command.data, state.lease)) return superseded(command.type, state);
  if (state.status === 'running') return accept([], { started_at: state.started_at });
  const { time } = command.metadata;
  return accept([{ type: 'TaskStarted', data: { task_id: state.task_id, ...leaseIn(state), started_at: time } }], {
    started_at: time,
  });
};

const complete: Decide<CompleteTask> = (command, state) => {
  const { outcome } = command.data;
  if (isLeased(state) && names(command.data, state.lease)) {
    return outcome.success ? completed(command, state, outcome.result) : attemptFailed(command, state, outcome.failure);
  }
  // The agent did not hear our answer and says it again: nothing new to keep.
  const { settled } = state;
  if (settled && names(command.data, settled) && settled.outcome === (outcome.success ? 'completed' : 'failed')) {
    return accept([], { acknowledged: true, status: state.status });
  }
  const refusal = isEnded(state) ? ended(command.type, state) : superseded(command.type, state);
  return {
    ...refusal,
    record: [
      {
        type: 'TaskCompletionRejected',
        data: {
          task_id: state.task_id,
          agent_id: command.data.agent_id,
          lease_token: command.data.lease_token,
          rejected_at: command.metadata.time,
          code: refusal.code,
          success: outcome.success,
          result: outcome.success ? outcome.result : (outcome.result ?? null),
        },
      },
    ],
  };
};

function completed(command: CompleteTask, state: LeasedTaskState, result: unknown): Decision<TaskEvent> {
  const completed_at = command.metadata.time;
  return accept(
    [{ type: 'TaskCompleted', data: { task_id: state.task_id, ...leaseIn(state), completed_at, result } }],
    { acknowledged: true, status: 'completed' },
  );
}

function attemptFailed(command: CompleteTask, state: LeasedTaskState, failure: TaskFailure): Decision<TaskEvent> {
  const { task_id } = state;
  const failed_at = command.metadata.time;
  if (!failure.retryable) {
    return accept([{ type: 'TaskFailed', data: { task_id, ...leaseIn(state), failed_at, failure } }], {
      acknowledged: true,
      status: 'failed',
    });
  }
  const failed_attempts = state.failed_attempts + 1;
  if (failed_attempts >= state.retry.max_attempts) {
    return accept([deadLettered(state, failed_attempts, failure, failed_at, state.lease.agent_id)], {
      acknowledged: true,
      status: 'dead_lettered',
    });
  }
  const retry_at = addMilliseconds(failed_at, retryDelay(state.retry, task_id, failed_attempts));
  return accept(
    [
      {
        type: 'TaskAttemptFailed',
        data: { task_id, ...leaseIn(state), failed_at, failure, retry_at, failed_attempts },
      },
    ],
    { acknowledged: true, status: 'queued' },
  );
}

const giveBack: Decide<ReturnTask> = (command, state) => {
  const { settled } = state;
  if (!isLeased(state) || !names(command.data, state.lease)) {
    if (settled?.outcome === 'returned' && names(command.data, settled)) {
      return accept([], { returned_at: settled.at });
    }
    return isEnded(state) ? ended(command.type, state) : superseded(command.type, state);
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

const cancel: Decide<CancelTask> = (command, state) => {
  if (isEnded(state)) return ended(command.type, state);
  const agent_id = isLeased(state) ? state.lease.agent_id : undefined;
  if (command.data.only_queued && agent_id !== undefined) {
    return refuse(command.type, state, 'conflict', 'task_not_queued', `agent '${agent_id}' has it`);
  }
  const cancelled_at = command.metadata.time;
  const { reason } = command.data;
  return accept([{ type: 'TaskCancelled', data: { task_id: state.task_id, cancelled_at, reason, agent_id } }], {
    cancelled_at,
  });
};

const expire: Decide<ExpireTaskLease> = (command, state) => {
  const { lease_token, reason, lease_expires_at } = command.data;
  const { time: expired_at } = command.metadata;
  if (isEnded(state)) return ended(command.type, state);
  if (!isLeased(state) || state.lease.lease_token !== lease_token) return superseded(command.type, state);
  const deadline = later(state.lease.expires_at, lease_expires_at);
  if (reason === 'lease_expired' && Date.parse(expired_at) < Date.parse(deadline)) {
    return refuse(command.type, state, 'conflict', 'lease_not_expired', `it lasts until ${deadline}`);
  }
  const { task_id } = state;
  const started = state.status === 'running';
  const failed_attempts = state.failed_attempts + (started ? 1 : 0);
  // At once, without backoff: the agent was at fault, not the task.
  const events: TaskEvent[] = [
    { type: 'TaskLeaseExpired', data: { task_id, ...leaseIn(state), expired_at, reason, failed_attempts } },
  ];
  if (started && failed_attempts >= state.retry.max_attempts) {
    const why = reason === 'agent_lost' ? `agent '${state.lease.agent_id}' was lost` : 'its lease expired';
    const failure = { class: reason, message: `the last attempt ended without a result: ${why}`, retryable: true };
    events.push(deadLettered(state, failed_attempts, failure, expired_at));
  }
  return accept(events);
};

function deadLettered(
  state: LeasedTaskState,
  failed_attempts: number,
  failure: TaskFailure,
  dead_lettered_at: string,
  agent_id?: string,
): TaskEvent {
  const { task_id } = state;
  return { type: 'TaskDeadLettered', data: { task_id, agent_id, dead_lettered_at, failed_attempts, failure } };
}

function leaseIn(state: LeasedTaskState): { agent_id: string; attempt: number; lease_token: string } {
  const { agent_id, attempt, lease_token } = state.lease;
  return { agent_id, attempt, lease_token };
}

function names(reference: LeaseReference, lease: { agent_id: string; lease_token: string }): boolean {
  if (reference.agent_id !== lease.agent_id) return false;
  return reference.lease_token === undefined || reference.lease_token === lease.lease_token;
}

function later(time: string, other: string | undefined): string {
  return other !== undefined && Date.parse(other) > Date.parse(time) ? other : time;
}

const VERB: Record<TaskCommand['type'], string> = {
  SubmitTask: 'submit',
  AssignTask: 'assign',
  StartTask: 'start',
  CompleteTask: 'complete',
  ReturnTask: 'take back',
  CancelTask: 'cancel',
  ExpireTaskLease: 'expire the lease of',
};

type KnownState = Exclude<TaskState, { status: 'absent' }>;

function refuse(
  type: TaskCommand['type'],
  state: KnownState,
  kind: Rejection['rejection'],
  code: string,
  why: string,
): Rejection {
  return reject(kind, code, `Expected to ${VERB[type]} task '${state.task_id}', but ${why}`);
}

function ended(type: TaskCommand['type'], state: KnownState): Rejection {
  return refuse(type, state, 'conflict', 'task_ended', `it has ended: ${state.status}`);
}

function superseded(type: TaskCommand['type'], state: KnownState): Rejection {
  const now = isLeased(state) ? `agent '${state.lease.agent_id}' has it` : `it is ${state.status}`;
  return refuse(type, state, 'conflict', 'lease_superseded', `the lease is over; now ${now}`);
}
