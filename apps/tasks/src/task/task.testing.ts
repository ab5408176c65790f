import type { TaskChanges, TaskEvent, TaskSpecification } from '@ao/contracts';
import { deciderSpec, testCommand } from '@ao/kernel/testing';
import { taskDecider } from './task.decider';

/** Events and commands of one task, for given/when/then specs; times are seconds after T0. */

export const TASK = '018f0000-0000-7000-8000-000000000001';
export const ONE = '018f0000-0000-7000-8000-000000000002';
export const TWO = '018f0000-0000-7000-8000-000000000003';
export const AGENT = '018f0000-0000-7000-8000-00000000000a';
export const OTHER = '018f0000-0000-7000-8000-00000000000b';
export const TOKEN = '018f0000-0000-7000-8000-0000000000e1';
export const TOKEN2 = '018f0000-0000-7000-8000-0000000000e2';
export const T0 = '2026-01-01T00:00:00.000Z';
export const after = (seconds: number) => new Date(Date.parse(T0) + seconds * 1000).toISOString();
export const at = (seconds: number) => ({ time: after(seconds) });

export const specification: TaskSpecification = {
  type: 'index',
  payload: { file: 'a.md' },
  priority: 40,
  requirements: { capabilities: [] },
  retry: { max_attempts: 3, initial_delay_ms: 1000, factor: 2, max_delay_ms: 60_000, jitter: 0 },
  lease_seconds: 60,
};
export const lease = { agent_id: AGENT, attempt: 1, lease_token: TOKEN };
export const submitted = (change: Partial<TaskSpecification> = {}): TaskEvent => ({
  type: 'TaskSubmitted',
  data: { ...specification, ...change, task_id: TASK, pool: 'default', submitted_at: T0 },
});
export const assigned: TaskEvent = {
  type: 'TaskAssigned',
  data: {
    task_id: TASK,
    ...lease,
    assigned_at: T0,
    lease_expires_at: after(60),
    pool: 'default',
    epoch: 1,
    reason: { strategy: 's', candidates: [], candidate_count: 1 },
  },
};
export const started: TaskEvent = { type: 'TaskStarted', data: { task_id: TASK, ...lease, started_at: T0 } };
export const running = [submitted(), assigned, started];
export const failure = { message: 'no', retryable: true };
export const failed: TaskEvent = { type: 'TaskFailed', data: { task_id: TASK, ...lease, failed_at: T0, failure } };
export const completed: TaskEvent = {
  type: 'TaskCompleted',
  data: { task_id: TASK, ...lease, completed_at: T0, result: 1 },
};
export const cancelled: TaskEvent = { type: 'TaskCancelled', data: { task_id: TASK, cancelled_at: T0, reason: 'r' } };
export const expiredEvent: TaskEvent = { type: 'TaskExpired', data: { task_id: TASK, expired_at: after(5) } };
export const paused = (agent_id?: string): TaskEvent => ({
  type: 'TaskPaused',
  data: { task_id: TASK, paused_at: after(5), reason: 'lunch', agent_id },
});
export const resumed = (seconds = 5): TaskEvent => ({
  type: 'TaskResumed',
  data: { task_id: TASK, resumed_at: after(seconds) },
});
export const released = (seconds: number): TaskEvent => ({
  type: 'TaskReleased',
  data: { task_id: TASK, released_at: after(seconds) },
});
export const dependencyEnded = (dependency_id: string, status = 'completed', seconds = 5): TaskEvent => ({
  type: 'TaskDependencyEnded',
  data: { task_id: TASK, dependency_id, status, at: after(seconds) },
});
export const late = (success = true, lease_token: string | undefined = TOKEN, agent_id = AGENT): TaskEvent => ({
  type: 'TaskCompletionRejected',
  data: { task_id: TASK, agent_id, lease_token, rejected_at: T0, code: 'lease_superseded', success, result: 7 },
});

export const { given } = deciderSpec(taskDecider);
type Ended = { dependency_id: string; status: string }[];
export const submit = (change: Partial<TaskSpecification> = {}, ended?: Ended) =>
  testCommand(
    'SubmitTask',
    { task_id: TASK, specification: { ...specification, ...change }, pool: 'default', ended },
    at(0),
  );
export const release = (seconds: number) => testCommand('ReleaseTask', { task_id: TASK }, at(seconds));
export const end = (dependency_id: string, status = 'completed', seconds = 5) =>
  testCommand('EndDependency', { task_id: TASK, dependency_id, status }, at(seconds));
export const change = (changes: TaskChanges) => testCommand('ChangeTask', { task_id: TASK, changes }, at(5));
export const pause = testCommand('PauseTask', { task_id: TASK, reason: 'lunch' }, at(5));
export const resume = (seconds = 5) => testCommand('ResumeTask', { task_id: TASK }, at(seconds));
export const expire = (seconds: number) => testCommand('ExpireTask', { task_id: TASK }, at(seconds));
export const ask = (prompt: string, lease_token: string | undefined = TOKEN, agent_id = AGENT) =>
  testCommand('RequireInput', { task_id: TASK, agent_id, lease_token, prompt }, at(5));
export const answer = testCommand('ProvideInput', { task_id: TASK, input: { yes: true } }, at(6));
export const complete = testCommand(
  'CompleteTask',
  { task_id: TASK, agent_id: AGENT, lease_token: TOKEN, outcome: { success: true as const, result: 7 } },
  at(5),
);
export const completeWithStart = testCommand('CompleteTask', { ...complete.data, with_start: true as const }, at(5));
export const fail = (failed: { message: string; retryable: boolean; class?: string; retry_after_ms?: number }) =>
  testCommand(
    'CompleteTask',
    { task_id: TASK, agent_id: AGENT, lease_token: TOKEN, outcome: { success: false as const, failure: failed } },
    at(5),
  );
export const expireLease = (reason: 'agent_lost' | 'lease_expired', seconds: number) =>
  testCommand('ExpireTaskLease', { task_id: TASK, lease_token: TOKEN, reason }, at(seconds));
export const retry = (data: { not_before?: string; only_dead_lettered?: boolean } = {}, seconds = 5) =>
  testCommand('RetryTask', { task_id: TASK, ...data }, at(seconds));
export const deadLetter = testCommand('DeadLetterTask', { task_id: TASK, reason: 'hopeless' }, at(5));
export const accept = (data: { agent_id?: string; lease_token?: string } = { agent_id: AGENT, lease_token: TOKEN }) =>
  testCommand('AcceptResult', { task_id: TASK, result: 7, ...data }, at(5));
export const assign = (seconds: number) =>
  testCommand(
    'AssignTask',
    {
      task_id: TASK,
      agent_id: AGENT,
      lease_token: TOKEN2,
      pool: 'default',
      epoch: 1,
      reason: { strategy: 's', candidates: [], candidate_count: 1 },
    },
    at(seconds),
  );
