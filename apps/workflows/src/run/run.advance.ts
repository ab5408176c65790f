import { isEnded, MAX_VALUE_BYTES } from '@ao/contracts';
import { jsonBytes } from './json-bytes';
import { advanceCompensate, advanceCompensating, stop } from './run.compensation';
import { advanceContainer, endWithin } from './run.containers';
import type { RunDraft } from './run.draft';
import { begin, complete, fail, failAttempt } from './run.outcome';
import { doingOf, doingStep, isContainer, type PlannedStep } from './run.plan';
import { readinessOf } from './run.readiness';

/**
 * Everything that follows at once: of the time, then of what stands in the run, until nothing more does or the decision is
 * full. Once nothing follows, the same run at the same time gives nothing again.
 */
export function advance(draft: RunDraft): void {
  endDue(draft);
  for (let before = -1; before < draft.events.length && !draft.isFull;) {
    before = draft.events.length;
    if (isEnded(draft.run.status)) return;
    if (draft.run.status === 'compensating') advanceCompensating(draft);
    else advanceSteps(draft);
  }
}

/** Timers and timeouts whose time has come. Of a node for which both have, the earlier counts. */
function endDue(draft: RunDraft): void {
  const { run, at, plan } = draft;
  if (isEnded(run.status)) return;
  for (const name of Object.keys(run.nodes)) {
    const { status, work, timeout_at, attempt } = run.nodes[name]!;
    if (status !== 'running') continue;
    const due = work?.type === 'timer' && work.due_at <= at ? work.due_at : undefined;
    const late = timeout_at !== null && timeout_at <= at;
    if (due === undefined && !late) continue;
    if (draft.isFull) return;
    const doing = doingOf(plan, name);
    if (!doing) continue;
    if (due !== undefined && (timeout_at === null || due <= timeout_at)) {
      complete(draft, doing, null);
      continue;
    }
    const message = `Attempt ${attempt} had not ended after ${doing.action.timeout_seconds} seconds`;
    const failure = { class: 'timeout', message };
    if (isContainer(work?.type ?? '')) endWithin(draft, doing.step, failure);
    else failAttempt(draft, doing, failure);
  }
  if (run.status !== 'compensating' && run.deadline !== null && run.deadline <= at) {
    const message = `The run had not ended after ${plan.definition.timeout_seconds} seconds`;
    stop(draft, 'failed', { node: null, class: 'timeout', message });
  }
}

/** One way through all steps, in the order of the definition. A run that is paused only ends what is at work. */
function advanceSteps(draft: RunDraft): void {
  const { plan, run } = draft;
  if (stopsForFailure(draft)) return;
  let open = 0;
  for (const step of plan.steps) {
    if (draft.isFull) return;
    const failures = failuresOf(draft, step);
    advanceStep(draft, step);
    if (failuresOf(draft, step) > failures && stopsForFailure(draft)) return;
    const status = run.nodes[step.key]?.status;
    if (status === undefined || status === 'running' || status === 'waiting') open += 1;
  }
  if (open === 0 && run.status === 'running') end(draft);
}

const failuresOf = (draft: RunDraft, { key }: PlannedStep): number => Number(draft.node(key)?.status === 'failed');

function advanceStep(draft: RunDraft, step: PlannedStep): void {
  const { run, at } = draft;
  const node = draft.node(step.key);
  // What begins anew when the run is retried waits for what it depends on like the first time.
  if (node === undefined || (node.status === 'waiting' && node.tries === 0)) {
    if (run.status === 'running') consider(draft, step);
  } else if (node.status === 'waiting') {
    if (run.status === 'running' && (node.retry_at ?? '') <= at && fits(draft, step)) begin(draft, doingStep(step));
  }
  // Also what has just begun: where places are few, they go to the steps in the order of the definition.
  if (draft.node(step.key)?.status !== 'running') return;
  if (isContainer(step.step.type)) advanceContainer(draft, step);
  else if (step.step.type === 'compensate') advanceCompensate(draft, step);
}

/** Whether it may begin as far as the limits go: of those that are not at work themselves there may be any number. */
const fits = (draft: RunDraft, { step: { type } }: PlannedStep): boolean =>
  isContainer(type) || type === 'condition' || type === 'compensate' || draft.hasRoom;

function consider(draft: RunDraft, step: PlannedStep): void {
  const { run, plan, at } = draft;
  const ready = readinessOf(step, run);
  if (ready === 'waits') return;
  const skip = (reason: 'when' | 'branch' | 'dependencies') =>
    draft.emit({ type: 'StepSkipped', data: { run_id: run.run_id, node: step.key, reason, at } });
  if (ready !== 'begins') return skip(ready.skipped);
  if (!fits(draft, step)) return;
  const doing = doingStep(step);
  if (step.step.when !== undefined) {
    const holds = plan.inputs.holds('when', step.step.when, { run, doing });
    if ('class' in holds) return fail(draft, doing, holds);
    if (!holds.value) return skip('when');
  }
  begin(draft, doing);
}

/** The run stops at a step that failed and may not, unless it is paused: then it does when it goes on. */
function stopsForFailure(draft: RunDraft): boolean {
  const { run, plan } = draft;
  if (run.status !== 'running') return false;
  const failed = plan.steps.find(
    ({ key, step }) => run.nodes[key]?.status === 'failed' && step.on_failure !== 'continue',
  );
  const failure = failed && run.nodes[failed.key]?.failure;
  if (!failure) return false;
  stop(draft, 'failed', { node: failed.key, ...failure });
  return true;
}

function end(draft: RunDraft): void {
  const { run, plan, at } = draft;
  const asked = plan.definition.output;
  const given = asked === undefined ? { value: ends(draft) } : plan.inputs.resolve('output', asked, { run });
  if ('class' in given) return stop(draft, 'failed', { node: null, ...given });
  const bytes = jsonBytes(given.value);
  if (bytes > MAX_VALUE_BYTES) {
    const message = `The output of the run has ${bytes} bytes of JSON, more than ${MAX_VALUE_BYTES}`;
    return stop(draft, 'failed', { node: null, class: 'output_too_large', message });
  }
  const { run_id, workflow_id } = run;
  draft.emit({ type: 'RunCompleted', data: { run_id, workflow_id, output: given.value, at } });
}

/** What the steps gave on which no other depends. */
function ends({ plan, run }: RunDraft): object {
  const last = plan.steps.filter(
    ({ key, followers }) => followers.length === 0 && run.nodes[key]?.status === 'completed',
  );
  return Object.fromEntries(last.map(({ key }) => [key, run.nodes[key]!.output ?? null]));
}
