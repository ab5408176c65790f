import { MAX_VALUE_BYTES, type RunNode, type StepFailure } from '@ao/contracts';
import { jsonBytes } from './json-bytes';
import type { RunDraft } from './run.draft';
import { begin, cancelNode, complete, failAttempt, isOpen } from './run.outcome';
import { doingBranch, doingItem, doingStep, type Doing, type PlannedStep } from './run.plan';

/** What is within a parallel or a map. */
interface Inside {
  readonly count: number;
  readonly limit: number;
  readonly failsFast: boolean;
  name(index: number): string;
  doing(index: number): Doing;
  output(outputs: readonly (RunNode | undefined)[]): unknown;
}

function insideOf({ key, step, ...planned }: PlannedStep, { work }: RunNode): Inside | undefined {
  if (step.type === 'parallel' && work?.type === 'parallel') {
    const { steps } = step.parallel;
    return {
      count: steps.length,
      limit: work.limit ?? steps.length,
      failsFast: true,
      name: (index) => `${key}/${steps[index]!.key}`,
      doing: (index) => doingBranch({ key, step, ...planned }, steps[index]!),
      output: (nodes) => Object.fromEntries(nodes.map((node, index) => [steps[index]!.key, node?.output ?? null])),
    };
  }
  if (step.type !== 'map' || work?.type !== 'map') return undefined;
  return {
    count: work.items.length,
    limit: work.limit,
    failsFast: step.map.on_item_failure !== 'continue',
    name: (index) => `${key}/${index}`,
    doing: (index) => doingItem({ key, step, ...planned }, index)!,
    output: (nodes) =>
      nodes.map((node) => (node?.status === 'failed' ? { error: node.failure ?? null } : (node?.output ?? null))),
  };
}

/** Lets a parallel or map that is at work go on: ends it, or begins as much within it as its limit lets be at work at once. */
export function advanceContainer(draft: RunDraft, step: PlannedStep): void {
  const inside = insideOf(step, draft.node(step.key)!);
  if (!inside) return;
  let atWork = 0;
  let ended = 0;
  let bytes = 0;
  let failure: StepFailure | undefined;
  const nodes: (RunNode | undefined)[] = [];
  for (let index = 0; index < inside.count; index += 1) {
    const name = inside.name(index);
    const node = draft.node(name);
    nodes.push(node);
    if (node?.status === 'running') atWork += 1;
    if (node?.status === 'completed' || node?.status === 'failed') ended += 1;
    if (node?.status === 'completed') bytes += jsonBytes(node.output);
    if (node?.status === 'failed' && inside.failsFast)
      failure ??= { class: node.failure!.class, message: `${name}: ${node.failure!.message}` };
  }
  if (bytes > MAX_VALUE_BYTES) {
    // What more of it would give could not be kept: memory and log stay bounded however large its list is.
    const message = `What it gave has more than ${MAX_VALUE_BYTES} bytes of JSON in all`;
    return endWithin(draft, step, { class: 'output_too_large', message }, false);
  }
  if (failure) return endWithin(draft, step, failure);
  if (ended === inside.count) return complete(draft, doingStep(step), inside.output(nodes));
  if (draft.run.status !== 'running') return;
  for (let index = 0; index < inside.count && atWork < inside.limit && draft.hasRoom; index += 1) {
    const node = nodes[index];
    if (node && (node.status !== 'waiting' || (node.retry_at ?? '') > draft.at)) continue;
    begin(draft, inside.doing(index));
    const status = draft.node(inside.name(index))?.status;
    if (status === 'failed' && inside.failsFast) return;
    if (status === 'running') atWork += 1;
  }
}

/** First what is at work within it is cancelled, in portions where it is much; then it has failed. */
export function endWithin(draft: RunDraft, step: PlannedStep, failure: StepFailure, retryable = true): void {
  const inside = insideOf(step, draft.node(step.key)!);
  for (let index = 0; index < (inside?.count ?? 0); index += 1) {
    const name = inside!.name(index);
    if (!isOpen(draft.node(name))) continue;
    if (draft.isFull) return;
    cancelNode(draft, name, `${step.key} failed: ${failure.message}`);
  }
  failAttempt(draft, doingStep(step), failure, retryable);
}
