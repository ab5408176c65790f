/** What a submitter knows of one task it sent. */
export interface Submission {
  /** The task's own number, in its payload. */
  readonly n: number;
  /** `unknown`: no answer came, so that the task may be there or not. */
  readonly outcome: 'acknowledged' | 'unknown' | 'refused';
  readonly taskId?: string;
}

/** An event of a task, as the log has it. */
export interface RecordedEvent {
  readonly taskId: string;
  readonly version: number;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export type Check =
  | 'lost'
  | 'completed_twice'
  | 'several_ends'
  | 'work_after_end'
  | 'unfenced'
  | 'attempts'
  | 'wrong_result'
  | 'gap'
  | 'submitted_twice'
  | 'unaccounted'
  | 'refused';

export interface Violation {
  readonly check: Check;
  readonly task: string;
  readonly why: string;
}

const ENDS = ['TaskCompleted', 'TaskFailed', 'TaskCancelled', 'TaskDeadLettered', 'TaskExpired'];
/** What only happens to a task that is open; a late result is TaskCompletionRejected, which may come at any time. */
const WORK = ['TaskAssigned', 'TaskStarted', 'TaskAttemptFailed', 'TaskReturned', 'TaskLeaseExpired'];
const LEASE_OVER = ['TaskAttemptFailed', 'TaskReturned', 'TaskLeaseExpired'];

export const isEnd = ({ type }: Pick<RecordedEvent, 'type'>) => ENDS.includes(type);

/** Holds what the submitters were told against what the log has. */
export function violationsOf(journal: readonly Submission[], events: readonly RecordedEvent[]): Violation[] {
  const histories = historiesOf(events);
  return [
    ...journal.flatMap((submission) => missing(submission, histories)),
    ...strangers(journal, histories),
    ...[...histories].flatMap(([task, history]) =>
      [contiguous, endsOnce, nothingAfterTheEnd, fenced, withinPolicy, rightResult].flatMap((check) =>
        check(history).map((found) => ({ ...found, task })),
      ),
    ),
  ];
}

type History = readonly RecordedEvent[];
type Found = Omit<Violation, 'task'>;

function historiesOf(events: readonly RecordedEvent[]): Map<string, RecordedEvent[]> {
  const histories = new Map<string, RecordedEvent[]>();
  for (const event of events) {
    const history = histories.get(event.taskId);
    if (history) history.push(event);
    else histories.set(event.taskId, [event]);
  }
  for (const history of histories.values()) history.sort((a, b) => a.version - b.version);
  return histories;
}

/** T1: what was acknowledged is in the log and has ended; what nobody was sure of has ended if it is there. */
function missing({ n, outcome, taskId }: Submission, histories: ReadonlyMap<string, History>): Violation[] {
  if (outcome === 'refused') return [{ check: 'refused', task: `number ${n}`, why: 'a right submission was refused' }];
  if (outcome !== 'acknowledged') return [];
  const task = taskId ?? `number ${n}`;
  const history = histories.get(task);
  if (!history) return [{ check: 'lost', task, why: 'acknowledged, but not in the log' }];
  if (numberOf(history) !== n) return [{ check: 'lost', task, why: `acknowledged for ${n}, holds another payload` }];
  return [];
}

/** Every task of the log was sent by somebody, once. */
function strangers(journal: readonly Submission[], histories: ReadonlyMap<string, History>): Violation[] {
  const sent = new Set(journal.map(({ n }) => n));
  const seen = new Set<number>();
  return [...histories].flatMap(([task, history]): Violation[] => {
    const n = numberOf(history);
    if (n === undefined || !sent.has(n)) return [{ check: 'unaccounted', task, why: `nobody submitted it (${n})` }];
    if (seen.has(n)) return [{ check: 'submitted_twice', task, why: `number ${n} is in the log twice` }];
    seen.add(n);
    return [];
  });
}

function contiguous(history: History): Found[] {
  const right = history[0]?.type === 'TaskSubmitted' && history.every(({ version }, index) => version === index + 1);
  return right ? [] : [{ check: 'gap', why: `versions ${history.map(({ version }) => version).join(' ')}` }];
}

/** T2 and T4: one end in a life, of which a manual retry (TaskRetried) begins another. */
function endsOnce(history: History): Found[] {
  return livesOf(history).flatMap((life, index, lives): Found[] => {
    const ends = life.filter(isEnd);
    const completions = ends.filter(({ type }) => type === 'TaskCompleted');
    const why = ends.map(({ type }) => type).join(' ');
    if (completions.length > 1) return [{ check: 'completed_twice', why }];
    if (ends.length > 1) return [{ check: 'several_ends', why }];
    if (ends.length === 0 && index === lives.length - 1)
      return [{ check: 'lost', why: `still open after ${life.at(-1)?.type ?? 'its retry'}` }];
    return [];
  });
}

function nothingAfterTheEnd(history: History): Found[] {
  return livesOf(history).flatMap((life): Found[] => {
    const end = life.findIndex(isEnd);
    const late = end < 0 ? undefined : life.slice(end).find(({ type }) => WORK.includes(type));
    return late ? [{ check: 'work_after_end', why: `${late.type} after ${life[end]!.type}` }] : [];
  });
}

/** T2: whoever starts, ends or completes it holds the lease of the last assignment, and it is not over. */
function fenced(history: History): Found[] {
  const found: Found[] = [];
  let held: unknown;
  for (const { type, data } of history) {
    if (type === 'TaskAssigned') {
      if (held !== undefined) found.push({ check: 'unfenced', why: 'assigned while another holds it' });
      held = data.lease_token;
    } else if (['TaskStarted', 'TaskCompleted', 'TaskFailed', ...LEASE_OVER].includes(type)) {
      if (data.lease_token !== held) found.push({ check: 'unfenced', why: `${type} under a lease that is over` });
      if (type !== 'TaskStarted') held = undefined;
    } else if (isEnd({ type })) held = undefined;
  }
  return found;
}

/** T5: an attempt counts when it failed, or was lost after its start; there are never more than the policy allows. */
function withinPolicy(history: History): Found[] {
  const most = (history[0]?.data.retry as { max_attempts?: number } | undefined)?.max_attempts ?? 0;
  return livesOf(history).flatMap((life) => {
    const found: Found[] = [];
    let failed = 0;
    let started = false;
    for (const { type, data } of life) {
      if (type === 'TaskAssigned') {
        started = false;
        if (data.attempt !== failed + 1 || failed >= most)
          found.push({ check: 'attempts', why: `attempt ${String(data.attempt)} after ${failed} of ${most} failed` });
      } else if (type === 'TaskStarted') started = true;
      else if (type === 'TaskAttemptFailed' || (type === 'TaskLeaseExpired' && started)) failed += 1;
      if (LEASE_OVER.includes(type) && data.failed_attempts !== failed)
        found.push({ check: 'attempts', why: `${type} counts ${String(data.failed_attempts)}, there were ${failed}` });
      if (type === 'TaskDeadLettered' && data.failed_attempts !== most)
        found.push({ check: 'attempts', why: `given up after ${String(data.failed_attempts)} of ${most}` });
    }
    return found;
  });
}

/** The agents square the number; a result of another task, or of nobody, shows. */
function rightResult(history: History): Found[] {
  const n = numberOf(history);
  return history
    .filter(({ type, data }) => type === 'TaskCompleted' && n !== undefined && data.result !== n ** 2)
    .map(({ data }) => ({ check: 'wrong_result', why: `${String(n)} squared is not ${JSON.stringify(data.result)}` }));
}

function livesOf(history: History): RecordedEvent[][] {
  const lives: RecordedEvent[][] = [[]];
  for (const event of history) {
    if (event.type === 'TaskRetried') lives.push([]);
    else lives.at(-1)!.push(event);
  }
  return lives;
}

function numberOf(history: History): number | undefined {
  const payload = history[0]?.data.payload as { n?: unknown } | undefined;
  return typeof payload?.n === 'number' ? payload.n : undefined;
}
