import type { TaskEvent, TaskSpecification } from '@ao/contracts';
import {
  after,
  AGENT,
  answer,
  ask,
  assigned,
  cancelled,
  complete,
  completeWithStart,
  expireLease,
  fail,
  failed,
  failure,
  given,
  lease,
  OTHER,
  running,
  specification,
  started,
  submitted,
  T0,
  TASK,
  TOKEN2,
} from './task.testing';

describe('an agent that needs an answer', () => {
  const asked: TaskEvent = {
    type: 'TaskInputRequired',
    data: { task_id: TASK, ...lease, required_at: after(5), prompt: 'sure?' },
  };
  const answered: TaskEvent = {
    type: 'TaskInputProvided',
    data: { task_id: TASK, agent_id: AGENT, provided_at: after(6), input: { yes: true } },
  };

  it('should keep the task and get the answer', () => {
    given(...running)
      .when(ask('sure?'))
      .then(asked);
    given(...running, asked)
      .when(answer)
      .then(answered);
    given(...running, asked)
      .when(complete)
      .thenTypes('TaskCompleted');
    given(...running, asked, answered)
      .when(ask('really?'))
      .thenTypes('TaskInputRequired');
  });

  it('should have started by asking', () => {
    given(submitted(), assigned).when(ask('sure?', undefined)).thenTypes('TaskStarted', 'TaskInputRequired');
  });

  it('should be acknowledged when it asks the same again', () => {
    expect(
      given(...running, asked)
        .when(ask('sure?'))
        .then(),
    ).toEqual({ required_at: after(5) });
  });

  it('should lose an attempt with its lease, as any that has started', () => {
    const { decision } = given(...running, asked).when(expireLease('lease_expired', 60));
    expect(decision).toMatchObject({ events: [{ type: 'TaskLeaseExpired', data: { failed_attempts: 1 } }] });
  });

  it('rejects a question under another lease, and an answer that nobody asked for', () => {
    given(...running)
      .when(ask('sure?', TOKEN2))
      .thenRejected({ code: 'lease_superseded' });
    given(...running)
      .when(ask('sure?', undefined, OTHER))
      .thenRejected({ code: 'lease_superseded' });
    given(submitted(), cancelled).when(ask('sure?')).thenRejected({ code: 'task_ended' });
    given(...running)
      .when(answer)
      .thenRejected({ rejection: 'conflict', code: 'input_not_required' });
    given(...running, asked, answered)
      .when(answer)
      .thenRejected({ code: 'input_not_required' });
  });
});

describe('an end that tells the start as well', () => {
  const result = { acknowledged: true, status: 'completed' };

  it('should be recorded as both', () => {
    expect(given(submitted(), assigned).when(completeWithStart).decision).toMatchObject({
      events: [{ type: 'TaskStarted' }, { type: 'TaskCompleted' }],
      result: { ...result, started_at: after(5) },
    });
  });

  it('should not start again what is recorded as started', () => {
    expect(given(...running).when(completeWithStart).decision).toMatchObject({
      events: [{ type: 'TaskCompleted' }],
      result: { ...result, started_at: T0 },
    });
  });

  it('should have its late result kept as any other', () => {
    given(submitted(), assigned, cancelled).when(completeWithStart).thenRejected({ code: 'task_ended' });
  });
});

describe('the retry policy', () => {
  it('should end the task at once at a class of failure that it names', () => {
    const policy = { retry: { ...specification.retry, non_retryable: ['bad_input', 'lease_expired'] } };
    const history = [submitted(policy), assigned, started];
    given(...history)
      .when(fail({ message: 'm', retryable: true, class: 'bad_input' }))
      .thenTypes('TaskFailed');
    given(...history)
      .when(fail({ message: 'm', retryable: true, class: 'io' }))
      .thenTypes('TaskAttemptFailed');
    given(...history)
      .when(expireLease('lease_expired', 60))
      .thenTypes('TaskLeaseExpired', 'TaskFailed');
  });

  it('should wait as long as the agent asks for, if that is longer, and a day at most', () => {
    const retryAt = (retry_after_ms: number) => {
      const { decision } = given(...running).when(fail({ message: 'm', retryable: true, retry_after_ms }));
      return (decision as unknown as { events: { data: { retry_at: string } }[] }).events[0]!.data.retry_at;
    };
    expect(retryAt(500)).toBe(after(6));
    expect(retryAt(9_000)).toBe(after(14));
    expect(retryAt(200_000_000)).toBe(after(5 + 86_400));
  });
});

describe('a lost agent', () => {
  const history = (on_agent_lost: TaskSpecification['on_agent_lost']) => [
    submitted({ on_agent_lost }),
    assigned,
    started,
  ];

  it('should lose the task at once', () => {
    for (const policy of [undefined, 'requeue'] as const) {
      given(...history(policy))
        .when(expireLease('agent_lost', 1))
        .thenTypes('TaskLeaseExpired');
    }
  });

  it('should keep it until its lease ends, where the task waits', () => {
    given(...history('wait'))
      .when(expireLease('agent_lost', 59))
      .thenRejected({ code: 'lease_not_expired' });
    given(...history('wait'))
      .when(expireLease('lease_expired', 60))
      .thenTypes('TaskLeaseExpired');
  });

  it('should fail a task that must not be done twice', () => {
    const { decision } = given(...history('fail')).when(expireLease('agent_lost', 1));
    expect(decision).toMatchObject({
      events: [{ type: 'TaskLeaseExpired' }, { type: 'TaskFailed', data: { failure: { class: 'agent_lost' } } }],
    });
    given(...history('fail'))
      .when(expireLease('lease_expired', 60))
      .thenTypes('TaskLeaseExpired', 'TaskFailed');
    const untouched = [submitted({ on_agent_lost: 'fail' }), assigned];
    given(...untouched)
      .when(expireLease('lease_expired', 60))
      .thenTypes('TaskLeaseExpired');
    given(...untouched)
      .when(expireLease('agent_lost', 1))
      .thenTypes('TaskLeaseExpired', 'TaskFailed');
  });

  it('should not be taken for one that said so itself', () => {
    const lost: TaskEvent = {
      type: 'TaskLeaseExpired',
      data: { task_id: TASK, ...lease, expired_at: T0, reason: 'agent_lost', failed_attempts: 1 },
    };
    const { decision } = given(...history('fail'), lost, failed).when(fail(failure));
    expect(decision).toMatchObject({ code: 'task_ended' });
  });
});
