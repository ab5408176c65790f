import type { RunDocument, RunEvent, RunNode, RunSignal, Work } from './run';

/** Undoes a node: `undo:pages/3`. */
export const UNDO = 'undo:';

/** The run after one more event; undefined: it has not started. Every reader folds with this function, or the one below. */
export function evolveRun(run: RunDocument | undefined, event: RunEvent): RunDocument | undefined {
  return foldRun(run, [event]);
}

/** The same for many events at once: a run of thousands of nodes is copied once, and not at each of them. */
export function foldRun(run: RunDocument | undefined, events: Iterable<RunEvent>): RunDocument | undefined {
  let folded = run && ownRun(run);
  for (const event of events) {
    if (event.type === 'RunStarted') folded = begun(event.data);
    else if (folded) applyRunEvent(folded, event);
  }
  return folded;
}

/** A run that its owner alone has, and may change by `applyRunEvent`; what stands in it is shared, and is never changed. */
export type OwnRun = { -readonly [Field in keyof RunDocument]: RunDocument[Field] } & {
  nodes: Record<string, RunNode>;
};

export function ownRun(run: RunDocument): OwnRun {
  return { ...run, nodes: { ...run.nodes } };
}

/** Folds the event into the run itself. */
export function applyRunEvent(run: OwnRun, event: RunEvent): void {
  switch (event.type) {
    case 'RunStarted':
      return;
    case 'StepStarted':
      return started(run, event.data);
    case 'StepAttemptFailed': {
      const { node, failure, retry_at, at } = event.data;
      return change(run, node, at, { status: 'waiting', failure, retry_at, timeout_at: null });
    }
    case 'StepCompleted':
      return completed(run, event.data);
    case 'StepFailed': {
      const { node, failure, at } = event.data;
      change(run, node, at, { status: 'failed', failure, retry_at: null, ended_at: at });
      if (run.compensating && node.startsWith(UNDO)) run.compensating = { ...run.compensating, failed: node };
      return;
    }
    case 'StepSkipped': {
      const { node, at } = event.data;
      return change(run, node, at, { status: 'skipped', retry_at: null, ended_at: at });
    }
    case 'StepCancelled': {
      const { node, at } = event.data;
      return change(run, node, at, { status: 'cancelled', retry_at: null, ended_at: at });
    }
    case 'SignalReceived': {
      const { signal_id, name, correlation, payload, at } = event.data;
      run.signals = [...run.signals, { signal_id, name, correlation, payload, at }];
      run.updated_at = at;
      return;
    }
    case 'RunPaused':
      run.status = 'paused';
      run.paused_at = run.updated_at = event.data.at;
      return;
    case 'RunResumed':
      run.status = 'running';
      run.paused_at = null;
      run.updated_at = event.data.at;
      return;
    case 'RunCompensating': {
      const { total, outcome, failure, at } = event.data;
      run.status = 'compensating';
      run.compensating = { total, outcome, failure, since: run.completed_count, failed: null };
      run.paused_at = null;
      run.updated_at = at;
      return;
    }
    case 'RunCompleted':
      run.output = event.data.output;
      return end(run, 'completed', event.data.at);
    case 'RunFailed':
      run.failure = event.data.failure;
      run.compensated = event.data.compensated;
      return end(run, 'failed', event.data.at);
    case 'RunCancelled':
      run.failure = { node: null, class: 'cancelled', message: event.data.reason };
      run.compensated = event.data.compensated;
      return end(run, 'cancelled', event.data.at);
    case 'RunRetried':
      return retried(run, event.data);
    default:
      return;
  }
}

/** Whether a step that waits for a signal takes this one. */
export function isFor(signal: RunSignal, work: Extract<Work, { type: 'signal' }>): boolean {
  return signal.name === work.name && (work.correlation === null || signal.correlation === work.correlation);
}

type Data<Type extends RunEvent['type']> = Extract<RunEvent, { type: Type }>['data'];

function begun(data: Data<'RunStarted'>): OwnRun {
  return {
    ...data,
    status: 'running',
    nodes: {},
    signals: [],
    completed_count: 0,
    compensating: null,
    output: null,
    failure: null,
    compensated: false,
    paused_at: null,
    updated_at: data.started_at,
    ended_at: null,
  };
}

function started(run: OwnRun, { node, attempt, work, timeout_at, at }: Data<'StepStarted'>): void {
  const known = nodeOf(run, node);
  const tries = known.status === 'waiting' ? known.tries + 1 : 1;
  const times = { started_at: at, timeout_at, retry_at: null, ended_at: null };
  put(run, node, { status: 'running', attempt, tries, work, ...times });
  run.updated_at = at;
  if (attempt > 1 && (work.type === 'parallel' || work.type === 'map')) beginWithin(run, node, work, at);
}

/** A parallel or map is tried again: what has not completed within it begins anew. A list may be shorter than it was. */
function beginWithin(run: OwnRun, node: string, work: Work, at: string): void {
  const last = work.type === 'map' && Array.isArray(work.items) ? work.items.length : Infinity;
  for (const name of Object.keys(run.nodes)) {
    if (!name.startsWith(`${node}/`)) continue;
    const known = nodeOf(run, name);
    if (known.status === 'completed') continue;
    const anew = unborn(known.attempt, known.work, at);
    put(run, name, Number(name.slice(node.length + 1)) >= last ? { ...anew, status: 'skipped', ended_at: at } : anew);
  }
}

function completed(run: OwnRun, { node, output, signal_id, carried, at }: Data<'StepCompleted'>): void {
  const { failure: _failed, ...known } = nodeOf(run, node);
  run.completed_count += 1;
  put(run, node, {
    ...known,
    status: 'completed',
    output,
    ...(signal_id !== undefined && { signal_id }),
    ...(carried && { carried }),
    completed_as: run.completed_count,
    started_at: known.started_at ?? at,
    ended_at: at,
  });
  if (signal_id !== undefined) run.signals = run.signals.filter((signal) => signal.signal_id !== signal_id);
  run.updated_at = at;
}

function retried(run: OwnRun, { nodes, continued, deadline, at }: Data<'RunRetried'>): void {
  const anew = new Set(nodes);
  for (const [name, { attempt, work, status }] of Object.entries(run.nodes)) {
    if (name.startsWith(UNDO)) continue;
    const step = name.split('/', 1)[0]!;
    if (!anew.has(step) && !(continued.includes(step) && status !== 'completed')) continue;
    // The count of attempts stays, for ids of tasks and requests come from it.
    if (attempt > 0) put(run, name, unborn(attempt, work, at));
    else delete run.nodes[name];
  }
  run.status = 'running';
  run.compensating = null;
  run.failure = null;
  run.compensated = false;
  run.deadline = deadline;
  run.paused_at = null;
  run.updated_at = at;
  run.ended_at = null;
}

function unborn(attempt: number, work: Work | null = null, retry_at: string | null = null): RunNode {
  const never = { started_at: null, timeout_at: null, ended_at: null };
  return { status: 'waiting', attempt, tries: 0, work, ...never, retry_at };
}

const nodeOf = (run: OwnRun, node: string): RunNode => (Object.hasOwn(run.nodes, node) ? run.nodes[node]! : unborn(0));

function put(run: OwnRun, node: string, as: RunNode): void {
  run.nodes[node] = as;
}

function change(run: OwnRun, node: string, at: string, changes: Partial<RunNode>): void {
  put(run, node, { ...nodeOf(run, node), ...changes });
  run.updated_at = at;
}

function end(run: OwnRun, status: RunDocument['status'], at: string): void {
  run.status = status;
  run.paused_at = null;
  run.updated_at = run.ended_at = at;
}
