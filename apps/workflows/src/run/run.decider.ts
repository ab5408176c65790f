import { evolveRun, foldRun, isEnded, MAX_VALUE_BYTES, type RunDocument, type RunEvent } from '@ao/contracts';
import { accept, addMilliseconds, assertNever, type Decider, type Decision } from '@ao/kernel';
import { jsonBytes } from './json-bytes';
import { advance } from './run.advance';
import { refuse, tooLarge, unknownRun, type Outcome, type RunCommand, type StartRun, type Wake } from './run.commands';
import { RunDraft } from './run.draft';
import { cancel, pause, resume, signal } from './run.intervention';
import { retry } from './run.retry';
import { tell } from './run.told';

export type * from './run.commands';

/** One run. Each decision is the command's own events and everything that follows from them at once. */
export const runDecider: Decider<RunDocument | undefined, RunCommand, RunEvent> = {
  initialState: () => undefined,
  evolve: evolveRun,
  evolveAll: foldRun,
  decide,
};

function decide(command: RunCommand, run: RunDocument | undefined): Decision<RunEvent> {
  if (command.type === 'StartRun') return start(command, run);
  if (!run) return unknownRun(command);
  switch (command.type) {
    case 'TaskEnded':
    case 'ApprovalEnded':
    case 'ChildEnded':
    case 'WebhookEnded':
    case 'WorkRefused':
    case 'Wake':
      return goOn(command, run);
    case 'Signal':
      return signal(command, run);
    case 'Pause':
      return pause(command, run);
    case 'Resume':
      return resume(command, run);
    case 'Cancel':
      return cancel(command, run);
    case 'Retry':
      return retry(command, run);
    default:
      return assertNever(command);
  }
}

/** Of all that a fork takes over: it is one unit of the log. */
const MAX_CARRIED_BYTES = 4 * 1024 * 1024;

function start(command: StartRun, known: RunDocument | undefined): Decision<RunEvent> {
  const { fork, ...data } = command.data;
  const { run_id, workflow_id, version, definition, parameters } = data;
  // Ids of child runs and of firings are derived: what begins them may ask twice.
  if (known) return accept([], { run_id, workflow_id, version: known.version, started_at: known.started_at });
  if (definition.steps.length === 0) return refuse(command, 'nothing_to_run', 'its workflow has no steps');
  const size = jsonBytes(parameters);
  if (size > MAX_VALUE_BYTES) {
    const why = `its parameters have ${size} bytes of JSON, more than ${MAX_VALUE_BYTES}`;
    return tooLarge(command, 'parameters_too_large', why, '/parameters');
  }
  const carried = (fork?.carried ?? []).reduce((sum, { output }) => sum + jsonBytes(output), 0);
  if (carried > MAX_CARRIED_BYTES) {
    const why = `what it would take over has ${carried} bytes of JSON, more than ${MAX_CARRIED_BYTES}`;
    return tooLarge(command, 'carried_too_large', why);
  }

  const at = command.metadata.time;
  const { timeout_seconds } = definition;
  const deadline = timeout_seconds === undefined ? null : addMilliseconds(at, Math.ceil(timeout_seconds * 1000));
  const from = fork && { run_id: fork.run_id, from: fork.from };
  const started: RunEvent = { type: 'RunStarted', data: { ...data, fork: from, deadline, started_at: at } };
  const draft = new RunDraft(evolveRun(undefined, started)!, at);
  draft.events.push(started);
  for (const { node, output } of fork?.carried ?? [])
    draft.emit({ type: 'StepCompleted', data: { run_id, node, output, carried: true, at } }, jsonBytes(output));
  advance(draft);
  return accept(draft.events, { run_id, workflow_id, version, started_at: at });
}

function goOn(command: Outcome | Wake, run: RunDocument): Decision<RunEvent> {
  if (isEnded(run.status)) return accept([]);
  const draft = new RunDraft(run, command.metadata.time);
  if (command.type !== 'Wake') tell(draft, command);
  advance(draft);
  return accept(draft.events);
}
