import type { TaskEvent, TaskSpecification } from '@ao/contracts';
import { isRejection } from '@ao/kernel';
import { deciderSpec, testCommand } from '@ao/kernel/testing';
import { taskDecider, type CompleteTask } from './task.decider';

const TASK = '018f0000-0000-7000-8000-000000000001';
const AGENT = '018f0000-0000-7000-8000-00000000000a';
const OTHER = '018f0000-0000-7000-8000-00000000000b';
const TOKEN = '018f0000-0000-7000-8000-0000000000e1';
const TOKEN2 = '018f0000-0000-7000-8000-0000000000e2';
const T0 = '2026-01-01T00:00:00.000Z';
const after = (seconds: number) => new Date(Date.parse(T0) + seconds * 1000).toISOString();

const specification: TaskSpecification = {
  type: 'index',
  payload: { file: 'a.md' },
  priority: 40,
  requirements: { capabilities: ['extract'] },
  retry: { max_attempts: 3, initial_delay_ms: 1000, factor: 2, max_delay_ms: 60_000, jitter: 0 },
  lease_seconds: 60,
};
const reason = { strategy: 'least_connections', candidates: [{ agent_id: AGENT, score: 0 }], candidate_count: 1 };
const lease = { agent_id: AGENT, attempt: 1, lease_token: TOKEN };

const submitted = (change: Partial<TaskSpecification> = {}): TaskEvent => ({
  type: 'TaskSubmitted',
  data: { ...specification, ...change, task_id: TASK, pool: 'default', submitted_at: T0 },
});
const assigned = (change: Partial<typeof lease> = {}): TaskEvent => ({
  type: 'TaskAssigned',
  data: {
    task_id: TASK,
    ...lease,
    ...change,
    assigned_at: T0,
    lease_expires_at: after(60),
    pool: 'default',
    epoch: 4,
    reason,
  },
});
const started = (change: Partial<typeof lease> = {}, at = T0): TaskEvent => ({
  type: 'TaskStarted',
  data: { task_id: TASK, ...lease, ...change, started_at: at },
});
const failure = { message: 'no such file', retryable: true };
const attemptFailed = (failed_attempts: number, retry_at: string): TaskEvent => ({
  type: 'TaskAttemptFailed',
  data: { task_id: TASK, ...lease, failed_at: T0, failure, failed_attempts, retry_at },
});
const completed: TaskEvent = {
  type: 'TaskCompleted',
  data: { task_id: TASK, ...lease, completed_at: after(5), result: { words: 3 } },
};
const cancelled: TaskEvent = {
  type: 'TaskCancelled',
  data: { task_id: TASK, cancelled_at: after(5), reason: 'not needed' },
};

const { given } = deciderSpec(taskDecider);
const at = (seconds: number) => ({ time: after(seconds) });
const assign = (seconds = 0, agent_id = AGENT, lease_token = TOKEN) =>
  testCommand('AssignTask', { task_id: TASK, agent_id, lease_token, pool: 'default', epoch: 4, reason }, at(seconds));
const start = (lease_token: string | undefined = TOKEN, seconds = 1, agent_id = AGENT) =>
  testCommand('StartTask', { task_id: TASK, agent_id, lease_token }, at(seconds));
const report = (
  outcome: CompleteTask['data']['outcome'],
  reference: { lease_token?: string; agent_id?: string } = { lease_token: TOKEN },
  seconds = 5,
) => testCommand('CompleteTask', { task_id: TASK, agent_id: AGENT, ...reference, outcome }, at(seconds));
const success = { success: true, result: { words: 3 } } as const;
const failed = { success: false, failure } as const;
const giveBack = (lease_token: string | undefined = TOKEN, seconds = 5) =>
  testCommand('ReturnTask', { task_id: TASK, agent_id: AGENT, lease_token, reason: 'stopping' }, at(seconds));
const cancel = (only_queued?: boolean) =>
  testCommand('CancelTask', { task_id: TASK, reason: 'not needed', only_queued }, at(5));
const expire = (seconds: number, change: { lease_token?: string; lost?: boolean; lease_expires_at?: string } = {}) =>
  testCommand(
    'ExpireTaskLease',
    {
      task_id: TASK,
      lease_token: change.lease_token ?? TOKEN,
      reason: change.lost ? ('agent_lost' as const) : ('lease_expired' as const),
      lease_expires_at: change.lease_expires_at,
    },
    at(seconds),
  );

describe('submitting a task', () => {
  it('should record the specification', () => {
    const result = given()
      .when(testCommand('SubmitTask', { task_id: TASK, specification, pool: 'default' }, at(0)))
      .then(submitted());
    expect(result).toEqual({ task_id: TASK, submitted_at: T0 });
  });

  it('rejects an id that exists', () => {
    given(submitted())
      .when(testCommand('SubmitTask', { task_id: TASK, specification, pool: 'default' }, at(0)))
      .thenRejected({ rejection: 'conflict', code: 'task_exists' });
  });
});

describe('assigning a task', () => {
  it('should give a queued task to the agent under a fresh token', () => {
    given(submitted()).when(assign()).then(assigned());
  });

  it('should number the attempt after those that counted', () => {
    const { decision } = given(submitted(), assigned(), started(), attemptFailed(1, after(1))).when(assign(1));
    expect(decision).toMatchObject({ events: [{ type: 'TaskAssigned', data: { attempt: 2 } }] });
  });

  it('rejects a task before its retry time', () => {
    given(submitted(), assigned(), started(), attemptFailed(1, after(2)))
      .when(assign(1))
      .thenRejected({ rejection: 'conflict', code: 'task_not_ready' });
  });

  it('rejects a task that an agent has', () => {
    given(submitted(), assigned()).when(assign(0, OTHER)).thenRejected({ code: 'task_not_queued' });
  });

  it('rejects a task that has ended', () => {
    given(submitted(), cancelled)
      .when(assign())
      .thenRejected({
        code: 'task_ended',
        message: `Expected to assign task '${TASK}', but it has ended: cancelled`,
      });
  });

  it('rejects a task that nobody submitted', () => {
    given().when(assign()).thenRejected({ rejection: 'not_found', code: 'task_not_found' });
  });
});

describe('starting a task', () => {
  it('should record the start under the lease', () => {
    given(submitted(), assigned())
      .when(start())
      .then(started({}, after(1)));
  });

  it('should take no token as the current lease of the same agent', () => {
    given(submitted(), assigned())
      .when(start(undefined))
      .then(started({}, after(1)));
  });

  it('should acknowledge a second start without another event', () => {
    const result = given(submitted(), assigned(), started()).when(start()).then();
    expect(result).toEqual({ started_at: T0 });
  });

  it('rejects another token, another agent and a task without a lease', () => {
    given(submitted(), assigned()).when(start(TOKEN2)).thenRejected({ code: 'lease_superseded' });
    given(submitted(), assigned())
      .when(start(undefined, 1, OTHER))
      .thenRejected({ code: 'lease_superseded' });
    given(submitted()).when(start()).thenRejected({ code: 'lease_superseded' });
  });
});

describe('completing a task', () => {
  it('should complete it under its lease', () => {
    const result = given(submitted(), assigned(), started()).when(report(success)).then(completed);
    expect(result).toEqual({ acknowledged: true, status: 'completed' });
  });

  it('should complete a task whose agent never said that it started', () => {
    given(submitted(), assigned()).when(report(success, {})).then(completed);
  });

  it('should acknowledge the same completion again without an event', () => {
    const history = [submitted(), assigned(), started(), completed];
    const result = given(...history)
      .when(report(success))
      .then();
    expect(result).toEqual({ acknowledged: true, status: 'completed' });
    given(...history)
      .when(report(success, {}))
      .then();
  });

  it('rejects the late completion of a superseded lease and keeps it', () => {
    const history = [submitted(), assigned(), started(), attemptFailed(1, T0), assigned({ lease_token: TOKEN2 })];
    given(...history)
      .when(report(success))
      .thenRejected({
        rejection: 'conflict',
        code: 'lease_superseded',
        record: [
          {
            type: 'TaskCompletionRejected',
            data: {
              task_id: TASK,
              agent_id: AGENT,
              lease_token: TOKEN,
              rejected_at: after(5),
              code: 'lease_superseded',
              success: true,
              result: { words: 3 },
            },
          },
        ],
      });
  });

  it('rejects a completion after the end, whether by another agent or after a cancellation', () => {
    given(submitted(), assigned(), started(), completed)
      .when(report(success, { lease_token: TOKEN2, agent_id: OTHER }))
      .thenRejected({ code: 'task_ended' });
    const { decision } = given(submitted(), assigned(), started(), cancelled).when(report(success));
    expect(decision).toMatchObject({ code: 'task_ended', record: [{ type: 'TaskCompletionRejected' }] });
  });

  it('rejects the opposite word of an agent that had completed the task', () => {
    given(submitted(), assigned(), started(), completed).when(report(failed)).thenRejected({ code: 'task_ended' });
  });

  it('rejects a completion for a task that nobody submitted, with nothing to record', () => {
    const { decision } = given().when(report(success));
    expect(decision).toMatchObject({ rejection: 'not_found' });
    expect(decision).not.toHaveProperty('record');
  });
});

describe('a failed attempt', () => {
  it('should put the task back with a delay that grows', () => {
    given(submitted(), assigned(), started())
      .when(report(failed))
      .then({
        type: 'TaskAttemptFailed',
        data: { task_id: TASK, ...lease, failed_at: after(5), failure, retry_at: after(6), failed_attempts: 1 },
      });
    const second = { attempt: 2, lease_token: TOKEN2 };
    const { decision } = given(submitted(), assigned(), attemptFailed(1, T0), assigned(second)).when(
      report(failed, { lease_token: TOKEN2 }),
    );
    expect(decision).toMatchObject({ events: [{ data: { retry_at: after(7), failed_attempts: 2 } }] });
  });

  it('should dead-letter the task when the policy is used up', () => {
    given(submitted({ retry: { ...specification.retry, max_attempts: 1 } }), assigned(), started())
      .when(report(failed))
      .then({
        type: 'TaskDeadLettered',
        data: { task_id: TASK, agent_id: lease.agent_id, dead_lettered_at: after(5), failed_attempts: 1, failure },
      });
  });

  it('should end the task at once when the error must not be retried', () => {
    const final = { message: 'not a document', retryable: false };
    given(submitted(), assigned(), started())
      .when(report({ success: false, failure: final }))
      .then({ type: 'TaskFailed', data: { task_id: TASK, ...lease, failed_at: after(5), failure: final } });
  });

  it('should acknowledge the same failure again, queued or dead-lettered', () => {
    given(submitted(), assigned(), started(), attemptFailed(1, after(1)))
      .when(report(failed))
      .then();
    const dead: TaskEvent = {
      type: 'TaskDeadLettered',
      data: { task_id: TASK, dead_lettered_at: T0, failed_attempts: 3, failure },
    };
    const result = given(submitted(), assigned(), started(), dead).when(report(failed)).then();
    expect(result).toEqual({ acknowledged: true, status: 'dead_lettered' });
  });
});

describe('returning a task', () => {
  const returned = (failed_attempts: number, retry_at?: string): TaskEvent => ({
    type: 'TaskReturned',
    data: { task_id: TASK, ...lease, returned_at: after(5), reason: 'stopping', retry_at, failed_attempts },
  });

  it('should put it back at once and cost no attempt', () => {
    given(submitted(), assigned(), started()).when(giveBack()).then(returned(0));
  });

  it('should delay a task that is handed back again and again', () => {
    given(submitted(), assigned(), returned(0), assigned())
      .when(giveBack())
      .then(returned(0, after(6)));
  });

  it('should acknowledge the same return again', () => {
    const result = given(submitted(), assigned(), returned(0)).when(giveBack()).then();
    expect(result).toEqual({ returned_at: after(5) });
  });

  it('rejects a lease that is over', () => {
    given(submitted(), assigned()).when(giveBack(TOKEN2)).thenRejected({ code: 'lease_superseded' });
    given(submitted(), assigned(), completed).when(giveBack()).thenRejected({ code: 'task_ended' });
  });
});

describe('cancelling a task', () => {
  it('should end it while queued and name the agent that has it', () => {
    given(submitted()).when(cancel()).then(cancelled);
    const { decision } = given(submitted(), assigned()).when(cancel());
    expect(decision).toMatchObject({ events: [{ type: 'TaskCancelled', data: { agent_id: AGENT } }] });
  });

  it('rejects an ended task', () => {
    given(submitted(), cancelled).when(cancel()).thenRejected({ rejection: 'conflict', code: 'task_ended' });
  });

  it('rejects a task that an agent has, when only queued ones are meant', () => {
    given(submitted()).when(cancel(true)).thenTypes('TaskCancelled');
    given(submitted(), assigned()).when(cancel(true)).thenRejected({ code: 'task_not_queued' });
  });
});

describe('expiring a lease', () => {
  const expired = (failed_attempts: number, reason: 'lease_expired' | 'agent_lost', seconds: number): TaskEvent => ({
    type: 'TaskLeaseExpired',
    data: { task_id: TASK, ...lease, expired_at: after(seconds), reason, failed_attempts },
  });

  it('should cost no attempt before the start', () => {
    given(submitted(), assigned())
      .when(expire(60))
      .then(expired(0, 'lease_expired', 60));
  });

  it('should cost an attempt after the start, whose lease runs anew', () => {
    const history = [submitted(), assigned(), started({}, after(30))];
    given(...history)
      .when(expire(61))
      .thenRejected({ code: 'lease_not_expired' });
    given(...history)
      .when(expire(90))
      .then(expired(1, 'lease_expired', 90));
  });

  it('should dead-letter the task when the last attempt expires', () => {
    given(submitted({ retry: { ...specification.retry, max_attempts: 1 } }), assigned(), started())
      .when(expire(60))
      .thenTypes('TaskLeaseExpired', 'TaskDeadLettered');
  });

  it('should not wait for the deadline of an agent that is lost', () => {
    given(submitted(), assigned())
      .when(expire(1, { lost: true }))
      .then(expired(0, 'agent_lost', 1));
  });

  it('rejects a deadline that a renewal has moved', () => {
    given(submitted(), assigned())
      .when(expire(61, { lease_expires_at: after(90) }))
      .thenRejected({ code: 'lease_not_expired' });
    given(submitted(), assigned())
      .when(expire(90, { lease_expires_at: after(90) }))
      .thenTypes('TaskLeaseExpired');
  });

  it('rejects another lease and an ended task', () => {
    given(submitted(), assigned())
      .when(expire(60, { lease_token: TOKEN2 }))
      .thenRejected({ code: 'lease_superseded' });
    given(submitted(), assigned(), completed).when(expire(60)).thenRejected({ code: 'task_ended' });
  });
});

it('should leave the state alone on an event it does not know', () => {
  const state = taskDecider.evolve(taskDecider.initialState(), submitted());
  expect(taskDecider.evolve(state, { type: 'TaskPainted', data: {} } as unknown as TaskEvent)).toBe(state);
  expect(isRejection(taskDecider.decide(assign(), state))).toBe(false);
});
