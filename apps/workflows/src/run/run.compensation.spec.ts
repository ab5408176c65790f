import { derivedIdAt } from '@ao/kernel';
import { after, RUN, RunSpec, task, type WrittenStep } from './run.testing';

const undo = (rest: object = {}) => ({
  compensation: { type: 'task', task: { type: 'undo', payload: { was: '${{ parameters.n }}' } }, ...rest },
});
const parameters = { n: 1 };
const two = () =>
  new RunSpec()
    .start([task('a', undo()), task('b', undo()), task('c')], {}, { parameters })
    .done('a')
    .done('b');
const step = (key: string, what: object, rest: object = {}) =>
  ({ key, name: key, type: 'compensate', compensate: what, ...rest }) as WrittenStep;

describe('a run that fails', () => {
  it('should take back what completed, the last first and one after the other, and then have failed', () => {
    const run = two().failed('c');
    expect(run.told).toEqual(['StepFailed c', 'RunCompensating', 'StepStarted undo:b']);
    expect(run.work('undo:b', 'task')).toMatchObject({
      task_id: derivedIdAt(after(0), 'task', RUN, 'undo:b', 1),
      order: { type: 'undo', payload: { was: 1 } },
    });
    expect(run.done('undo:b').told).toEqual(['StepCompleted undo:b', 'StepStarted undo:a']);
    expect(run.done('undo:a').told).toEqual(['StepCompleted undo:a', 'RunFailed']);
    expect(run.run).toMatchObject({ status: 'failed', compensated: true, failure: { node: 'c', class: 'broken' } });
  });

  it('should cancel what is at work before it takes anything back', () => {
    const run = new RunSpec().start(
      [task('a', { depends_on: [], ...undo() }), task('b', { depends_on: [] }), task('c', { depends_on: [] })],
      {},
      { parameters },
    );
    run.done('a').failed('b');
    expect(run.told).toEqual(['StepFailed b', 'RunCompensating', 'StepCancelled c', 'StepStarted undo:a']);
  });

  it('should stop without taking anything back where the definition says so', () => {
    const run = new RunSpec()
      .start([task('a', undo()), task('b')], { on_failure: 'stop' }, { parameters })
      .done('a')
      .failed('b');
    expect(run.told).toEqual(['StepFailed b', 'RunFailed']);
    expect(run.run?.compensated).toBe(false);
  });

  it('should end at the first compensation that fails, and say so', () => {
    const run = two().failed('c').failed('undo:b', { class: 'stuck', message: 'cannot' });
    expect(run.told).toEqual(['StepFailed undo:b', 'RunFailed']);
    expect(run.run).toMatchObject({ status: 'failed', compensated: false, failure: { node: 'c', class: 'broken' } });
    expect(run.run?.failure?.message).toBe('no; undo:b failed, so that not all is taken back: cannot');
  });

  it('should give each item of a map back with what it gave', () => {
    const compensation = {
      type: 'task',
      task: { type: 'undo', payload: { item: '${{ item }}', made: '${{ steps.one.output }}' } },
    };
    const one = task('one', { compensation });
    const all = { key: 'all', name: 'all', type: 'map', map: { items: ['x', 'y'], step: one } } as WrittenStep;
    const run = new RunSpec()
      .start([all, task('c')])
      .done('all/1', 'Y')
      .done('all/0', 'X')
      .failed('c');
    expect(run.work('undo:all/0', 'task').order.payload).toEqual({ item: 'x', made: 'X' });
    run.done('undo:all/0');
    expect(run.work('undo:all/1', 'task').order.payload).toEqual({ item: 'y', made: 'Y' });
  });

  it('should try a compensation again as that says, and time it out', () => {
    const how = {
      type: 'webhook',
      webhook: { url: 'https://e.com' },
      retry: { max_attempts: 2, jitter: 0 },
      timeout_seconds: 5,
    };
    const run = new RunSpec()
      .start([task('a', { compensation: how }), task('b')])
      .done('a')
      .failed('b');
    expect(run.nextWake).toBe(after(5));
    expect(run.wake(5).told).toEqual(['StepAttemptFailed undo:a']);
    expect(run.wake(6).told).toEqual(['StepStarted undo:a']);
    expect(run.wake(11).told).toEqual(['StepFailed undo:a', 'RunFailed']);
  });
});

describe('a run that is cancelled', () => {
  it('should take back what completed and then be cancelled', () => {
    const run = two();
    run.tell('Cancel', { reason: 'enough' });
    expect(run.told).toEqual(['RunCompensating', 'StepCancelled c', 'StepStarted undo:b']);
    expect(run.result).toEqual({ cancelled_at: after(0), status: 'compensating' });
    expect(run.tell('Cancel', { reason: 'again' })).toBeUndefined();
    expect(run.newest).toEqual([]);
    run.done('undo:b').done('undo:a');
    expect(run.run).toMatchObject({
      status: 'cancelled',
      compensated: true,
      failure: { class: 'cancelled', message: 'enough' },
    });
  });

  it('should have failed when not all could be taken back', () => {
    const run = two();
    run.tell('Cancel', { reason: 'enough' });
    run.failed('undo:b');
    expect(run.run).toMatchObject({
      status: 'failed',
      compensated: false,
      failure: { node: 'undo:b', class: 'compensation_failed' },
    });
    expect(run.run?.failure?.message).toContain('enough');
  });
});

describe('a step of the type compensate', () => {
  const steps = [task('a', undo()), task('b', undo())];

  it('should take back what completed before it, and give their names', () => {
    const run = new RunSpec()
      .start([...steps, step('back', {}), task('c')], {}, { parameters })
      .done('a')
      .done('b');
    expect(run.told).toEqual(['StepCompleted b', 'StepStarted back', 'StepStarted undo:b']);
    run.done('undo:b').done('undo:a');
    expect(run.told).toEqual(['StepCompleted undo:a', 'StepCompleted back', 'StepStarted c']);
    expect(run.node('back')?.output).toEqual(['b', 'a']);
    // Nothing is taken back twice.
    expect(run.failed('c').told).toEqual(['StepFailed c', 'RunFailed']);
  });

  it('should take back the steps it names alone', () => {
    const run = new RunSpec()
      .start([...steps, step('back', { steps: ['a'] })], {}, { parameters })
      .done('a')
      .done('b')
      .done('undo:a');
    expect(run.run).toMatchObject({ status: 'completed', output: { back: ['a'] } });
  });

  it('should fail with the compensation that fails', () => {
    const run = new RunSpec().start([...steps, step('back', {}, { on_failure: 'continue' })], {}, { parameters });
    run.done('a').done('b').failed('undo:b');
    expect(run.told).toEqual(['StepFailed undo:b', 'StepFailed back', 'RunCompleted']);
    expect(run.node('back')?.failure).toEqual({ class: 'broken', message: 'undo:b: no' });
  });

  it('should be finished with what it is taking back before the run that stops takes back more', () => {
    const alone = { depends_on: [] };
    const run = new RunSpec().start(
      [
        task('a', { ...alone, ...undo() }),
        step('back', {}, { depends_on: ['a'] }),
        task('c', { ...alone, ...undo() }),
        task('d', alone),
      ],
      {},
      { parameters },
    );
    run.done('a').done('c').failed('d');
    expect(run.told).toEqual(['StepFailed d', 'RunCompensating', 'StepCancelled back']);
    expect(run.node('undo:a')?.status).toBe('running');
    expect(run.done('undo:a').told).toEqual(['StepCompleted undo:a', 'StepStarted undo:c']);
    expect(run.done('undo:c').told).toEqual(['StepCompleted undo:c', 'RunFailed']);
    expect(run.run?.compensated).toBe(true);
  });
});
