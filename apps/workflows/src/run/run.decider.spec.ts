import { forkOf } from './run.retry';
import { after, RUN, RunSpec, T0, task, WORKFLOW, type WrittenStep } from './run.testing';

const free = (key: string, rest: object = {}) => task(key, { depends_on: [], ...rest });

describe('the order of steps', () => {
  it('should be that of the list, one after the other, where nothing else is said', () => {
    const run = new RunSpec().start([task('a'), task('b')]);
    expect(run.statuses).toEqual({ a: 'running' });
    expect(run.done('a').told).toEqual(['StepCompleted a', 'StepStarted b']);
  });

  it('should let steps of one order be at work at once', () => {
    const run = new RunSpec().start([task('a', { order: 1 }), task('b', { order: 1 }), task('c', { order: 2 })]);
    run.done('b');
    expect(run.statuses).toEqual({ a: 'running', b: 'completed' });
    expect(run.done('a').told).toEqual(['StepCompleted a', 'StepStarted c']);
  });

  it('should follow depends_on, and go on past what may fail', () => {
    const run = new RunSpec().start([
      free('a', { on_failure: 'continue' }),
      free('b'),
      task('c', { depends_on: ['a', 'b'] }),
    ]);
    expect(run.failed('a').told).toEqual(['StepFailed a']);
    expect(run.done('b').told).toEqual(['StepCompleted b', 'StepStarted c']);
    expect(run.done('c', 1).run).toMatchObject({ status: 'completed', output: { c: 1 } });
  });

  it('should skip a step when all it depends on were skipped', () => {
    const run = new RunSpec().start([
      free('a', { when: 'false' }),
      free('b'),
      task('c', { depends_on: ['a'] }),
      task('d', { depends_on: ['a', 'b'] }),
    ]);
    expect(run.told).toEqual(['RunStarted', 'StepSkipped a', 'StepStarted b', 'StepSkipped c']);
    expect(run.done('b').told).toEqual(['StepCompleted b', 'StepStarted d']);
  });
});

describe('a run', () => {
  it('should begin once', () => {
    const run = new RunSpec().start([task('a')]);
    run.at(5).start([task('a')]);
    expect(run.newest).toEqual([]);
    expect(run.result).toEqual({ run_id: RUN, workflow_id: WORKFLOW, version: 1, started_at: T0 });
  });

  it('should refuse to begin without steps, and with parameters that are too large', () => {
    expect(() => new RunSpec().start([])).toThrow(`Expected to start run '${RUN}', but its workflow has no steps`);
    expect(() => new RunSpec().start([task('a')], {}, { parameters: { x: 'x'.repeat(128 * 1024) } })).toThrow(
      /more than 131072/,
    );
  });

  it('should give the output that its definition asks for', () => {
    const run = new RunSpec().start([task('a')], {
      output: { sum: '${{ steps.a.output.n + 1 }}', by: '${{ run.id }}' },
    });
    expect(run.done('a', { n: 1 }).run?.output).toEqual({ sum: 2, by: RUN });
  });

  it('should fail when its output cannot be worked out', () => {
    const run = new RunSpec().start([task('a')], { output: '${{ steps.a.output.n }}' }).done('a', {});
    expect(run.run).toMatchObject({ status: 'failed', failure: { node: null, class: 'expression_failed' } });
    expect(run.tell('Retry')).toMatchObject({ code: 'nothing_to_retry' });
  });

  it('should cancel what is at work and fail when a step fails, and change nothing after it', () => {
    const run = new RunSpec().start([free('a'), free('b')]);
    const late = { node: 'b', task_id: run.work('b', 'task').task_id, status: 'completed' };
    expect(run.failed('a').told).toEqual(['StepFailed a', 'StepCancelled b', 'RunFailed']);
    expect(run.tell('TaskEnded', late)).toBeUndefined();
    expect(run.wake(1000).newest).toEqual([]);
    expect(run.nextWake).toBeNull();
  });

  it('should fail when its time is over', () => {
    const run = new RunSpec().start([task('a')], { timeout_seconds: 10 });
    expect(run.nextWake).toBe(after(10));
    expect(run.wake(9.999).told).toEqual([]);
    expect(run.wake(10).told).toEqual(['StepCancelled a', 'RunFailed']);
    expect(run.run?.failure).toMatchObject({ node: null, class: 'timeout' });
  });

  it('should know what was told twice, of another attempt, and of a node that there is not', () => {
    const run = new RunSpec().start([free('a'), free('b')]);
    const told = { node: 'a', task_id: run.work('a', 'task').task_id, status: 'completed' };
    const stray = [
      { ...told, task_id: RUN },
      { ...told, node: 'b' },
      { ...told, node: 'constructor' },
      { ...told, node: 'a/0' },
    ];
    for (const data of stray) {
      expect(run.tell('TaskEnded', data)).toBeUndefined();
      expect(run.newest).toEqual([]);
    }
    run.tell('TaskEnded', told);
    run.tell('TaskEnded', { ...told, status: 'failed' });
    expect(run.newest).toEqual([]);
    expect(run.statuses).toEqual({ a: 'completed', b: 'running' });
  });

  it.each(['TaskEnded', 'Wake', 'Signal', 'Pause', 'Resume', 'Cancel', 'Retry'] as const)(
    'should be there for %s',
    (type) => {
      expect(new RunSpec().tell(type)).toMatchObject({ rejection: 'not_found', code: 'run_not_found' });
    },
  );

  it.each([
    ['Pause', { reason: '' }],
    ['Resume', {}],
    ['Cancel', { reason: '' }],
    ['Signal', { signal_id: RUN, name: 'go', correlation: null, payload: null, sent_by: null }],
  ] as const)('should not take %s when it has ended', (type, data) => {
    const run = new RunSpec().start([task('a')]).done('a');
    expect(run.tell(type, data)).toMatchObject({ rejection: 'conflict', code: 'run_ended' });
  });
});

describe('a paused run', () => {
  it('should keep what comes of what is at work, and begin nothing until it is resumed', () => {
    const run = new RunSpec().start([free('a'), task('b', { depends_on: ['a'] })]);
    run.at(1).tell('Pause', { reason: 'lunch' });
    expect(run.result).toEqual({ paused_at: after(1) });
    expect(run.done('a', 1).told).toEqual(['StepCompleted a']);
    expect(run.nextWake).toBeNull();
    run.at(2).tell('Pause', { reason: 'again' });
    expect(run).toMatchObject({ newest: [], result: { paused_at: after(1) } });
    run.tell('Resume');
    expect(run.told).toEqual(['RunResumed', 'StepStarted b']);
    run.tell('Resume');
    expect(run.newest).toEqual([]);
  });

  it('should stop for a step that failed when it is resumed, and not before', () => {
    const run = new RunSpec().start([free('a'), free('b')]);
    run.tell('Pause', { reason: '' });
    expect(run.failed('a').told).toEqual(['StepFailed a']);
    run.tell('Resume');
    expect(run.told).toEqual(['RunResumed', 'StepCancelled b', 'RunFailed']);
  });

  it('should be timed out and be cancelled all the same', () => {
    const timed = new RunSpec().start([task('a')], { timeout_seconds: 10 });
    timed.tell('Pause', { reason: '' });
    expect(timed.wake(10).run?.status).toBe('failed');
    const cancelled = new RunSpec().start([task('a')]);
    cancelled.tell('Pause', { reason: '' });
    cancelled.tell('Cancel', { reason: 'enough' });
    expect(cancelled.told).toEqual(['StepCancelled a', 'RunCancelled']);
    expect(cancelled.tell('Cancel', { reason: 'again' })).toBeUndefined();
  });
});

describe('a retry', () => {
  it('should begin what failed and what was cancelled with it anew, by new ids and with all its attempts', () => {
    const run = new RunSpec().start([free('a'), free('b'), free('c'), task('d', { depends_on: ['a', 'b', 'c'] })], {
      timeout_seconds: 10,
    });
    const before = run.work('b', 'task').task_id;
    run.done('a').failed('b');
    run.at(60).tell('Retry');
    expect(run.told).toEqual(['RunRetried', 'StepStarted b', 'StepStarted c']);
    expect(run.result).toEqual({ retried_at: after(60), nodes: ['b', 'c'] });
    expect(run.run).toMatchObject({ status: 'running', failure: null, deadline: after(70), ended_at: null });
    expect(run.node('b')).toMatchObject({ attempt: 2, tries: 1 });
    expect(run.work('b', 'task').task_id).not.toBe(before);
    run.done('b').done('c').done('d', 1);
    expect(run.run).toMatchObject({ status: 'completed', output: { d: 1 } });
  });

  it('should begin a step and everything that follows it anew', () => {
    const run = new RunSpec()
      .start([task('a'), task('b'), task('c')])
      .done('a', 1)
      .done('b', 2)
      .failed('c');
    run.tell('Retry', { from: 'b' });
    expect(run.told).toEqual(['RunRetried', 'StepStarted b']);
    expect(run.result).toMatchObject({ nodes: ['b', 'c'] });
    expect(run.statuses).toEqual({ a: 'completed', b: 'running', c: 'waiting' });
    expect(run.done('b', 3).told).toEqual(['StepCompleted b', 'StepStarted c']);
  });

  it('should go on with the items of a map that have not completed', () => {
    const map = { key: 'all', name: 'all', type: 'map', map: { items: [1, 2], step: task('one') } } as WrittenStep;
    const run = new RunSpec().start([map]).done('all/0', 'A').failed('all/1');
    run.tell('Retry');
    expect(run.told).toEqual(['RunRetried', 'StepStarted all', 'StepStarted all/1']);
    expect(run.done('all/1', 'B').run?.output).toEqual({ all: ['A', 'B'] });
  });

  it('should do again what was taken back, with all that follows it, and take that back anew', () => {
    const compensation = { type: 'task', task: { type: 'undo' } };
    const run = new RunSpec()
      .start([task('a', { compensation }), task('b'), task('c')])
      .done('a')
      .done('b')
      .failed('c')
      .done('undo:a');
    run.tell('Retry');
    expect(run.result).toMatchObject({ nodes: ['a', 'b', 'c'] });
    expect(run.told).toEqual(['RunRetried', 'StepStarted a']);
    run.done('a').done('b').failed('c');
    expect(run.told).toEqual(['StepFailed c', 'RunCompensating', 'StepStarted undo:a']);
    expect(run.node('undo:a')).toMatchObject({ attempt: 2, tries: 1 });
  });

  it('should be refused where there is nothing to retry', () => {
    const run = new RunSpec().start([task('a')]);
    expect(run.tell('Retry')).toMatchObject({
      code: 'run_not_ended',
      message: `Expected to retry run '${RUN}', but it is running`,
    });
    run.failed('a');
    expect(run.tell('Retry', { from: 'z' })).toMatchObject({
      rejection: 'not_found',
      code: 'step_not_found',
      pointer: '/from',
    });
    const done = new RunSpec().start([task('a')]).done('a');
    expect(done.tell('Retry')).toMatchObject({ code: 'nothing_to_retry' });
  });
});

describe('a fork', () => {
  const steps = [task('a', { compensation: { type: 'task', task: { type: 'undo' } } }), task('b'), task('c')];

  it('should take over what completed before the step from which it goes its own way', () => {
    const original = new RunSpec().start(steps).done('a', 1).done('b', 2).failed('c').done('undo:a');
    expect(forkOf(original.run!, 'z')).toMatchObject({ code: 'step_not_found' });
    // What was taken back is done again, and what followed it.
    expect(forkOf(original.run!, 'c')).toEqual([]);

    const kept = new RunSpec().start(steps).done('a', 1).done('b', 2);
    const carried = forkOf(kept.run!, 'c');
    expect(carried).toEqual([
      { node: 'a', output: 1 },
      { node: 'b', output: 2 },
    ]);
    const fork = new RunSpec(undefined, 0, WORKFLOW).start(
      steps,
      {},
      { fork: { run_id: RUN, from: 'c', carried: carried as never } },
    );
    expect(fork.told).toEqual(['RunStarted', 'StepCompleted a', 'StepCompleted b', 'StepStarted c']);
    expect(fork.run).toMatchObject({ fork: { run_id: RUN, from: 'c' }, nodes: { a: { carried: true, output: 1 } } });
    expect(fork.work('c', 'task').task_id).not.toBe(kept.work('c', 'task').task_id);
    // What it took over is the original's to take back.
    expect(fork.failed('c').told).toEqual(['StepFailed c', 'RunFailed']);
  });
});
