import type { TaskEvent } from '@ao/contracts';
import { testCommand } from '@ao/kernel/testing';
import {
  accept,
  after,
  AGENT,
  assign,
  at,
  cancelled,
  complete,
  completed,
  deadLetter,
  expire,
  expiredEvent,
  fail,
  failed,
  failure,
  given,
  late,
  lease,
  ONE,
  OTHER,
  paused,
  resumed,
  retry,
  running,
  submitted,
  T0,
  TASK,
  TOKEN,
  TOKEN2,
} from './task.testing';

describe('retrying a task', () => {
  const retried = (seconds = 5, not_before?: string): TaskEvent => ({
    type: 'TaskRetried',
    data: { task_id: TASK, retried_at: after(seconds), ...(not_before && { not_before }) },
  });
  const dead: TaskEvent = {
    type: 'TaskDeadLettered',
    data: { task_id: TASK, agent_id: AGENT, dead_lettered_at: T0, failed_attempts: 3, failure },
  };

  it('should give it all its attempts again', () => {
    for (const ending of [dead, failed, cancelled, expiredEvent])
      given(...running, ending)
        .when(retry())
        .then(retried());
    const { decision } = given(...running, dead, retried()).when(assign(5));
    expect(decision).toMatchObject({ events: [{ data: { attempt: 1 } }] });
  });

  it('should wait for nothing but the time that is asked for now', () => {
    const history = [submitted({ depends_on: [ONE], not_before: after(90) }), cancelled];
    given(...history)
      .when(retry({ not_before: after(20) }))
      .then(retried(5, after(20)));
    given(...history)
      .when(retry({ not_before: T0 }))
      .then(retried());
    given(...history, retried(5, after(20)))
      .when(assign(19))
      .thenRejected({ code: 'task_not_ready' });
    given(...history, retried(5, after(20)))
      .when(assign(20))
      .thenTypes('TaskAssigned');
    given(...history, retried(), paused(), resumed(6))
      .when(assign(6))
      .thenTypes('TaskAssigned');
  });

  it('should forget a deadline that has passed, and keep one that is to come', () => {
    const history = [submitted({ deadline: after(10) }), expiredEvent];
    given(...history, retried(11))
      .when(expire(12))
      .thenRejected({ code: 'task_not_due' });
    given(...history, retried(9))
      .when(expire(12))
      .thenTypes('TaskExpired');
  });

  it('rejects an open task, a completed one, and what is no dead letter where only those are meant', () => {
    given(...running)
      .when(retry())
      .thenRejected({ rejection: 'conflict', code: 'task_open' });
    given(...running, completed)
      .when(retry())
      .thenRejected({ code: 'task_ended' });
    given(...running, failed)
      .when(retry({ only_dead_lettered: true }))
      .thenRejected({ code: 'task_not_dead_lettered' });
    given(...running, dead)
      .when(retry({ only_dead_lettered: true }))
      .then(retried());
  });
});

describe('dead letters by hand', () => {
  const byHand: TaskEvent = {
    type: 'TaskDeadLettered',
    data: {
      task_id: TASK,
      dead_lettered_at: after(5),
      failed_attempts: 0,
      failure: { class: 'moved_by_operator', message: 'hopeless', retryable: false },
    },
  };
  const remove = testCommand('RemoveDeadLetter', { task_id: TASK, reason: 'seen' }, at(5));

  it('should end an open task or one that failed', () => {
    for (const history of [[submitted()], [submitted(), paused()], running, [...running, failed]]) {
      given(...history)
        .when(deadLetter)
        .then(byHand);
    }
  });

  it('should not be taken for a report of the agent that had it', () => {
    const { decision } = given(...running, byHand).when(fail(failure));
    expect(decision).toMatchObject({ code: 'task_ended' });
  });

  it('should leave a removed one failed, which can be retried', () => {
    const removed: TaskEvent = {
      type: 'TaskDeadLetterRemoved',
      data: { task_id: TASK, removed_at: after(5), reason: 'seen' },
    };
    given(...running, byHand)
      .when(remove)
      .then(removed);
    given(...running, byHand, removed)
      .when(retry())
      .thenTypes('TaskRetried');
    given(...running, byHand, removed)
      .when(remove)
      .thenRejected({ code: 'task_not_dead_lettered' });
  });

  it('rejects other ends', () => {
    for (const ending of [completed, cancelled, expiredEvent, byHand]) {
      given(...running, ending)
        .when(deadLetter)
        .thenRejected({ code: 'task_ended' });
    }
    given(...running)
      .when(remove)
      .thenRejected({ code: 'task_not_dead_lettered' });
  });
});

describe('accepting a late result', () => {
  const accepted: TaskEvent = {
    type: 'TaskResultAccepted',
    data: { task_id: TASK, agent_id: AGENT, lease_token: TOKEN, accepted_at: after(5), result: 7 },
  };

  it('should complete the task, whatever has become of it', () => {
    for (const since of [paused(AGENT), cancelled, failed, expiredEvent]) {
      given(...running, since, late())
        .when(accept())
        .then(accepted);
    }
    given(...running, paused(AGENT), late(true, undefined))
      .when(accept({ agent_id: AGENT }))
      .then(accepted);
  });

  it('should acknowledge the completion when its agent says it again', () => {
    const result = given(...running, paused(AGENT), late(), accepted)
      .when(complete)
      .then();
    expect(result).toEqual({ acknowledged: true, status: 'completed' });
  });

  it('rejects what never came, was no result, or came under no lease of this task', () => {
    const none = { rejection: 'conflict', code: 'no_late_result' } as const;
    given(...running, paused(AGENT))
      .when(accept())
      .thenRejected(none);
    given(...running, paused(AGENT))
      .when(accept({}))
      .thenRejected(none);
    given(...running, paused(AGENT), late(false))
      .when(accept())
      .thenRejected(none);
    given(...running, paused(AGENT), late(true, TOKEN2))
      .when(accept({ agent_id: AGENT, lease_token: TOKEN2 }))
      .thenRejected(none);
    given(...running, paused(AGENT), late(true, undefined, OTHER))
      .when(accept({ agent_id: OTHER }))
      .thenRejected(none);
  });

  it('rejects a completed task', () => {
    given(...running, completed, late())
      .when(accept())
      .thenRejected({ code: 'task_ended' });
  });
});

it('should cancel a task wherever it is, and name the agent that has it', () => {
  const cancel = testCommand('CancelTask', { task_id: TASK, reason: 'r' }, at(5));
  const event = (agent_id?: string): TaskEvent => ({
    type: 'TaskCancelled',
    data: { task_id: TASK, cancelled_at: after(5), reason: 'r', agent_id },
  });
  const asked: TaskEvent = {
    type: 'TaskInputRequired',
    data: { task_id: TASK, ...lease, required_at: T0, prompt: 'sure?' },
  };
  given(submitted({ not_before: after(10) }))
    .when(cancel)
    .then(event());
  given(submitted(), paused()).when(cancel).then(event());
  given(...running, asked)
    .when(cancel)
    .then(event(AGENT));
});

it('should leave what is scheduled or paused alone when only queued tasks are to be cancelled', () => {
  const cancel = testCommand('CancelTask', { task_id: TASK, reason: 'r', only_queued: true }, at(5));
  given(submitted({ not_before: after(10) }))
    .when(cancel)
    .thenRejected({ code: 'task_not_queued' });
  given(submitted(), paused()).when(cancel).thenRejected({ code: 'task_not_queued' });
  given(submitted()).when(cancel).thenTypes('TaskCancelled');
});
