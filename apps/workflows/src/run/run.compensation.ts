import { UNDO, type RunFailure } from '@ao/contracts';
import type { RunDraft } from './run.draft';
import { clipped } from './run.inputs';
import { begin, cancelNode, complete, isOpen } from './run.outcome';
import { doingOf, doingStep, type PlannedStep } from './run.plan';
import { compensating, isMeantBy, takenBackAs, undoable } from './run.undoable';

/** Of a unit of the log's 1,000 events. */
const MAX_CANCELLED_AT_ONCE = 600;

/** A step of the type compensate goes on. It gives what was taken back. */
export function advanceCompensate(draft: RunDraft, step: PlannedStep): void {
  const work = compensating(draft.run, step.key);
  if (!work) return;
  const { run, plan } = draft;
  const [next] = undoable(run, plan, (node, completed_as) => isMeantBy(work, node, completed_as));
  if (next !== undefined) return void (run.status === 'running' && undo(draft, next));
  const undone = Object.entries(run.nodes)
    .filter(([node, { completed_as = 0 }]) => !node.startsWith(UNDO) && isMeantBy(work, node, completed_as))
    .map(([node]) => ({ node, as: takenBackAs(run, node) ?? 0 }))
    .filter(({ as }) => as > work.through)
    .sort((left, right) => left.as - right.as);
  complete(
    draft,
    doingStep(step),
    undone.map(({ node }) => node),
  );
}

/** Begins to take the node back, unless that waits for its next attempt, or it or another is being taken back. */
function undo(draft: RunDraft, node: string): void {
  const { nodes } = draft.run;
  if (Object.keys(nodes).some((name) => name.startsWith(UNDO) && nodes[name]!.status === 'running')) return;
  const known = draft.node(`${UNDO}${node}`);
  if (known?.status === 'waiting' && (known.retry_at ?? '') > draft.at) return;
  begin(draft, doingOf(draft.plan, `${UNDO}${node}`)!);
}

/** The run is not to go on: it ends as `outcome` says, at once or when all that has to be taken back is. */
export function stop(draft: RunDraft, outcome: 'failed' | 'cancelled', failure: RunFailure): void {
  const { run, at } = draft;
  const total = toUndo(draft).length;
  const open = Object.keys(run.nodes).filter((node) => isOpen(run.nodes[node]));
  if (total === 0 && open.length + draft.events.length <= MAX_CANCELLED_AT_ONCE) {
    for (const node of open) cancelNode(draft, node, reasonOf(outcome, failure));
    return end(draft, outcome, failure, false);
  }
  const { run_id } = run;
  draft.emit({ type: 'RunCompensating', data: { run_id, total, outcome, failure, at } });
}

const reasonOf = (outcome: 'failed' | 'cancelled', { message }: RunFailure) =>
  outcome === 'cancelled' ? message : `the run failed: ${message}`;

const toUndo = ({ run, plan }: RunDraft): string[] =>
  plan.definition.on_failure === 'stop' ? [] : undoable(run, plan, () => true);

/** A run that stops goes on: what is at work is cancelled, then taken back is what was done, one after the other. */
export function advanceCompensating(draft: RunDraft): void {
  const { run, plan } = draft;
  const { outcome, failure, failed, total } = run.compensating!;
  const keeps = plan.definition.on_failure === 'stop' ? '-' : UNDO;
  for (const node of Object.keys(run.nodes)) {
    if (node.startsWith(keeps) || !isOpen(run.nodes[node])) continue;
    if (draft.isFull) return;
    cancelNode(draft, node, reasonOf(outcome, failure));
  }
  if (failed !== null) return endUncompensated(draft, failed);
  const [next] = toUndo(draft);
  if (next !== undefined) return undo(draft, next);
  end(draft, outcome, failure, total > 0);
}

function endUncompensated(draft: RunDraft, failed: string): void {
  const { outcome, failure } = draft.run.compensating!;
  const why = `${failed} failed, so that not all is taken back: ${draft.node(failed)?.failure?.message ?? ''}`;
  if (outcome === 'failed')
    return end(draft, 'failed', { ...failure, message: clipped(`${failure.message}; ${why}`) }, false);
  const message = clipped(`The run was cancelled: ${failure.message}; ${why}`);
  end(draft, 'failed', { node: failed, class: 'compensation_failed', message }, false);
}

function end(draft: RunDraft, outcome: 'failed' | 'cancelled', failure: RunFailure, compensated: boolean): void {
  const { at } = draft;
  const { run_id, workflow_id } = draft.run;
  const ended = { run_id, workflow_id, compensated, at };
  if (outcome === 'failed') draft.emit({ type: 'RunFailed', data: { ...ended, failure } });
  else draft.emit({ type: 'RunCancelled', data: { ...ended, reason: failure.message } });
}
