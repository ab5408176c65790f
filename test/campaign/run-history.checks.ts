import { evolveRun, isEnded, type RunDocument, type RunEvent } from '@ao/contracts';
import { isSameJson } from '@ao/kernel';
import type { Ending } from './run-shapes';

export type JsonValue = null | boolean | number | string | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/** What a starter knows of one run. */
export interface StartedRun {
  readonly run_id: string;
  readonly shape: string;
  readonly ends: Ending;
}

/** An event of a run or of a task of one, as the log has it. */
export interface LoggedEvent {
  readonly stream_id: string;
  readonly version: number;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export type Check =
  | 'lost'
  | 'open'
  | 'wrong_end'
  | 'several_ends'
  | 'gap'
  | 'work_twice'
  | 'work_missing'
  | 'work_of_nobody'
  | 'attempt_twice'
  | 'early'
  | 'left_over'
  | 'wrong_order';

export interface Violation {
  readonly check: Check;
  readonly run: string;
  readonly why: string;
}

const RUN_ENDS = ['RunCompleted', 'RunFailed', 'RunCancelled'];
const TASK_ENDS = ['TaskCompleted', 'TaskFailed', 'TaskCancelled', 'TaskDeadLettered', 'TaskExpired'];

/** Holds what the starters were told against what the log has of all runs and of their tasks. Pure. */
export function runViolations(journal: readonly StartedRun[], events: readonly LoggedEvent[]): Violation[] {
  const streams = new Map<string, LoggedEvent[]>();
  for (const event of events) {
    const stream = streams.get(event.stream_id);
    if (stream) stream.push(event);
    else streams.set(event.stream_id, [event]);
  }
  const runs = new Map([...streams].filter(([stream]) => stream.startsWith('run-')).map(([s, e]) => [s.slice(4), e]));
  const tasks = new Map([...streams].filter(([stream]) => stream.startsWith('task-')).map(([s, e]) => [s.slice(5), e]));
  return [
    ...journal.flatMap((started) => ended(started, runs.get(started.run_id))),
    ...[...runs].flatMap(([run, history]) =>
      [contiguous, endsOnce, attemptsOnce, neverEarly, backwards]
        .flatMap((check) => check(history))
        .concat(worked(history, tasks))
        .map((found) => ({ ...found, run })),
    ),
    ...strangers(runs, tasks),
  ];
}

type Found = Omit<Violation, 'run'>;
type History = readonly LoggedEvent[];

function replayed(history: History): RunDocument | undefined {
  let run: RunDocument | undefined;
  for (const event of history) run = evolveRun(run, event as unknown as RunEvent);
  return run;
}

function ended({ run_id: run, shape, ends }: StartedRun, history: History | undefined): Violation[] {
  if (!history) return [{ check: 'lost', run, why: `${shape}: acknowledged, but not in the log` }];
  const { status, output, compensated } = replayed(history)!;
  if (!isEnded(status)) return [{ check: 'open', run, why: `${shape}: it is ${status}` }];
  const isRight =
    status === ends.status &&
    (ends.output === undefined || isSameJson(output, ends.output)) &&
    (ends.compensated === undefined || compensated === ends.compensated);
  const what = JSON.stringify({ status, output, compensated });
  return isRight ? [] : [{ check: 'wrong_end', run, why: `${shape}: ${what} instead of ${JSON.stringify(ends)}` }];
}

function contiguous(history: History): Found[] {
  const gap = history.findIndex(({ version }, index) => version !== index + 1);
  return gap < 0 ? [] : [{ check: 'gap', why: `version ${gap + 1} is missing` }];
}

function endsOnce(history: History): Found[] {
  const first = history.findIndex(({ type }) => RUN_ENDS.includes(type));
  if (first < 0 || first === history.length - 1) return [];
  return [{ check: 'several_ends', why: `${history[first + 1]!.type} after ${history[first]!.type}` }];
}

const nameOf = ({ data }: LoggedEvent) => `${String(data['node'])} ${String(data['attempt'])}`;

function attemptsOnce(history: History): Found[] {
  const begun = history.filter(({ type }) => type === 'StepStarted').map(nameOf);
  const twice = begun.find((name, index) => begun.indexOf(name) !== index);
  return twice === undefined ? [] : [{ check: 'attempt_twice', why: `attempt ${twice} began twice` }];
}

/** T6: no timer, and no further attempt, before its time. */
function neverEarly(history: History): Found[] {
  const due = new Map<string, string>();
  const found: Found[] = [];
  for (const { type, data } of history) {
    const { node, at, retry_at, work } = data as Record<string, string> & { work?: { type: string; due_at?: string } };
    const time = due.get(node!);
    if (type === 'StepCompleted' || type === 'StepStarted') {
      if (time !== undefined && Date.parse(at!) < Date.parse(time))
        found.push({ check: 'early', why: `${type} of ${node} at ${at}, due at ${time}` });
      due.delete(node!);
    }
    if (type === 'StepStarted' && work?.due_at !== undefined) due.set(node!, work.due_at);
    if (type === 'StepAttemptFailed') due.set(node!, retry_at!);
  }
  return found;
}

/** What was done is taken back the last first. */
function backwards(history: History): Found[] {
  const completed: string[] = [];
  for (const { type, data } of history) {
    const node = String(data['node']);
    if (type === 'StepCompleted' && !node.startsWith('undo:')) completed.push(node);
    if (type !== 'StepStarted' || !node.startsWith('undo:') || data['attempt'] !== 1) continue;
    const of = node.slice('undo:'.length);
    if (completed.at(-1) !== of)
      return [{ check: 'wrong_order', why: `${of} is taken back before ${completed.at(-1)}` }];
    completed.pop();
  }
  return [];
}

/** One task per attempt: made once, and ended like the attempt. */
function worked(history: History, tasks: ReadonlyMap<string, History>): Found[] {
  const found: Found[] = [];
  const over = new Set(history.filter(({ type }) => type === 'StepCompleted').map(({ data }) => String(data['node'])));
  for (const event of history) {
    const { work } = event.data as { work?: { type: string; task_id: string } };
    if (event.type !== 'StepStarted' || work?.type !== 'task') continue;
    const task = tasks.get(work.task_id) ?? [];
    const made = task.filter(({ type }) => type === 'TaskSubmitted').length;
    if (made > 1) found.push({ check: 'work_twice', why: `attempt ${nameOf(event)} has ${made} tasks` });
    const isLast = !history.some(
      (other) =>
        other.type === 'StepStarted' &&
        other.data['node'] === event.data['node'] &&
        Number(other.data['attempt']) > Number(event.data['attempt']),
    );
    if (made === 0 && isLast && over.has(String(event.data['node'])))
      found.push({ check: 'work_missing', why: `attempt ${nameOf(event)} completed without a task` });
    if (made === 1 && !task.some(({ type }) => TASK_ENDS.includes(type)))
      found.push({ check: 'left_over', why: `the task of attempt ${nameOf(event)} is open` });
  }
  return found;
}

/** No task says that it is of a run whose log does not know it. */
function strangers(runs: ReadonlyMap<string, History>, tasks: ReadonlyMap<string, History>): Violation[] {
  const asked = new Set(
    [...runs.values()].flat().flatMap(({ type, data }) => {
      return type === 'StepStarted' ? [(data['work'] as { task_id?: string }).task_id] : [];
    }),
  );
  return [...tasks].flatMap(([task, history]): Violation[] => {
    const { run } = history[0]!.data as { run?: { run_id: string; node: string } };
    if (!run || asked.has(task)) return [];
    return [{ check: 'work_of_nobody', run: run.run_id, why: `task ${task} is of no attempt of ${run.node}` }];
  });
}
