import { UNDO, type RunDocument, type Work } from '@ao/contracts';
import { compensationOf, doingOf, type Plan } from './run.plan';

/**
 * What can be taken back, the last completed first: what has completed, says how, and has not been taken back since. What a fork
 * took over is the original's to take back.
 */
export function undoable(
  run: RunDocument,
  plan: Plan,
  only: (node: string, completed_as: number) => boolean,
): string[] {
  if (!plan.compensates) return [];
  const found: { node: string; completed_as: number }[] = [];
  for (const [node, { status, carried, completed_as = 0 }] of Object.entries(run.nodes)) {
    if (status !== 'completed' || carried || node.startsWith(UNDO) || !only(node, completed_as)) continue;
    if ((takenBackAs(run, node) ?? 0) > completed_as) continue;
    const doing = doingOf(plan, node);
    if (doing && compensationOf(doing)) found.push({ node, completed_as });
  }
  return found.sort((a, b) => b.completed_as - a.completed_as).map(({ node }) => node);
}

/** The place in the order of completion of what took the node back. */
export function takenBackAs({ nodes }: RunDocument, node: string): number | undefined {
  const undo = nodes[`${UNDO}${node}`];
  return undo?.status === 'completed' ? undo.completed_as : undefined;
}

/** Steps that were taken back, or of which a part was, when the run stopped: to go on without them, they are done again. */
export function takenBack(run: RunDocument): Set<string> {
  const { compensating, nodes } = run;
  const steps = new Set<string>();
  if (!compensating) return steps;
  for (const [node, { completed_as = 0 }] of Object.entries(nodes)) {
    const undone = node.startsWith(UNDO) ? undefined : takenBackAs(run, node);
    if (undone !== undefined && undone > compensating.since && undone > completed_as) steps.add(node.split('/', 1)[0]!);
  }
  return steps;
}

type Compensate = Extract<Work, { type: 'compensate' }>;

export const isMeantBy = (work: Compensate, node: string, completed_as: number) =>
  completed_as <= work.through && (work.steps === null || work.steps.includes(node.split('/', 1)[0]!));

/** What a step of the type compensate is at. */
export function compensating(run: RunDocument, key: string): Compensate | undefined {
  const node = run.nodes[key];
  return node?.status === 'running' && node.work?.type === 'compensate' ? node.work : undefined;
}

/** Whether a step of the type compensate is about to take this node back. */
export function awaitsUndo(run: RunDocument, key: string, undone: string): boolean {
  const work = compensating(run, key);
  return work !== undefined && isMeantBy(work, undone, run.nodes[undone]?.completed_as ?? Infinity);
}
