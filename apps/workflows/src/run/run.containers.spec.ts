import { RunSpec, task, type WrittenStep } from './run.testing';

const map = (items: unknown, rest: object = {}, placed: object = {}, inner: object = {}) => {
  const step = task('one', { task: { type: 't', payload: { item: '${{ item }}', index: '${{ index }}' } }, ...inner });
  return { key: 'all', name: 'all', type: 'map', map: { items, step, ...rest }, ...placed } as unknown as WrittenStep;
};
const fan = (limit: number | undefined, ...steps: WrittenStep[]) =>
  ({
    key: 'fan',
    name: 'fan',
    type: 'parallel',
    parallel: { steps, ...(limit !== undefined && { limit }) },
  }) as WrittenStep;

describe('a parallel', () => {
  it('should run its branches at once and give what they gave by their keys', () => {
    const run = new RunSpec().start([fan(undefined, task('left'), task('right'))]);
    expect(run.told).toEqual(['RunStarted', 'StepStarted fan', 'StepStarted fan/left', 'StepStarted fan/right']);
    run.done('fan/right', 2).done('fan/left', 1);
    expect(run.told).toEqual(['StepCompleted fan/left', 'StepCompleted fan', 'RunCompleted']);
    expect(run.run?.output).toEqual({ fan: { left: 1, right: 2 } });
  });

  it('should keep its limit', () => {
    const run = new RunSpec().start([fan(1, task('a'), task('b'))]);
    expect(run.statuses).toEqual({ fan: 'running', 'fan/a': 'running' });
    expect(run.done('fan/a').told).toEqual(['StepCompleted fan/a', 'StepStarted fan/b']);
  });

  it('should cancel its other branches when one fails, and fail naming it', () => {
    const run = new RunSpec().start([fan(undefined, task('a'), task('b'))]).failed('fan/a');
    expect(run.told).toEqual(['StepFailed fan/a', 'StepCancelled fan/b', 'StepFailed fan', 'RunFailed']);
    expect(run.run?.failure).toEqual({ node: 'fan', class: 'broken', message: 'fan/a: no' });
  });
});

describe('a map', () => {
  it('should do its step for each item, so many at once, and give a list in the order of the items', () => {
    const run = new RunSpec().start(
      [map('${{ parameters.list }}', { limit: 2 })],
      {},
      { parameters: { list: ['a', 'b', 'c'] } },
    );
    expect(run.told).toEqual(['RunStarted', 'StepStarted all', 'StepStarted all/0', 'StepStarted all/1']);
    expect(run.work('all/1', 'task').order.payload).toEqual({ item: 'b', index: 1 });
    run.done('all/1', 'B');
    expect(run.told).toEqual(['StepCompleted all/1', 'StepStarted all/2']);
    run.done('all/2', 'C').done('all/0', 'A');
    expect(run.run?.output).toEqual({ all: ['A', 'B', 'C'] });
  });

  it('should complete at once without items', () => {
    const run = new RunSpec().start([map([])]);
    expect(run.told).toEqual(['RunStarted', 'StepStarted all', 'StepCompleted all', 'RunCompleted']);
    expect(run.run?.output).toEqual({ all: [] });
  });

  it('should stop at the first item that fails, or go on where it says so', () => {
    const stops = new RunSpec().start([map([1, 2])]).failed('all/0');
    expect(stops.told).toEqual(['StepFailed all/0', 'StepCancelled all/1', 'StepFailed all', 'RunFailed']);
    const goes = new RunSpec()
      .start([map([1, 2], { on_item_failure: 'continue' })])
      .failed('all/0')
      .done('all/1', 2);
    expect(goes.run?.output).toEqual({ all: [{ error: { class: 'broken', message: 'no' } }, 2] });
  });

  it('should be tried again with what has not completed of the same items', () => {
    const run = new RunSpec().start([map([1, 2, 3], {}, { retry: { max_attempts: 2, jitter: 0 } })]);
    run.done('all/0', 'A').failed('all/1');
    expect(run.told).toEqual(['StepFailed all/1', 'StepCancelled all/2', 'StepAttemptFailed all']);
    run.wake(1);
    expect(run.told).toEqual(['StepStarted all', 'StepStarted all/1', 'StepStarted all/2']);
    expect(run.node('all/1')).toMatchObject({ attempt: 2, tries: 1 });
    run.done('all/1', 'B').done('all/2', 'C');
    expect(run.run?.output).toEqual({ all: ['A', 'B', 'C'] });
  });

  it('should cancel what is within it when it times out', () => {
    const run = new RunSpec().start([map([1, 2], {}, { timeout_seconds: 5 })]).wake(5);
    expect(run.told).toEqual(['StepCancelled all/0', 'StepCancelled all/1', 'StepFailed all', 'RunFailed']);
  });

  it('should fail as soon as what its items gave cannot be handed on together', () => {
    const large = 'x'.repeat(50 * 1024);
    const run = new RunSpec()
      .start([map([1, 2, 3, 4], { limit: 3 })])
      .done('all/0', large)
      .done('all/1', large)
      .done('all/2', large);
    expect(run.run?.failure).toMatchObject({ node: 'all', class: 'output_too_large' });
    expect(run.node('all/3')?.status).toBe('cancelled');
  });

  it('should refuse more items than there may be', () => {
    const list = Array.from({ length: 1_001 }, () => 1);
    const run = new RunSpec().start([map('${{ parameters.list }}')], {}, { parameters: { list } });
    expect(run.run?.failure).toMatchObject({
      class: 'expression_failed',
      message: expect.stringContaining('1000') as string,
    });
  });

  it('should begin a thousand items at once in portions, and cancel them so', () => {
    const list = Array.from({ length: 1_000 }, (_, index) => index);
    const run = new RunSpec().start([map('${{ parameters.list }}', { limit: 1_000 })], {}, { parameters: { list } });
    const portions = [run.newest.length];
    while (run.nextWake !== null) {
      expect(run.nextWake).toBe(run.run!.updated_at);
      portions.push(run.wake().newest.length);
    }
    expect(portions).toEqual([400, 400, 202]);
    expect(Object.values(run.statuses).filter((status) => status === 'running')).toHaveLength(1_001);

    run.tell('Cancel', { reason: 'enough' });
    expect(run.newest.length).toBeLessThan(1_000);
    expect(run.run?.status).toBe('compensating');
    while (run.nextWake !== null) expect(run.wake().newest.length).toBeLessThan(1_000);
    expect(run.run).toMatchObject({ status: 'cancelled', failure: { message: 'enough' } });
    expect(Object.values(run.statuses).every((status) => status === 'cancelled')).toBe(true);
  });
});

it('should count all that is at work against the limit of the run', () => {
  const run = new RunSpec().start([map([1, 2, 3]), task('a', { depends_on: [] }), fan(undefined, task('b'))], {
    max_parallel: 2,
  });
  expect(run.told).toEqual(['RunStarted', 'StepStarted all', 'StepStarted all/0', 'StepStarted all/1']);
  expect(run.done('all/0').told).toEqual(['StepCompleted all/0', 'StepStarted all/2']);
  expect(run.done('all/1').told).toEqual(['StepCompleted all/1', 'StepStarted a']);
});
