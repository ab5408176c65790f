import type { JsonValue } from './run-history.checks';

export const TASK_TYPE = 'square';
const CAPABILITY = 'square';

/** What the agents do. Small, however often it is done. */
export const square = (n: number): number => n ** 2 % 10_007;

/** How a run must end. */
export interface Ending {
  readonly status: 'completed' | 'failed' | 'cancelled';
  readonly output?: JsonValue;
  /** What was done is taken back. */
  readonly compensated?: boolean;
}

export interface Shape {
  readonly name: string;
  /** `child`: the workflow that runs of others begin. */
  readonly steps: (child: string) => readonly object[];
  readonly ends: (n: number) => Ending;
  /** Sent to each run, before or after it waits for it. */
  readonly signal?: 'by_run' | 'by_correlation';
  readonly cancelled?: true;
}

const task = (key: string, n: string, more: object = {}, payload: object = {}) => ({
  ...{ key, name: key, type: 'task', ...more },
  task: { type: TASK_TYPE, capabilities: [CAPABILITY], payload: { n, ...payload } },
});
const N = '${{ parameters.n }}';
const undo = (key: string) => ({
  compensation: { type: 'task', task: { type: TASK_TYPE, capabilities: [CAPABILITY], payload: { n: 1, undoes: key } } },
});
const ONCE = { retry: { max_attempts: 1 } };

export const CHILD: readonly object[] = [task('inner', N)];

/** What people make of workflows, small. */
export const SHAPES: readonly Shape[] = [
  {
    name: 'one after the other',
    steps: () => [task('a', N), task('b', '${{ steps.a.output }}'), task('c', '${{ steps.b.output }}')],
    ends: (n) => ({ status: 'completed', output: { c: square(square(square(n))) } }),
  },
  {
    name: 'side by side',
    steps: () => [
      {
        ...{ key: 'fan', name: 'fan', type: 'parallel' },
        parallel: { steps: [task('left', N), task('right', '${{ parameters.n + 1 }}')] },
      },
      task('sum', '${{ steps.fan.output.left + steps.fan.output.right }}'),
    ],
    ends: (n) => ({ status: 'completed', output: { sum: square(square(n) + square(n + 1)) } }),
  },
  {
    name: 'a list',
    steps: () => [
      {
        ...{ key: 'each', name: 'each', type: 'map' },
        map: { items: [1, 2, 3, 4], limit: 2, step: task('item', '${{ item }}') },
      },
    ],
    ends: () => ({ status: 'completed', output: { each: [1, 4, 9, 16] } }),
  },
  {
    name: 'a rest',
    steps: () => [{ key: 'rest', name: 'rest', type: 'timer', timer: { seconds: 0.5 } }, task('after', N)],
    ends: (n) => ({ status: 'completed', output: { after: square(n) } }),
  },
  {
    name: 'another try',
    steps: () => [
      task('again', N, { retry: { max_attempts: 5, initial_delay_ms: 50, jitter: 0 } }, { fails: 'first' }),
    ],
    ends: (n) => ({ status: 'completed', output: { again: square(n) } }),
  },
  {
    name: 'taken back',
    steps: () => [
      task('book', N, undo('book')),
      task('pay', N, undo('pay')),
      task('ship', N, ONCE, { fails: 'always' }),
    ],
    ends: () => ({ status: 'failed', compensated: true }),
  },
  {
    name: 'a run within',
    steps: (child) => [
      {
        ...{ key: 'nested', name: 'nested', type: 'workflow' },
        workflow: { workflow_id: child, parameters: { n: N } },
      },
    ],
    ends: (n) => ({ status: 'completed', output: { nested: { inner: square(n) } } }),
  },
  {
    name: 'a signal',
    signal: 'by_run',
    steps: () => [{ key: 'wait', name: 'wait', type: 'signal', signal: { name: 'go' } }, task('after', N)],
    ends: (n) => ({ status: 'completed', output: { after: square(n) } }),
  },
  {
    name: 'a signal by its correlation',
    signal: 'by_correlation',
    steps: () => [
      { key: 'wait', name: 'wait', type: 'signal', signal: { name: 'paid', correlation: 'order ${{ parameters.n }}' } },
      task('after', N),
    ],
    ends: (n) => ({ status: 'completed', output: { after: square(n) } }),
  },
  {
    name: 'cancelled',
    cancelled: true,
    steps: () => [
      { key: 'never', name: 'never', type: 'signal', depends_on: [], signal: { name: 'never' } },
      task('meanwhile', N, { depends_on: [] }),
    ],
    ends: () => ({ status: 'cancelled' }),
  },
];
