import { runViolations, type LoggedEvent, type StartedRun } from './run-history.checks';

const RUN = 'r1';
const at = '2026-01-01T00:00:01.000Z';
let versions: Record<string, number> = {};
const event = (stream_id: string, type: string, data: object = {}): LoggedEvent => {
  versions[stream_id] = (versions[stream_id] ?? 0) + 1;
  return { stream_id, version: versions[stream_id], type, data: { at, ...data } };
};
const run = (type: string, data: object = {}) => event(`run-${RUN}`, type, { run_id: RUN, ...data });
const begun = () => run('RunStarted', { started_at: at, definition: { steps: [] }, fork: null });
const step = (node: string, attempt = 1, work: object = { type: 'task', task_id: `${node}${attempt}` }) =>
  run('StepStarted', { node, attempt, work, timeout_at: null });
const done = (node: string, data: object = {}) => run('StepCompleted', { node, output: 1, ...data });
const task = (id: string, ...types: string[]) =>
  types.map((type) => event(`task-${id}`, type, type === 'TaskSubmitted' ? { run: { run_id: RUN, node: 'a' } } : {}));
const completed = () => run('RunCompleted', { output: { a: 1 } });
const journal: StartedRun[] = [{ run_id: RUN, shape: 's', ends: { status: 'completed', output: { a: 1 } } }];

const verdict = (events: readonly LoggedEvent[]) => runViolations(journal, events).map(({ check }) => check);

describe('the judge of runs', () => {
  beforeEach(() => (versions = {}));
  const right = () => [begun(), step('a'), ...task('a1', 'TaskSubmitted', 'TaskCompleted'), done('a'), completed()];

  it('should find nothing wrong with what is right', () => {
    expect(verdict(right())).toEqual([]);
  });

  it.each<[string, string, () => LoggedEvent[]]>([
    ['lost', 'a run that is not there', () => []],
    ['open', 'a run that has not ended', () => right().slice(0, -1)],
    ['wrong_end', 'another output', () => [...right().slice(0, -1), { ...completed(), data: { output: {}, at } }]],
    ['several_ends', 'an event after the end', () => [...right(), run('RunFailed', { failure: {} })]],
    ['gap', 'a missing version', () => right().filter(({ type }) => type !== 'StepCompleted')],
    ['attempt_twice', 'an attempt that began twice', () => [...right().slice(0, -1), step('a'), completed()]],
    ['work_twice', 'two tasks of one attempt', () => [...right(), ...task('a1', 'TaskSubmitted')]],
    ['work_missing', 'a step without a task', () => right().filter(({ stream_id }) => stream_id !== 'task-a1')],
    ['left_over', 'a task that is open', () => right().filter(({ type }) => type !== 'TaskCompleted')],
    ['work_of_nobody', 'a task that no attempt asked for', () => [...right(), ...task('b', 'TaskSubmitted')]],
    [
      'early',
      'a timer before its time',
      () => [begun(), step('t', 1, { type: 'timer', due_at: '2026-01-01T00:00:01.001Z' }), done('t'), completed()],
    ],
    [
      'early',
      'another attempt before its time',
      () => [
        ...right().slice(0, -1),
        run('StepAttemptFailed', { node: 'b', retry_at: '2026-01-01T00:00:01.001Z' }),
        step('b', 2, { type: 'webhook' }),
        completed(),
      ],
    ],
    [
      'wrong_order',
      'the first taken back first',
      () => [begun(), done('a'), done('b'), step('undo:a', 1, { type: 'webhook' }), completed()],
    ],
  ])('should find %s: %s', (check, _what, events) => {
    expect(verdict(events())).toContain(check);
  });
});
