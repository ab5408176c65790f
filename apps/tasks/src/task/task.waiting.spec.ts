import type { TaskChanges, TaskEvent } from '@ao/contracts';
import {
  after,
  AGENT,
  assign,
  assigned,
  cancelled,
  change,
  complete,
  completed,
  dependencyEnded,
  end,
  expire,
  failure,
  given,
  lease,
  ONE,
  pause,
  paused,
  release,
  released,
  resume,
  resumed,
  running,
  started,
  submit,
  submitted,
  T0,
  TASK,
  TOKEN,
  TOKEN2,
  TWO,
} from './task.testing';

describe('a task that is submitted while an agent is free for it', () => {
  const reason = { strategy: 's', candidates: [], candidate_count: 1 };
  const assignment = { agent_id: AGENT, lease_token: TOKEN, epoch: 1, reason };
  const placed = (change: Parameters<typeof submit>[0] = {}) => {
    const command = submit(change);
    return { ...command, data: { ...command.data, assignment } };
  };

  it('should be assigned in the same unit', () => {
    given().when(placed()).then(submitted(), assigned);
    given(submitted(), assigned).when(placed()).thenRejected({ code: 'task_exists' });
  });

  it('should wait all the same when its time has not come or others come first', () => {
    const not_before = after(10);
    given().when(placed({ not_before })).then(submitted({ not_before }));
    given()
      .when(placed({ depends_on: [ONE] }))
      .then(submitted({ depends_on: [ONE] }));
  });
});

describe('a scheduled task', () => {
  const later = submitted({ not_before: after(10) });
  const waiting = submitted({ depends_on: [ONE, TWO] });

  it('should be released when its time has come, not before', () => {
    given(later).when(release(9.999)).thenRejected({ code: 'task_not_due' });
    given(later).when(release(10)).then(released(10));
    given(later).when(assign(20)).thenRejected({ code: 'task_not_queued' });
  });

  it('should be released when the last of those it depends on has ended', () => {
    given(waiting).when(end(ONE)).then(dependencyEnded(ONE));
    given(waiting, dependencyEnded(ONE)).when(end(TWO)).then(dependencyEnded(TWO), released(5));
    given(waiting, dependencyEnded(ONE)).when(release(20)).thenRejected({ code: 'task_not_due' });
  });

  it('should wait for both, its time and those it depends on', () => {
    const both = submitted({ depends_on: [ONE], not_before: after(10) });
    given(both).when(end(ONE)).then(dependencyEnded(ONE));
    given(both).when(release(10)).thenRejected({ code: 'task_not_due' });
    given(both, dependencyEnded(ONE)).when(release(10)).then(released(10));
    given(both)
      .when(end(ONE, 'completed', 10))
      .thenTypes('TaskDependencyEnded', 'TaskReleased');
  });

  it('should count an end once, and none that it does not depend on', () => {
    given(waiting, dependencyEnded(ONE)).when(end(ONE)).then();
    given(waiting).when(end(TASK)).then();
    given(submitted()).when(end(ONE)).then();
    given(waiting, cancelled).when(end(ONE)).then();
  });

  it('should be cancelled when one of them ends without a result, unless it is to run all the same', () => {
    given(waiting)
      .when(end(ONE, 'dead_lettered'))
      .then(dependencyEnded(ONE, 'dead_lettered'), {
        type: 'TaskCancelled',
        data: { task_id: TASK, cancelled_at: after(5), reason: 'dependency_failed' },
      });
    given(submitted({ depends_on: [ONE], on_dependency_failure: 'run' }))
      .when(end(ONE, 'failed'))
      .thenTypes('TaskDependencyEnded', 'TaskReleased');
  });

  it('should take those that have ended already into account at once', () => {
    const change = { depends_on: [ONE, TWO] };
    const done = { dependency_id: ONE, status: 'completed' };
    given()
      .when(submit(change, [done]))
      .thenTypes('TaskSubmitted', 'TaskDependencyEnded');
    given()
      .when(submit(change, [done, { dependency_id: TWO, status: 'completed' }]))
      .thenTypes('TaskSubmitted', 'TaskDependencyEnded', 'TaskDependencyEnded', 'TaskReleased');
    given()
      .when(
        submit(change, [
          { dependency_id: ONE, status: 'expired' },
          { dependency_id: TWO, status: 'failed' },
        ]),
      )
      .thenTypes('TaskSubmitted', 'TaskDependencyEnded', 'TaskCancelled');
  });

  it('rejects a deadline that has passed, or that comes before it may begin', () => {
    given()
      .when(submit({ deadline: T0 }))
      .thenRejected({ rejection: 'invalid', pointer: '/deadline' });
    given()
      .when(submit({ deadline: after(5), not_before: after(5) }))
      .thenRejected({ rejection: 'invalid', code: 'never_in_time', pointer: '/deadline' });
  });

  it('rejects a release of what is not scheduled', () => {
    given(submitted()).when(release(1)).thenRejected({ code: 'task_not_scheduled' });
    given(submitted(), cancelled).when(release(1)).thenRejected({ code: 'task_ended' });
  });
});

describe('pausing', () => {
  it('should hold a queued or scheduled task back', () => {
    given(submitted()).when(pause).then(paused());
    given(submitted({ not_before: after(10) }))
      .when(pause)
      .then(paused());
    given(submitted(), paused()).when(assign(9)).thenRejected({ code: 'task_not_queued' });
  });

  it('should take a task from its agent, at no cost of an attempt, and keep a late result', () => {
    given(...running)
      .when(pause)
      .then(paused(AGENT));
    const history = [...running, paused(AGENT)];
    const { decision } = given(...history).when(complete);
    expect(decision).toMatchObject({ code: 'lease_superseded', record: [{ type: 'TaskCompletionRejected' }] });
    const { decision: again } = given(...history, resumed()).when(assign(9));
    expect(again).toMatchObject({ events: [{ data: { attempt: 1, lease_token: TOKEN2 } }] });
  });

  it('should acknowledge that it is paused already', () => {
    expect(given(submitted(), paused()).when(pause).then()).toEqual({ paused_at: after(5) });
  });

  it('should put it back where it was: in its queue, or on its schedule while it still waits', () => {
    given(submitted(), paused()).when(resume()).then(resumed());
    const later = submitted({ not_before: after(10) });
    given(later, paused(), resumed(9)).when(assign(20)).thenRejected({ code: 'task_not_queued' });
    given(later, paused(), resumed(9)).when(release(10)).then(released(10));
    given(later, paused(), resumed(10)).when(assign(10)).thenTypes('TaskAssigned');
    const waiting = submitted({ depends_on: [ONE] });
    given(waiting, paused()).when(end(ONE)).then(dependencyEnded(ONE));
    given(waiting, paused(), dependencyEnded(ONE), resumed()).when(assign(9)).thenTypes('TaskAssigned');
    given(waiting, paused(), resumed()).when(end(ONE)).thenTypes('TaskDependencyEnded', 'TaskReleased');
  });

  it('should not shorten a retry delay', () => {
    const attemptFailed: TaskEvent = {
      type: 'TaskAttemptFailed',
      data: { task_id: TASK, ...lease, failed_at: T0, failure, failed_attempts: 1, retry_at: after(30) },
    };
    const history = [...running, attemptFailed, paused(), resumed()];
    given(...history)
      .when(assign(29))
      .thenRejected({ code: 'task_not_ready' });
    given(...history)
      .when(assign(30))
      .thenTypes('TaskAssigned');
  });

  it('rejects an ended task, and a resume of what is not paused', () => {
    given(submitted(), cancelled).when(pause).thenRejected({ code: 'task_ended' });
    given(submitted()).when(resume()).thenRejected({ rejection: 'conflict', code: 'task_not_paused' });
  });
});

describe('a deadline', () => {
  const due = { deadline: after(10) };
  const expired = (agent_id?: string): TaskEvent => ({
    type: 'TaskExpired',
    data: { task_id: TASK, expired_at: after(10), agent_id },
  });

  it('should end the task from every open status, and name the agent that has it', () => {
    given(submitted(due)).when(expire(10)).then(expired());
    given(submitted({ ...due, depends_on: [ONE] }))
      .when(expire(10))
      .then(expired());
    given(submitted(due), paused()).when(expire(10)).then(expired());
    given(submitted(due), assigned, started).when(expire(10)).then(expired(AGENT));
  });

  it('rejects what is not due, or is due later by now', () => {
    given(submitted(due)).when(expire(9.999)).thenRejected({ code: 'task_not_due' });
    given(submitted()).when(expire(10)).thenRejected({ code: 'task_not_due' });
    const moved = (deadline: string | null): TaskEvent => ({
      type: 'TaskChanged',
      data: { task_id: TASK, changes: { deadline }, changed_at: T0 },
    });
    given(submitted(due), moved(after(20)))
      .when(expire(10))
      .thenRejected({ code: 'task_not_due' });
    given(submitted(due), moved(null)).when(expire(10)).thenRejected({ code: 'task_not_due' });
    given(submitted(due), completed).when(expire(10)).thenRejected({ code: 'task_ended' });
  });
});

describe('changing a task', () => {
  const changed = (changes: TaskChanges): TaskEvent => ({
    type: 'TaskChanged',
    data: { task_id: TASK, changes, changed_at: after(5) },
  });
  const all = { title: 't', priority: 90, payload: { file: 'b.md' }, requirements: { capabilities: ['x'] } };

  it('should change everything while no agent has it', () => {
    for (const history of [[submitted()], [submitted({ depends_on: [ONE] })], [submitted(), paused()]]) {
      given(...history)
        .when(change(all))
        .then(changed(all));
    }
  });

  it('should change only what its agent does not work by, while one has it', () => {
    const words = { title: 't', description: 'd', instructions: 'i', priority: 90, deadline: after(50) };
    given(...running)
      .when(change(words))
      .then(changed(words));
    given(...running)
      .when(change({ ...words, payload: {} }))
      .thenRejected({ rejection: 'conflict', code: 'task_assigned' });
    given(submitted(), assigned)
      .when(change({ requirements: { capabilities: [] } }))
      .thenRejected({ code: 'task_assigned' });
  });

  it('should tell who assigns it that it was changed', () => {
    const { decision } = given(submitted(), changed(all), changed({ priority: 1 })).when(assign(9));
    expect(decision).toMatchObject({ result: { revision: 2 } });
  });

  it('should do nothing when nothing is to be changed', () => {
    given(submitted()).when(change({})).then();
  });

  it('rejects an ended task and a deadline that has passed', () => {
    given(submitted(), cancelled)
      .when(change({ title: 't' }))
      .thenRejected({ code: 'task_ended' });
    given(submitted())
      .when(change({ deadline: after(5) }))
      .thenRejected({ rejection: 'invalid', pointer: '/deadline' });
  });
});
