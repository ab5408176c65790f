import { UNDO, foldRun, type RunDocument, type RunEvent, type StepFailure, type Work } from '@ao/contracts';
import type { LoggedEvent, RunHistory } from './run-history';

/** One attempt of a node. */
export interface Attempt {
  readonly attempt: number;
  readonly work: Work;
  readonly started_at: string;
  /** Position of the event it began with, and of the one it ended with. */
  readonly started: number;
  ended: number | null;
  ended_at: string | null;
  status: 'running' | 'completed' | 'failed' | 'cancelled';
  failure: StepFailure | null;
  retry_at: string | null;
}

/** How a node went. Where a run was retried its times are those since, its attempts all there were. */
export interface NodeCourse {
  readonly node: string;
  readonly attempts: Attempt[];
  started_at: string | null;
  /** Position of the event it began with, and of the one it ended with. */
  started: number | null;
  ended_at: string | null;
  ended: number | null;
  completed: boolean;
}

export interface ReceivedSignal {
  readonly signal_id: string;
  readonly name: string;
  readonly correlation: string | null;
  readonly sent_by: string | null;
  readonly at: string;
  /** The node that took it, and when. */
  taken: { readonly node: string; readonly attempt: number; readonly at: string } | null;
}

/** Something of a run, as an event is about it. */
export type Part =
  | { readonly kind: 'run' }
  | { readonly kind: 'step'; readonly node: string }
  | { readonly kind: 'attempt'; readonly node: string; readonly attempt: number }
  | { readonly kind: 'signal'; readonly signal_id: string };

/** A run as its events tell it, with what its document no longer knows: earlier attempts, and signals that were taken. */
export interface RunCourse {
  readonly run: RunDocument;
  readonly nodes: ReadonlyMap<string, NodeCourse>;
  readonly signals: ReadonlyMap<string, ReceivedSignal>;
  /** What each of its events is about, by position. */
  readonly about: ReadonlyMap<number, Part>;
}

/** Undefined for a history that does not begin with the start of a run. Pure. */
export function courseOf({ events }: Pick<RunHistory, 'events'>): RunCourse | undefined {
  const told = events as readonly (LoggedEvent & RunEvent)[];
  const run = foldRun(undefined, told);
  if (!run) return undefined;
  const nodes = new Map<string, NodeCourse>();
  const signals = new Map<string, ReceivedSignal>();
  const about = new Map<number, Part>();
  for (const event of told) {
    if (event.type === 'SignalReceived') {
      const { signal_id, name, correlation, sent_by, at } = event.data;
      signals.set(signal_id, { signal_id, name, correlation, sent_by, at, taken: null });
    } else if (event.type === 'RunRetried') {
      const { nodes: anew, continued } = event.data;
      beginAnew(nodes, (step, done) => anew.includes(step) || (continued.includes(step) && !done));
    } else if ('node' in event.data) {
      const course = courseIn(nodes, event.data.node);
      if (event.type === 'StepStarted' && course.attempts.length > 0) beginWithin(nodes, event.data.node);
      goOn(course, event, event.data.at);
      const signal = event.type === 'StepCompleted' ? signals.get(event.data.signal_id ?? '') : undefined;
      if (signal)
        signal.taken = { node: course.node, attempt: course.attempts.at(-1)?.attempt ?? 0, at: event.data.at };
    }
    about.set(event.position, partOf(event, nodes));
  }
  return { run, nodes, signals, about };
}

const NOT_BEGUN = { started_at: null, started: null, ended_at: null, ended: null, completed: false } as const;

function courseIn(nodes: Map<string, NodeCourse>, node: string): NodeCourse {
  let course = nodes.get(node);
  if (!course) nodes.set(node, (course = { node, attempts: [], ...NOT_BEGUN }));
  return course;
}

/** As the run's own fold has it: with a step all that is within it. */
function beginAnew(
  nodes: ReadonlyMap<string, NodeCourse>,
  isAnew: (step: string, completed: boolean) => boolean,
): void {
  for (const course of nodes.values()) {
    if (course.node.startsWith(UNDO)) continue;
    if (isAnew(course.node.split('/', 1)[0]!, course.completed)) Object.assign(course, NOT_BEGUN);
  }
}

/** A parallel or map that is tried again: what has not completed within it begins anew. */
function beginWithin(nodes: ReadonlyMap<string, NodeCourse>, container: string): void {
  for (const course of nodes.values())
    if (course.node.startsWith(`${container}/`) && !course.completed) Object.assign(course, NOT_BEGUN);
}

/** The course after an event that is about it. */
function goOn(course: NodeCourse, event: LoggedEvent & RunEvent, at: string): void {
  if (course.started === null) Object.assign(course, { started: event.position, started_at: at });
  const last = course.attempts.at(-1);
  const open = last?.status === 'running' ? last : undefined;
  const ends = { ended_at: at, ended: event.position };
  switch (event.type) {
    case 'StepStarted': {
      const { attempt, work } = event.data;
      const begun = { started_at: at, started: event.position, ended_at: null, ended: null } as const;
      course.attempts.push({ attempt, work, ...begun, status: 'running', failure: null, retry_at: null });
      Object.assign(course, { ended: null, ended_at: null });
      return;
    }
    case 'StepAttemptFailed': {
      const { failure, retry_at } = event.data;
      if (open) Object.assign(open, { ...ends, status: 'failed', failure, retry_at });
      return;
    }
    case 'StepCompleted':
      if (open) Object.assign(open, { ...ends, status: 'completed' });
      course.completed = true;
      break;
    case 'StepFailed':
      if (open) Object.assign(open, { ...ends, status: 'failed', failure: event.data.failure });
      break;
    case 'StepCancelled':
      if (open) Object.assign(open, { ...ends, status: 'cancelled' });
      break;
  }
  Object.assign(course, ends);
}

/**
 * The step within which a node is done: its parallel, its map, or the step that takes it back; undefined: none, it is a step
 * itself, or is taken back because the run stops.
 */
export function containersOf({ nodes }: Pick<RunCourse, 'nodes'>): (node: NodeCourse) => string | undefined {
  const takingBack = [...nodes.values()].flatMap(({ node, attempts }) =>
    attempts.filter(({ work }) => work.type === 'compensate').map(({ started, ended }) => ({ node, started, ended })),
  );
  return ({ node, started }) => {
    if (!node.startsWith(UNDO)) {
      const slash = node.indexOf('/');
      return slash < 0 ? undefined : node.slice(0, slash);
    }
    if (started === null) return undefined;
    return takingBack.find((step) => step.started < started && (step.ended ?? Infinity) > started)?.node;
  };
}

function partOf(event: LoggedEvent & RunEvent, nodes: ReadonlyMap<string, NodeCourse>): Part {
  if (event.type === 'SignalReceived') return { kind: 'signal', signal_id: event.data.signal_id };
  if (!('node' in event.data)) return { kind: 'run' };
  const { node } = event.data;
  const attempt = nodes.get(node)?.attempts.at(-1)?.attempt;
  return attempt === undefined || event.type === 'StepSkipped'
    ? { kind: 'step', node }
    : { kind: 'attempt', node, attempt };
}
