import {
  dependenciesOf,
  evolveRun,
  isEnded,
  UNDO,
  type RunDocument,
  type RunEvent,
  type WorkflowDefinition,
} from '@ao/contracts';

/** One decision: what was told, when, and what came of it. */
export interface Told {
  readonly type: string;
  readonly at: string;
  readonly events: readonly RunEvent[];
}

const MAX_UNIT = 1_000;
const MAX_EVENT_BYTES = 256 * 1024;

/**
 * What a run's history shows that must not be, told by the events alone and not by the code that made them. Control: its spec
 * shows it forged histories.
 */
export function faultsOf(definition: WorkflowDefinition, history: readonly Told[]): string[] {
  const faults: string[] = [];
  const dependencies = dependenciesOf(definition.steps);
  const begun = new Set<string>();
  /** What a step of compensations was taking back when the run stopped: that is finished first, whatever is to follow. */
  let inHand = new Set<string>();
  let run: RunDocument | undefined;
  let terminal = 0;

  for (const { type, at, events } of history) {
    const fault = (what: string) => faults.push(`${type} at ${at}: ${what}`);
    if (events.length > MAX_UNIT) fault(`${events.length} events do not fit a unit`);
    for (const event of events) {
      if (Buffer.byteLength(JSON.stringify(event.data)) > MAX_EVENT_BYTES) fault(`${event.type} is too large`);
      const before = run;
      if (before && isEnded(before.status) && event.type !== 'RunRetried') fault(`${event.type} after the end`);
      if (event.type === 'RunRetried') terminal = 0;
      if (event.type === 'RunCompensating')
        inHand = new Set(Object.keys(before!.nodes).filter((name) => before!.nodes[name]!.status === 'running'));
      if (['RunCompleted', 'RunFailed', 'RunCancelled'].includes(event.type)) {
        terminal += 1;
        if (terminal > 1) fault('it ended twice');
        const open = Object.entries(before!.nodes).filter(
          ([, { status }]) => status === 'running' || status === 'waiting',
        );
        // What waits to be taken back anew, and is not any more, stays so.
        if (open.some(([node]) => !node.startsWith(UNDO)))
          fault(`it ended with ${open.map(([node]) => node).join()} at work`);
      }
      if ('node' in event.data && before) stepFaults(event as never, before).forEach(fault);
      run = evolveRun(run, event);
      if (run && 'node' in event.data) limitFaults(run).forEach(fault);
    }
  }
  return faults;

  type StepEvent = Extract<RunEvent, { data: { node: string } }>;

  function stepFaults(event: StepEvent, run: RunDocument): string[] {
    const { node, at } = event.data;
    const known = run.nodes[node];
    const wrong: string[] = [];
    const isUndo = node.startsWith(UNDO);
    switch (event.type) {
      case 'StepStarted': {
        const { attempt } = event.data;
        if (begun.has(`${node}#${attempt}`)) wrong.push(`attempt ${attempt} of ${node} began twice`);
        begun.add(`${node}#${attempt}`);
        if (run.status !== 'running' && !(run.status === 'compensating' && isUndo))
          wrong.push(`${node} began while the run was ${run.status}`);
        if (known?.status === 'running') wrong.push(`${node} began while it was at work`);
        if (known?.retry_at && known.retry_at > at) wrong.push(`${node} was tried again too early`);
        if (isUndo) wrong.push(...undoFaults(node, run));
        else wrong.push(...orderFaults(node, run));
        break;
      }
      case 'StepCompleted': {
        if (known?.work?.type === 'timer' && known.work.due_at > at) wrong.push(`${node} ended before its time`);
        const instant = known === undefined || known.status === 'waiting';
        if (instant) wrong.push(...orderFaults(node, run));
        if (!instant && known.status !== 'running') wrong.push(`${node} completed when it was ${known.status}`);
        break;
      }
      case 'StepSkipped':
        wrong.push(...orderFaults(node, run));
        if (known && known.status !== 'waiting') wrong.push(`${node} was skipped when it was ${known.status}`);
        break;
      case 'StepAttemptFailed':
      case 'StepFailed':
        if (known && known.status !== 'running' && known.status !== 'waiting' && !isUndo)
          wrong.push(`${node} failed when it was ${known.status}`);
        if (
          event.data.failure.class === 'timeout' &&
          !failedWithin(node, run) &&
          !(known?.timeout_at && known.timeout_at <= at)
        )
          wrong.push(`${node} timed out too early`);
        break;
      case 'StepCancelled':
        if (known?.status !== 'running' && known?.status !== 'waiting') wrong.push(`${node} was not at work`);
        break;
    }
    return wrong;
  }

  /** A parallel or map fails as what failed within it did, and a step of compensations as the compensation did. */
  function failedWithin(node: string, { nodes }: RunDocument): boolean {
    return Object.entries(nodes).some(
      ([name, { status }]) => status === 'failed' && (name.startsWith(`${node}/`) || name.startsWith(UNDO)),
    );
  }

  /** No step begins before what it depends on, nothing within a step that is not at work. */
  function orderFaults(node: string, { nodes }: RunDocument): string[] {
    const slash = node.indexOf('/');
    if (slash > 0) return nodes[node.slice(0, slash)]?.status === 'running' ? [] : [`${node} began outside its step`];
    return (dependencies.get(node) ?? [])
      .filter((key) => !['completed', 'failed', 'skipped'].includes(nodes[key]?.status ?? ''))
      .map((key) => `${node} began before ${key} had ended`);
  }

  /** One after the other, the last completed first. */
  function undoFaults(node: string, { nodes, status }: RunDocument): string[] {
    if (status !== 'compensating') return [];
    const own = nodes[node.slice(UNDO.length)]?.completed_as ?? 0;
    const others = Object.entries(nodes).filter(([name]) => name.startsWith(UNDO) && name !== node);
    return others.flatMap(([name, undo]) => {
      if (undo.status === 'running') return [`${node} began while ${name} was at work`];
      if (undo.status !== 'completed' || inHand.has(name)) return [];
      const other = nodes[name.slice(UNDO.length)]?.completed_as ?? 0;
      const isOfThisStop = (undo.completed_as ?? 0) > run!.compensating!.since;
      return isOfThisStop && other < own ? [`${node} was taken back after ${name}, which completed before it`] : [];
    });
  }

  function limitFaults({ nodes }: RunDocument): string[] {
    const wrong: string[] = [];
    const atWork = Object.entries(nodes).filter(([, { status }]) => status === 'running');
    const leaves = atWork.filter(
      ([name, { work }]) => !name.startsWith(UNDO) && !['parallel', 'map', 'compensate'].includes(work?.type ?? ''),
    );
    if (leaves.length > (definition.max_parallel ?? Infinity)) wrong.push(`${leaves.length} steps are at work at once`);
    for (const [name, { work }] of atWork) {
      if (work?.type !== 'map' && work?.type !== 'parallel') continue;
      const within = atWork.filter(([other]) => other.startsWith(`${name}/`)).length;
      if (within > (work.limit ?? Infinity)) wrong.push(`${within} of ${name} are at work at once`);
    }
    return wrong;
  }
}
