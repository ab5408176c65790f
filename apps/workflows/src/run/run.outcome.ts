import {
  isFor,
  MAX_VALUE_BYTES,
  retryDelay,
  RetryPolicy,
  UNDO,
  whyNotStorable,
  type RunNode,
  type RunSignal,
  type StepFailure,
  type Work,
} from '@ao/contracts';
import { addMilliseconds } from '@ao/kernel';
import { jsonBytes } from './json-bytes';
import type { RunDraft } from './run.draft';
import { clipped } from './run.inputs';
import { doingOf, doingStep, type Doing } from './run.plan';
import { awaitsUndo } from './run.undoable';
import { workOf } from './run.work';

/** One attempt of what a node does. What cannot be worked out fails, and is not tried again: it would give the same. */
export function begin(draft: RunDraft, doing: Doing): void {
  const { node, action } = doing;
  const { at, run } = draft;
  if (action.type === 'condition') {
    const holds = draft.plan.inputs.holds('condition/expression', action.condition.expression, { run, doing });
    return 'class' in holds ? fail(draft, doing, holds) : complete(draft, doing, holds.value);
  }
  const attempt = (draft.node(node)?.attempt ?? 0) + 1;
  const asked = workOf(doing, attempt, draft);
  if ('class' in asked) return fail(draft, doing, asked);
  const { work, bytes } = asked;
  const { timeout_seconds } = action;
  const timeout_at = timeout_seconds === undefined ? null : addMilliseconds(at, Math.ceil(timeout_seconds * 1000));
  draft.emit({ type: 'StepStarted', data: { run_id: run.run_id, node, attempt, work, timeout_at, at } }, bytes);
  if (work.type === 'timer' && work.due_at <= at) complete(draft, doing, null);
  if (work.type !== 'signal') return;
  const kept = run.signals.find((signal) => isFor(signal, work));
  if (kept) take(draft, doing, kept);
}

/** The node has what it waited for. */
export function complete(draft: RunDraft, doing: Doing, output: unknown, signal_id?: string): void {
  const bytes = jsonBytes(output);
  if (bytes > MAX_VALUE_BYTES) {
    const message = `What it gave has ${bytes} bytes of JSON, more than ${MAX_VALUE_BYTES}`;
    return fail(draft, doing, { class: 'output_too_large', message });
  }
  const why = whyNotStorable(output);
  if (why) {
    const message = clipped(`What it gave cannot be kept: ${why.pointer} ${why.message}`);
    return fail(draft, doing, { class: 'output_not_storable', message });
  }
  const { run, at } = draft;
  const taken = signal_id === undefined ? {} : { signal_id };
  draft.emit({ type: 'StepCompleted', data: { run_id: run.run_id, node: doing.node, output, ...taken, at } }, bytes);
}

export function take(draft: RunDraft, doing: Doing, { payload, signal_id }: RunSignal): void {
  complete(draft, doing, payload, signal_id);
}

/** The attempt failed: the next one follows, where the step says so. A task's own attempts are behind it already. */
export function failAttempt(draft: RunDraft, doing: Doing, failure: StepFailure, retryable = true): void {
  const { action, node } = doing;
  const known = draft.node(node);
  if (!retryable || !known || action.type === 'task' || action.retry === undefined) return fail(draft, doing, failure);
  const policy = RetryPolicy.parse(action.retry);
  if (known.tries >= policy.max_attempts || policy.non_retryable?.includes(failure.class))
    return fail(draft, doing, failure);
  const { run, at } = draft;
  const retry_at = addMilliseconds(at, retryDelay(policy, `${run.run_id}/${node}`, known.attempt));
  const { attempt } = known;
  draft.emit({
    type: 'StepAttemptFailed',
    data: { run_id: run.run_id, node, attempt, failure: told(failure), retry_at, at },
  });
}

/** For good. A compensation that fails takes the steps along that wait for it. */
export function fail(draft: RunDraft, doing: Doing, failure: StepFailure): void {
  const { run, at } = draft;
  const { node, undoes } = doing;
  draft.emit({ type: 'StepFailed', data: { run_id: run.run_id, node, failure: told(failure), at } });
  if (undoes === undefined || run.status === 'compensating') return;
  for (const step of draft.plan.steps) {
    if (step.step.type !== 'compensate' || !awaitsUndo(run, step.key, undoes)) continue;
    failAttempt(draft, doingStep(step), { class: failure.class, message: `${UNDO}${undoes}: ${failure.message}` });
  }
}

const told = ({ class: kind, message }: StepFailure): StepFailure => ({
  class: clipped(kind, 128) || 'failed',
  message: clipped(message),
});

/** The node, when it is at work at this very thing; what else is told of it comes too late. */
export function waiting<Type extends Work['type']>(
  draft: RunDraft,
  node: string,
  type: Type,
  is: (work: Extract<Work, { type: Type }>) => boolean,
): Doing | undefined {
  const known = Object.hasOwn(draft.run.nodes, node) ? draft.node(node) : undefined;
  if (known?.status !== 'running' || known.work?.type !== type) return undefined;
  return is(known.work as Extract<Work, { type: Type }>) ? doingOf(draft.plan, node) : undefined;
}

export const isOpen = (node: RunNode | undefined): boolean => node?.status === 'running' || node?.status === 'waiting';

export function cancelNode(draft: RunDraft, node: string, reason: string): void {
  const { run, at } = draft;
  draft.emit({ type: 'StepCancelled', data: { run_id: run.run_id, node, reason: clipped(reason, 500), at } });
}
