import { violationsOf, type Check, type RecordedEvent, type Submission } from './history.checks';

type Given = readonly [type: string, data?: Record<string, unknown>];

const LEASE = { lease_token: 'one' };
const submitted: Given = ['TaskSubmitted', { payload: { n: 3 }, retry: { max_attempts: 2 } }];
const assigned = (attempt = 1, lease_token = 'one'): Given => ['TaskAssigned', { attempt, lease_token }];
const started = (lease_token = 'one'): Given => ['TaskStarted', { lease_token }];
const expired = (failed_attempts: number, lease_token = 'one'): Given => [
  'TaskLeaseExpired',
  { failed_attempts, lease_token },
];
const completed = (lease_token = 'one', result = 9): Given => ['TaskCompleted', { lease_token, result }];
const deadLettered = (failed_attempts = 2): Given => ['TaskDeadLettered', { failed_attempts }];

function history(...given: Given[]): RecordedEvent[] {
  return given.map(([type, data = {}], index) => ({ taskId: 'task', version: index + 1, type, data }));
}

const journal: readonly Submission[] = [{ n: 3, outcome: 'acknowledged', taskId: 'task' }];
const checks = (events: readonly RecordedEvent[], sent = journal) =>
  violationsOf(sent, events).map(({ check }) => check);

describe('the checks of the tasks campaign', () => {
  it.each<[string, Given[]]>([
    ['completed', [submitted, assigned(), started(), completed()]],
    [
      'taken over from a lost agent',
      [submitted, assigned(), started(), expired(1), assigned(2, 'two'), started('two'), completed('two')],
    ],
    [
      'lost before its start, which costs nothing',
      [submitted, assigned(), expired(0), assigned(1, 'two'), completed('two')],
    ],
    [
      'returned',
      [
        submitted,
        assigned(),
        started(),
        ['TaskReturned', { ...LEASE, failed_attempts: 0 }],
        assigned(1, 'two'),
        completed('two'),
      ],
    ],
    ['completed, and a zombie refused', [submitted, assigned(), started(), completed(), ['TaskCompletionRejected']]],
    [
      'given up',
      [
        submitted,
        assigned(),
        ['TaskAttemptFailed', { ...LEASE, failed_attempts: 1 }],
        assigned(2, 'two'),
        started('two'),
        expired(2, 'two'),
        deadLettered(),
      ],
    ],
    [
      'retried by hand after its end',
      [
        submitted,
        assigned(),
        ['TaskFailed', LEASE],
        ['TaskRetried'],
        assigned(1, 'two'),
        started('two'),
        completed('two'),
      ],
    ],
    ['not done by its deadline', [submitted, assigned(), started(), ['TaskExpired']]],
    ['cancelled while it ran', [submitted, assigned(), started(), ['TaskCancelled']]],
  ])('should find nothing wrong with a task that was %s', (_what, given) => {
    expect(checks(history(...given))).toEqual([]);
  });

  it.each<[Check, string, Given[]]>([
    ['lost', 'that nobody works on', [submitted, assigned(), started(), expired(1)]],
    ['lost', 'that was retried and forgotten', [submitted, assigned(), ['TaskFailed', LEASE], ['TaskRetried']]],
    ['completed_twice', 'with two completions', [submitted, assigned(), completed(), completed()]],
    ['several_ends', 'cancelled and completed', [submitted, assigned(), ['TaskCancelled'], completed()]],
    ['work_after_end', 'assigned after its end', [submitted, assigned(), completed(), assigned(1, 'two')]],
    [
      'unfenced',
      'completed by a zombie',
      [submitted, assigned(), started(), expired(1), assigned(2, 'two'), completed('one')],
    ],
    ['unfenced', 'given to two at once', [submitted, assigned(), assigned(1, 'two'), completed('two')]],
    [
      'attempts',
      'tried more often than its policy says',
      [
        submitted,
        assigned(),
        started(),
        expired(1),
        assigned(2, 'two'),
        started('two'),
        expired(2, 'two'),
        assigned(3, 'three'),
        completed('three'),
      ],
    ],
    [
      'attempts',
      'charged for an attempt that never began',
      [submitted, assigned(), expired(1), assigned(2, 'two'), completed('two')],
    ],
    ['attempts', 'given up too early', [submitted, assigned(), started(), deadLettered(1)]],
    ['wrong_result', "with another task's result", [submitted, assigned(), completed('one', 16)]],
  ])('should find %s: a task %s', (check, _what, given) => {
    expect(checks(history(...given))).toContain(check);
  });

  it('should find a task that was acknowledged and is not in the log, or holds something else', () => {
    expect(checks([])).toEqual(['lost']);
    const other = history(
      ['TaskSubmitted', { payload: { n: 4 }, retry: { max_attempts: 2 } }],
      assigned(),
      completed('one', 16),
    );
    expect(checks(other, [...journal, { n: 4, outcome: 'unknown' }])).toEqual(['lost']);
  });

  it('should find a submission that is in the log twice, or that nobody sent', () => {
    const whole = history(submitted, assigned(), started(), completed());
    const twin = whole.map((event) => ({ ...event, taskId: 'twin' }));
    expect(checks([...whole, ...twin])).toEqual(['submitted_twice']);
    expect(checks(whole, [])).toEqual(['unaccounted']);
  });

  it('should not miss what was never acknowledged, but want an end of it if it is there', () => {
    const unknown: Submission[] = [{ n: 3, outcome: 'unknown' }];
    expect(checks([], unknown)).toEqual([]);
    expect(checks(history(submitted), unknown)).toEqual(['lost']);
  });

  it('should find a gap in the versions, and a refused submission', () => {
    const [first, ...rest] = history(submitted, assigned(), completed());
    expect(checks([first!, ...rest.map((event) => ({ ...event, version: event.version + 1 }))])).toEqual(['gap']);
    expect(checks([], [{ n: 3, outcome: 'refused' }])).toEqual(['refused']);
  });
});
