import type { RunEvent } from '@ao/contracts';
import { derivedId, streamId } from '@ao/kernel';
import fc from 'fast-check';
import { criticalPath, type PathLink } from './critical-path';
import {
  RUN,
  START,
  ToldLog,
  WORKFLOW,
  assigned,
  at,
  completed,
  leaseExpired,
  runCompleted,
  started,
  stepCompleted,
  stepStarted,
  submitted,
  task,
  taskId,
  taskStarted,
  taskWork,
} from './told-run.testing';

const seconds = (links: readonly PathLink[]) =>
  links.map(({ node, from, to, wait_ms, work_ms }) => [
    ...[node, (from - START) / 1_000, (to - START) / 1_000, wait_ms / 1_000, work_ms / 1_000],
  ]);

/** A task of a step, from submission to end, in one go. */
function done(log: ToldLog, node: string, times: readonly [number, number, number]): void {
  const id = taskId(node);
  const [submit, start, end] = times;
  log.commit(
    streamId('task', id),
    undefined,
    ...[submitted(id, submit), assigned(id, start), taskStarted(id, start), completed(id, end)],
  );
}

describe('the critical path', () => {
  it('should be the slower branch, with what it waited and worked', () => {
    const log = new ToldLog();
    const steps = [task('first'), task('slow', { order: 2 }), task('quick', { order: 2 }), task('last')];
    const both = [stepStarted('slow', 10, taskWork('slow')), stepStarted('quick', 10, taskWork('quick'))];
    log.run(RUN, undefined, started(steps), stepStarted('first', 0, taskWork('first')));
    done(log, 'first', [0, 4, 9]);
    log.run(RUN, undefined, stepCompleted('first', 10), ...both);
    done(log, 'quick', [10, 10, 11]);
    log.run(RUN, undefined, stepCompleted('quick', 11));
    done(log, 'slow', [10, 12, 40]);
    log.run(RUN, undefined, stepCompleted('slow', 40), stepStarted('last', 40, taskWork('last')));
    done(log, 'last', [40, 41, 45]);
    log.run(RUN, undefined, stepCompleted('last', 45), runCompleted(45));
    expect(seconds(criticalPath(log.history(), Number.NaN))).toEqual([
      ['first', 0, 10, 5, 5],
      ['slow', 10, 40, 2, 28],
      ['last', 40, 45, 1, 4],
    ]);
  });

  it('should count a lost agent and a retry as what they are', () => {
    const log = new ToldLog();
    const failure = { class: 'oom', message: 'no memory' };
    const [first, second] = [taskId('only'), taskId('only', 2)];
    log.run(RUN, undefined, started([task('only')]), stepStarted('only', 0, taskWork('only')));
    log.commit(
      streamId('task', first),
      undefined,
      ...[submitted(first, 0), assigned(first, 0), taskStarted(first, 0), leaseExpired(first, 60)],
      ...[assigned(first, 65, 2), taskStarted(first, 66, 2), completed(first, 70, 2)],
    );
    log.run(RUN, undefined, {
      type: 'StepAttemptFailed',
      data: { run_id: RUN, node: 'only', attempt: 1, failure, retry_at: at(100), at: at(70) },
    });
    log.run(RUN, undefined, stepStarted('only', 100, taskWork('only', 2), 2));
    log.commit(streamId('task', second), undefined, submitted(second, 100), assigned(second, 101));
    log.commit(streamId('task', second), undefined, completed(second, 111));
    log.run(RUN, undefined, stepCompleted('only', 111), runCompleted(111));
    expect(seconds(criticalPath(log.history(), Number.NaN))).toEqual([['only', 0, 111, 111 - 74, 60 + 4 + 10]]);
  });

  it('should follow the items of a map that had to wait for each other', () => {
    const log = new ToldLog();
    log.run(
      RUN,
      undefined,
      started([{ key: 'pages', name: 'pages', type: 'map', map: { items: [1, 2, 3], limit: 2, step: task('page') } }]),
      stepStarted('pages', 0, { type: 'map', items: [], limit: 2 }),
      stepStarted('pages/0', 0, taskWork('pages/0')),
      stepStarted('pages/1', 0, taskWork('pages/1')),
    );
    done(log, 'pages/1', [0, 0, 3]);
    log.run(RUN, undefined, stepCompleted('pages/1', 3), stepStarted('pages/2', 3, taskWork('pages/2')));
    done(log, 'pages/0', [0, 0, 5]);
    log.run(RUN, undefined, stepCompleted('pages/0', 5));
    done(log, 'pages/2', [3, 3, 9]);
    log.run(RUN, undefined, stepCompleted('pages/2', 9), stepCompleted('pages', 10), runCompleted(10));
    expect(seconds(criticalPath(log.history(), Number.NaN))).toEqual([
      ['pages/1', 0, 3, 0, 3],
      ['pages/2', 3, 9, 0, 6],
      ['pages', 9, 10, 1, 0],
    ]);
  });

  it('should go through the run that a step waited for, and back to what took steps back', () => {
    const child_run_id = derivedId('run', RUN, 'inner', 1);
    const log = new ToldLog();
    const steps = [task('first'), { key: 'inner', name: 'inner', type: 'workflow', workflow: {} }];
    const undo = taskId('undo:first');
    log.run(RUN, undefined, started(steps), stepStarted('first', 0, taskWork('first')));
    done(log, 'first', [0, 0, 2]);
    log.run(
      RUN,
      undefined,
      stepCompleted('first', 2),
      stepStarted('inner', 2, { type: 'workflow', child_run_id, workflow_id: RUN, version: null, parameters: {} }),
    );
    const failure = { class: 'x', message: 'broke', node: 'inside' };
    log.run(
      child_run_id,
      undefined,
      started([task('inside')], { run_id: child_run_id, started_at: at(3) }),
      stepStarted('inside', 3, taskWork('inside'), 1, child_run_id),
    );
    done(log, 'inside', [3, 4, 9]);
    log.run(
      child_run_id,
      undefined,
      { type: 'StepFailed', data: { run_id: child_run_id, node: 'inside', failure, at: at(9) } },
      {
        type: 'RunFailed',
        data: { run_id: child_run_id, workflow_id: WORKFLOW, failure, compensated: false, at: at(9) },
      },
    );
    const outer = { ...failure, node: 'inner' };
    log.run(
      RUN,
      undefined,
      { type: 'StepFailed', data: { run_id: RUN, node: 'inner', failure, at: at(10) } },
      {
        type: 'RunCompensating',
        data: { run_id: RUN, total: 1, outcome: 'failed', failure: outer, at: at(10) },
      },
      stepStarted('undo:first', 10, { type: 'task', task_id: undo, order: {} }),
    );
    done(log, 'undo:first', [10, 11, 15]);
    log.run(RUN, undefined, stepCompleted('undo:first', 15), {
      type: 'RunFailed',
      data: { run_id: RUN, workflow_id: WORKFLOW, failure: outer, compensated: true, at: at(16) },
    });
    expect(seconds(criticalPath(log.history(), Number.NaN))).toEqual([
      ['first', 0, 2, 0, 2],
      ['inner', 2, 3, 1, 0],
      ['inside', 3, 9, 1, 5],
      ['inner', 9, 10, 1, 0],
      ['undo:first', 10, 15, 1, 4],
      [null, 15, 16, 1, 0],
    ]);
  });

  it('should go through what a step takes back, and begin anew where the run was retried', () => {
    const log = new ToldLog();
    const steps = [task('first'), { key: 'back', name: 'back', type: 'compensate', compensate: {} }, task('last')];
    const undo = taskId('undo:first');
    log.run(RUN, undefined, started(steps), stepStarted('first', 0, taskWork('first')));
    done(log, 'first', [0, 0, 2]);
    log.run(
      RUN,
      undefined,
      stepCompleted('first', 2),
      stepStarted('back', 2, { type: 'compensate', steps: null, through: 1 }),
      stepStarted('undo:first', 2, { type: 'task', task_id: undo, order: {} }),
    );
    done(log, 'undo:first', [2, 3, 6]);
    const failure = { class: 'x', message: 'broke' };
    const again = { run_id: RUN, nodes: ['last'], continued: [], deadline: null, at: at(100) };
    log.run(
      RUN,
      undefined,
      ...[stepCompleted('undo:first', 6), stepCompleted('back', 6), stepStarted('last', 6, taskWork('last'))],
      { type: 'StepFailed', data: { run_id: RUN, node: 'last', failure, at: at(10) } },
      {
        type: 'RunFailed',
        data: {
          run_id: RUN,
          workflow_id: WORKFLOW,
          failure: { ...failure, node: 'last' },
          compensated: false,
          at: at(10),
        },
      },
      { type: 'RunRetried', data: again },
      stepStarted('last', 100, taskWork('last', 2), 2),
    );
    const id = taskId('last', 2);
    log.commit(streamId('task', id), undefined, submitted(id, 100), assigned(id, 101), completed(id, 105));
    log.run(RUN, undefined, stepCompleted('last', 105), runCompleted(105));
    expect(seconds(criticalPath(log.history(), Number.NaN))).toEqual([
      ['first', 0, 2, 0, 2],
      ['undo:first', 2, 6, 1, 3],
      ['last', 6, 105, 99 - 4, 4],
    ]);
  });

  it('should end now, with what has been at work for the longest, while the run goes on', () => {
    const log = new ToldLog();
    const steps = [task('first'), task('one', { order: 2 }), task('two', { order: 2 })];
    log.run(RUN, undefined, started(steps), stepStarted('first', 0, taskWork('first')));
    done(log, 'first', [0, 0, 2]);
    const both = [stepStarted('one', 2, taskWork('one')), stepStarted('two', 2, taskWork('two'))];
    log.run(RUN, undefined, stepCompleted('first', 2), ...both);
    const id = taskId('one');
    log.commit(streamId('task', id), undefined, submitted(id, 2), assigned(id, 4), taskStarted(id, 5));
    expect(seconds(criticalPath(log.history(), START + 30_000))).toEqual([
      ['first', 0, 2, 0, 2],
      ['one', 2, 30, 3, 25],
    ]);
  });

  /** Steps that depend on some before them; each waits a little, then works a little. */
  const plans = fc.array(
    fc.record({
      before: fc.array(fc.nat(), { maxLength: 3 }),
      wait: fc.integer({ min: 0, max: 20 }),
      work: fc.integer({ min: 0, max: 20 }),
    }),
    { minLength: 1, maxLength: 12 },
  );

  it('should add up to how long the run took, and be the longest way through it', () => {
    fc.assert(
      fc.property(plans, (plan) => {
        const log = new ToldLog();
        const steps = plan.map(({ before }, index) => {
          const depends_on = index === 0 ? [] : [...new Set(before.map((n) => `s${n % index}`))];
          return task(`s${index}`, { depends_on });
        });
        // When each ends by itself, whatever the path says.
        const ends = new Map<string, number>();
        const events: { readonly time: number; readonly order: number; readonly event: RunEvent }[] = [];
        plan.forEach(({ wait, work }, index) => {
          const { key, depends_on } = steps[index]! as unknown as { key: string; depends_on: string[] };
          const begins = Math.max(0, ...depends_on.map((other) => ends.get(other)!));
          const end = begins + wait + work;
          ends.set(key, end);
          done(log, key, [begins, begins + wait, end]);
          events.push({ time: begins, order: index * 2, event: stepStarted(key, begins, taskWork(key)) });
          events.push({ time: end, order: index * 2 + 1, event: stepCompleted(key, end) });
        });
        const last = Math.max(...ends.values());
        const inOrder = events.toSorted((a, b) => a.time - b.time || a.order - b.order).map(({ event }) => event);
        log.run(RUN, undefined, started(steps), ...inOrder, runCompleted(last));
        const path = criticalPath(log.history(), Number.NaN);
        expect(path.reduce((sum, { wait_ms, work_ms }) => sum + wait_ms + work_ms, 0)).toBe(last * 1_000);
        expect(path.at(-1)!.to).toBe(START + last * 1_000);
        path.forEach((link, index) => {
          expect(link.from).toBe(index === 0 ? START : path[index - 1]!.to);
          const { wait, work } = plan[Number(link.node!.slice(1))]!;
          expect([link.wait_ms, link.work_ms]).toEqual([wait * 1_000, work * 1_000]);
        });
      }),
    );
  });
});
