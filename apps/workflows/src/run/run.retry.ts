import type { RunDocument, RunEvent } from '@ao/contracts';
import { accept, addMilliseconds, reject, type Decision, type Rejection } from '@ao/kernel';
import { advance } from './run.advance';
import { refuse, unknownStep, type Carried, type Retry } from './run.commands';
import { RunDraft } from './run.draft';
import { isContainer, planOf, withFollowers } from './run.plan';
import { takenBack } from './run.undoable';

/**
 * Goes on with a run that failed or was cancelled. Anew begin: what was taken back and what `from` names, each with all that
 * follows it; what failed and what was cancelled. Of a parallel or map that failed stays what has completed within it.
 */
export function retry(command: Retry, run: RunDocument): Decision<RunEvent> {
  const { from } = command.data;
  const { run_id, status, definition } = run;
  const at = command.metadata.time;
  if (status === 'completed') return refuse(command, 'nothing_to_retry', 'it has completed');
  if (status !== 'failed' && status !== 'cancelled') return refuse(command, 'run_not_ended', `it is ${status}`);
  const plan = planOf(run);
  if (from !== undefined && !plan.byKey.has(from)) return unknownStep(command, from);

  const anew = withFollowers(plan, [...takenBack(run), ...(from === undefined ? [] : [from])]);
  const nodes = anew.filter((key) => run.nodes[key] !== undefined);
  const continued: string[] = [];
  for (const { key, step } of plan.steps) {
    const node = run.nodes[key];
    const broken = (node?.status === 'failed' && step.on_failure !== 'continue') || node?.status === 'cancelled';
    if (broken && !anew.includes(key)) (isContainer(node.work?.type ?? '') ? continued : nodes).push(key);
  }
  if (nodes.length + continued.length === 0 && plan.steps.every(({ key }) => run.nodes[key] !== undefined))
    return refuse(command, 'nothing_to_retry', 'no step of it failed');

  const { timeout_seconds } = definition;
  const deadline = timeout_seconds === undefined ? null : addMilliseconds(at, Math.ceil(timeout_seconds * 1000));
  const draft = new RunDraft(run, at);
  draft.emit({ type: 'RunRetried', data: { run_id, nodes, continued, deadline, at } });
  advance(draft);
  const begun = new Set([...nodes, ...continued]);
  return accept(draft.events, {
    retried_at: at,
    nodes: plan.steps.flatMap(({ key }) => (begun.has(key) ? [key] : [])),
  });
}

/** What a fork takes over: what has completed, does not follow `from`, and was not taken back, in the order it completed. */
export function forkOf(run: RunDocument, from: string): Carried[] | Rejection {
  const plan = planOf(run);
  if (!plan.byKey.has(from)) {
    const why = `there is no step '${from}' in it`;
    return reject('not_found', 'step_not_found', `Expected to fork run '${run.run_id}', but ${why}`, '/from');
  }
  const anew = new Set(withFollowers(plan, [from, ...takenBack(run)]));
  return plan.steps
    .flatMap(({ key }) => {
      const node = run.nodes[key];
      return node?.status === 'completed' && !anew.has(key) ? [{ node: key, ...node }] : [];
    })
    .sort((left, right) => (left.completed_as ?? 0) - (right.completed_as ?? 0))
    .map(({ node, output }) => ({ node, output: output ?? null }));
}
