import type { ON_AGENT_LOST, RetryPolicy, TaskEvent } from '@ao/contracts';
import { addMilliseconds } from '@ao/kernel';

/**
 * What deciding about a task needs, and no more: payloads and results stay in the log, so that thousands of these fit in
 * the command shell's cache.
 *
 *     absent ──submitted──▶ scheduled ──released──▶ queued ──assigned──▶ assigned ──started──▶ running ◀──▶ input_required
 *                               ▲                    ▲  ▲                   │                     │               │
 *                               └──resumed── paused ─┘  └── attempt failed, returned, lease expired ──────────────┤
 *                                              ▲                            │                     │               │
 *                                              └──────── paused ────────────┴─────────────────────┴───────────────┘
 *
 *     any of these ──▶ ended: completed | failed | dead_lettered | cancelled | expired
 *     failed ──▶ dead_lettered ──▶ failed; any end but completed ──retried──▶ queued, ──late result accepted──▶ completed
 */
export type TaskState = AbsentTask | KnownState;
export type KnownState = WaitingTask | LeasedTaskState | EndedTask;

export interface AbsentTask {
  readonly status: 'absent';
}

interface KnownTask {
  readonly task_id: string;
  readonly retry: RetryPolicy;
  readonly lease_seconds: number;
  readonly on_agent_lost?: (typeof ON_AGENT_LOST)[number];
  readonly on_dependency_failure?: 'cancel' | 'run';
  /** Attempts that counted against the retry policy, in this round: a retry after the end begins another. */
  readonly failed_attempts: number;
  /** How often in a row the task was given back: the first time it is ready at once, then it waits longer and longer. */
  readonly returns: number;
  /** How often it was changed: who read what an agent is to get can tell whether that was the newest. */
  readonly revision: number;
  /** Not given out before this time, because an attempt failed or a retry was asked for later. */
  readonly retry_at?: string;
  /** Scheduled until then … */
  readonly not_before?: string;
  /** … and until all of these have ended. */
  readonly waits_for: readonly string[];
  readonly deadline?: string;
  /** The last lease that its own agent ended with a word of its own: the same word again is acknowledged again. */
  readonly settled?: SettledLease;
  /** The latest leases that ended without completing it. */
  readonly over: readonly PastLease[];
}

/** Open, and no agent has it. */
export interface WaitingTask extends KnownTask {
  readonly status: 'scheduled' | 'queued' | 'paused';
  /** When it was paused. */
  readonly paused_at?: string;
}

export interface LeasedTaskState extends KnownTask {
  readonly status: 'assigned' | 'running' | 'input_required';
  readonly lease: TaskLease;
  readonly started_at?: string;
  /** What its agent asked and nobody has answered. */
  readonly asked?: { readonly prompt: string; readonly required_at: string };
}

export interface EndedTask extends KnownTask {
  readonly status: 'completed' | 'failed' | 'cancelled' | 'expired' | 'dead_lettered';
}

export interface TaskLease {
  readonly agent_id: string;
  readonly attempt: number;
  readonly lease_token: string;
  /** As the events say. Renewals are kept outside the log and only ever move the deadline further away. */
  readonly expires_at: string;
}

export interface SettledLease {
  readonly agent_id: string;
  readonly lease_token: string;
  readonly outcome: 'completed' | 'failed' | 'returned';
  readonly at: string;
}

export interface PastLease {
  readonly agent_id: string;
  readonly lease_token: string;
  /** A result came when it was over: it is in the log, and can be accepted. */
  readonly late?: true;
}

/** The class of failure of a dead letter that somebody made by hand. */
export const MOVED_BY_OPERATOR = 'moved_by_operator';
/** More leases than this are over without a completion only of a task that agents hand back again and again. */
const PAST_LEASES = 32;
const NONE: readonly never[] = [];

export function initialState(): TaskState {
  return { status: 'absent' };
}

export function isLeased(state: TaskState): state is LeasedTaskState {
  return state.status === 'assigned' || state.status === 'running' || state.status === 'input_required';
}

export function isEnded(state: TaskState): state is EndedTask {
  switch (state.status) {
    case 'completed':
    case 'failed':
    case 'cancelled':
    case 'expired':
    case 'dead_lettered':
      return true;
    default:
      return false;
  }
}

/** Whether a task that is not held back otherwise must wait at that time. */
export function mustWait(
  { waits_for, not_before }: Pick<KnownTask, 'waits_for' | 'not_before'>,
  time: string,
): boolean {
  return waits_for.length > 0 || (not_before !== undefined && Date.parse(not_before) > Date.parse(time));
}

/** The past lease that is meant: of the token, else the agent's latest. */
function pastLease(
  { over }: Pick<KnownTask, 'over'>,
  reference: { agent_id: string; lease_token?: string },
): PastLease | undefined {
  const { agent_id, lease_token } = reference;
  return over.findLast(
    (lease) => lease.agent_id === agent_id && (lease_token === undefined || lease.lease_token === lease_token),
  );
}

export function evolve(state: TaskState, event: TaskEvent): TaskState {
  if (event.type === 'TaskSubmitted') return submitted(event.data);
  if (state.status === 'absent') return state;
  switch (event.type) {
    case 'TaskDependencyEnded': {
      const { dependency_id } = event.data;
      return { ...state, waits_for: state.waits_for.filter((id) => id !== dependency_id) };
    }
    case 'TaskReleased':
      return { ...known(state), status: 'queued' };
    case 'TaskChanged': {
      const { deadline = state.deadline } = event.data.changes;
      return { ...state, deadline: deadline ?? undefined, revision: state.revision + 1 };
    }
    case 'TaskPaused':
      return { ...known(state), over: leasesOver(state), status: 'paused', paused_at: event.data.paused_at };
    case 'TaskResumed':
      return { ...known(state), status: mustWait(state, event.data.resumed_at) ? 'scheduled' : 'queued' };
    case 'TaskAssigned': {
      const { agent_id, attempt, lease_token, lease_expires_at } = event.data;
      const lease = { agent_id, attempt, lease_token, expires_at: lease_expires_at };
      return {
        status: 'assigned',
        lease,
        started_at: undefined,
        asked: undefined,
        ...known(state),
        retry_at: undefined,
      };
    }
    case 'TaskStarted': {
      if (!isLeased(state)) return state;
      const { started_at } = event.data;
      const lease = { ...state.lease, expires_at: addMilliseconds(started_at, state.lease_seconds * 1000) };
      return { status: 'running', lease, started_at, asked: undefined, ...known(state) };
    }
    case 'TaskInputRequired': {
      const { prompt, required_at } = event.data;
      return isLeased(state) ? { ...state, status: 'input_required', asked: { prompt, required_at } } : state;
    }
    case 'TaskInputProvided':
      return isLeased(state) ? { ...state, status: 'running', asked: undefined } : state;
    case 'TaskAttemptFailed':
      return requeued(state, event.data, 0, settledBy(event.data, 'failed', event.data.failed_at));
    case 'TaskReturned':
      return requeued(state, event.data, state.returns + 1, settledBy(event.data, 'returned', event.data.returned_at));
    case 'TaskLeaseExpired':
      return requeued(state, event.data, 0);
    case 'TaskCompleted':
      return {
        status: 'completed',
        ...known(state),
        settled: settledBy(event.data, 'completed', event.data.completed_at),
      };
    case 'TaskFailed': {
      // After an expiry the platform says so, not the agent, which has no lease any more.
      const settled = isLeased(state) ? settledBy(event.data, 'failed', event.data.failed_at) : state.settled;
      return ended(state, 'failed', settled);
    }
    case 'TaskDeadLettered': {
      const { agent_id, failed_attempts, failure, dead_lettered_at } = event.data;
      const byHand = agent_id === undefined && failure.class === MOVED_BY_OPERATOR;
      // Straight from a lease: its agent's report of the failure. After an expiry there is no lease any more.
      const reported = isLeased(state) && !byHand;
      const settled = reported ? settledBy(state.lease, 'failed', dead_lettered_at) : state.settled;
      return { ...ended(state, 'dead_lettered', settled), failed_attempts };
    }
    case 'TaskCancelled':
      return ended(state, 'cancelled');
    case 'TaskExpired':
      return ended(state, 'expired');
    case 'TaskDeadLetterRemoved':
      return { ...known(state), status: 'failed' };
    case 'TaskRetried': {
      const { retried_at, not_before } = event.data;
      const passed = state.deadline !== undefined && Date.parse(state.deadline) <= Date.parse(retried_at);
      const deadline = passed ? undefined : state.deadline;
      const round = { failed_attempts: 0, returns: 0, retry_at: not_before, not_before: undefined, waits_for: [] };
      return { ...known(state), ...round, deadline, status: 'queued' };
    }
    case 'TaskResultAccepted': {
      const { agent_id, lease_token, accepted_at } = event.data;
      const lease = lease_token === undefined ? pastLease(state, { agent_id }) : { agent_id, lease_token };
      return { ...known(state), status: 'completed', settled: lease && settledBy(lease, 'completed', accepted_at) };
    }
    case 'TaskCompletionRejected':
      return event.data.success ? resultCameLate(state, event.data) : state;
    default:
      // A type of a later release changes nothing here.
      return state;
  }
}

function submitted(data: Extract<TaskEvent, { type: 'TaskSubmitted' }>['data']): TaskState {
  const { not_before, depends_on } = data;
  return {
    status: not_before === undefined && depends_on === undefined ? 'queued' : 'scheduled',
    task_id: data.task_id,
    retry: data.retry,
    lease_seconds: data.lease_seconds,
    on_agent_lost: data.on_agent_lost,
    on_dependency_failure: data.on_dependency_failure,
    failed_attempts: 0,
    returns: 0,
    revision: 0,
    retry_at: undefined,
    not_before,
    waits_for: depends_on ?? NONE,
    deadline: data.deadline,
    settled: undefined,
    over: NONE,
  };
}

/** Written out, and spread last: V8 is several times slower at the short forms of this, and each event of each task comes here. */
function known(state: KnownState): KnownTask {
  return {
    task_id: state.task_id,
    retry: state.retry,
    lease_seconds: state.lease_seconds,
    on_agent_lost: state.on_agent_lost,
    on_dependency_failure: state.on_dependency_failure,
    failed_attempts: state.failed_attempts,
    returns: state.returns,
    revision: state.revision,
    retry_at: state.retry_at,
    not_before: state.not_before,
    waits_for: state.waits_for,
    deadline: state.deadline,
    settled: state.settled,
    over: state.over,
  };
}

function requeued(
  state: KnownState,
  requeue: { retry_at?: string; failed_attempts: number },
  returns: number,
  settled = state.settled,
): WaitingTask {
  const { retry_at, failed_attempts } = requeue;
  return { status: 'queued', ...known(state), over: leasesOver(state), retry_at, failed_attempts, returns, settled };
}

function ended(state: KnownState, status: EndedTask['status'], settled = state.settled): EndedTask {
  return { status, ...known(state), over: leasesOver(state), retry_at: undefined, settled };
}

function settledBy(
  { agent_id, lease_token }: { agent_id: string; lease_token: string },
  outcome: SettledLease['outcome'],
  at: string,
): SettledLease {
  return { agent_id, lease_token, outcome, at };
}

function leasesOver(state: KnownState): readonly PastLease[] {
  if (!isLeased(state)) return state.over;
  const { agent_id, lease_token } = state.lease;
  return [...state.over.slice(1 - PAST_LEASES), { agent_id, lease_token }];
}

function resultCameLate(state: KnownState, reference: { agent_id: string; lease_token?: string }): KnownState {
  const lease = pastLease(state, reference);
  if (!lease || lease.late) return state;
  return { ...state, over: state.over.map((each) => (each === lease ? { ...each, late: true } : each)) };
}
