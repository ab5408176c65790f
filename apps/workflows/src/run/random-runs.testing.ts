import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { foldRun, isEnded, type RunDocument, type RunEvent, type Work } from '@ao/contracts';
import { derivedId, isRejection } from '@ao/kernel';
import { testCommand } from '@ao/kernel/testing';
import { nextWake } from './next-wake';
import { Draw, randomDefinition } from './random-definitions.testing';
import { runDecider, type RunCommand } from './run.decider';
import { faultsOf, type Told } from './run-history.testing';
import { after, RUN, T0, WORKFLOW } from './run.testing';

/**
 * A run of a random workflow, to which random things happen: outcomes good and bad, told twice, told late, signals, pauses,
 * cancellations, retries, clocks that run on. After each of them memory is dropped and the run is built again from its events.
 */
export interface RandomRun {
  readonly seed: number;
  readonly events: readonly RunEvent[];
  /** SHA-256 of the events: the same for the same seed. */
  readonly hash: string;
  /** What it did wrong. */
  readonly faults: readonly string[];
}

type Decides = Pick<typeof runDecider, 'decide' | 'evolve'>;

/** Things that happen before the rest is only to bring it to its end. */
const HAPPENINGS = 120;
/** A run that is brought to its end and has not ended after so many things never does. */
const MOST = 5_000;

export function randomRun(seed: number, decider: Decides = runDecider): RandomRun {
  const draw = new Draw(seed);
  const definition = randomDefinition(draw);
  const faults: string[] = [];
  const history: Told[] = [];
  const events: RunEvent[] = [];
  /** Outcomes that were told, for telling them again; works that were begun, for telling of them late. */
  const told: Pick<RunCommand, 'type' | 'data'>[] = [];
  const begun: { node: string; attempt: number; work: Work }[] = [];
  let run: RunDocument | undefined;
  let now = Date.parse(T0);
  let retries = draw.below(3);

  const decide = (type: string, data: object, at: number, state: RunDocument | undefined) => {
    const metadata = { time: new Date(at).toISOString() };
    return decider.decide(testCommand(type, { run_id: RUN, ...data }, metadata) as RunCommand, state);
  };

  function tell(type: RunCommand['type'], data: object = {}): number {
    const decision = decide(type, data, now, run);
    const again = decide(type, data, now, run);
    if (!isDeepStrictEqual(decision, again)) faults.push(`${type} was decided in two ways`);
    if (isRejection(decision)) return 0;
    const added = decision.events.map((event) => frozen(JSON.parse(JSON.stringify(event))) as RunEvent);
    let kept = run;
    for (const event of added) kept = decider.evolve(kept, event);
    events.push(...added);
    const rebuilt = foldRun(undefined, events);
    if (!isDeepStrictEqual(kept, rebuilt)) faults.push(`after ${type} memory and log differ`);
    run = rebuilt;
    history.push({ type, at: new Date(now).toISOString(), events: added });
    for (const { type, data } of added)
      if (type === 'StepStarted') begun.push({ node: data.node, attempt: data.attempt, work: data.work });
    if (added.length > 0 && added.length < 400) {
      const more = decide('Wake', {}, now, run);
      if (!isRejection(more) && more.events.length > 0) faults.push(`after ${type} something was left undone`);
    }
    return added.length;
  }

  function outcome({ node, attempt, work }: (typeof begun)[number], good: boolean): void {
    const failure = { class: draw.of(['broken', 'odd']), message: 'it broke' };
    const output = draw.of([null, 1, 'text', { list: [1, 2] }]);
    const tellOf = (type: RunCommand['type'], data: object) => {
      told.push({ type, data: { node, ...data } } as never);
      tell(type, { node, ...data });
    };
    if (!good && draw.chance(0.1)) return tellOf('WorkRefused', { attempt, failure });
    switch (work.type) {
      case 'task': {
        const status = good ? 'completed' : draw.of(['failed', 'cancelled', 'expired', 'dead_lettered']);
        return tellOf('TaskEnded', { task_id: work.task_id, status, ...(good ? { result: output } : { failure }) });
      }
      case 'approval': {
        const status = good ? 'approved' : draw.of(['rejected', 'expired', 'voided']);
        return tellOf('ApprovalEnded', { approval_id: work.approval_id, status, votes: [] });
      }
      case 'workflow': {
        const status = good ? 'completed' : draw.of(['failed', 'cancelled']);
        return tellOf('ChildEnded', { child_run_id: work.child_run_id, status, ...(good && { output }) });
      }
      case 'webhook': {
        const of = good ? { ok: true, output } : { ok: false, failure, retryable: draw.chance(0.7) };
        return tellOf('WebhookEnded', { request_id: work.request_id, ...of });
      }
      case 'signal':
        return void signal(work.name, work.correlation);
      default:
        return;
    }
  }

  function signal(name: string, correlation: string | null): void {
    const signal_id = derivedId('signal', seed, history.length);
    tell('Signal', { signal_id, name, correlation, payload: { name }, sent_by: null });
  }

  const atWork = () =>
    begun.filter(({ node, attempt, work }) => {
      const known = run!.nodes[node];
      return (
        known?.status === 'running' && known.attempt === attempt && !['timer', 'map', 'parallel'].includes(work.type)
      );
    });

  /** The clock runs to the next thing that is due: not a millisecond before is there anything to do, and then there is. */
  function wake(): void {
    const due = nextWake(run!);
    if (due === null) return;
    const time = Math.max(Date.parse(due), now);
    if (time > now) {
      const early = decide('Wake', {}, time - 1, run);
      if (!isRejection(early) && early.events.length > 0) faults.push(`something was done before ${due}`);
    }
    now = time;
    if (tell('Wake') === 0) faults.push(`nothing was done at ${due}, when something was due`);
  }

  function happen(): void {
    const kind = draw.next();
    const open = atWork();
    if (kind < 0.45 && open.length > 0) return outcome(draw.of(open), draw.chance(0.8));
    if (kind < 0.5 && told.length > 0) {
      const { type, data } = draw.of(told);
      return void tell(type, data);
    }
    if (kind < 0.55 && begun.length > 0) return outcome(draw.of(begun), draw.chance(0.5));
    if (kind < 0.7) return wake();
    if (kind < 0.78) {
      now += draw.below(4_000);
      return void tell('Wake');
    }
    if (kind < 0.86) return signal(draw.of(['go', 'stop']), draw.of([null, 'ann', 'one', '0', '1']));
    if (kind < 0.89) return void tell('Pause', { reason: 'lunch' });
    if (kind < 0.95) return void tell('Resume');
    if (kind < 0.96) return void tell('Cancel', { reason: 'enough' });
    now += draw.below(2_000);
  }

  tell('StartRun', {
    workflow_id: WORKFLOW,
    workflow_name: 'random',
    // Of one version there is one definition.
    version: seed + 1,
    definition,
    parameters: { yes: true, no: false, name: 'ann', list: [1, 2, 3, 4, 5, 6] },
    ...{ priority: 50, cause: { kind: 'request', id: null }, parent: null, depth: draw.chance(0.05) ? 10 : 0 },
    ...{ started_by: null, fork: null },
  });
  for (let happened = 0; happened < MOST; happened += 1) {
    if (isEnded(run!.status)) {
      if (draw.chance(0.2))
        outcome(draw.of(begun.length > 0 ? begun : [{ node: 's0', attempt: 1, work: NOTHING }]), true);
      if (retries === 0) break;
      retries -= 1;
      tell('Retry', draw.chance(0.5) ? { from: draw.of(definition.steps).key } : {});
    } else if (happened < HAPPENINGS) happen();
    else {
      if (run!.status === 'paused') tell('Resume');
      const open = atWork();
      if (open.length > 0) outcome(draw.of(open), true);
      else wake();
    }
  }
  if (!isEnded(run!.status)) faults.push(`it has not ended: ${JSON.stringify(run!.nodes)}`);
  faults.push(...faultsOf(definition, history));
  const hash = createHash('sha256').update(JSON.stringify(events)).digest('hex');
  return { seed, events, hash, faults };
}

/** As it came from a log: nobody changes it. */
function frozen(value: unknown): unknown {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(frozen);
  return value;
}

const NOTHING: Work = { type: 'timer', due_at: after(0) };
