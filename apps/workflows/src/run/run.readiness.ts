import type { RunDocument } from '@ao/contracts';
import type { PlannedStep } from './run.plan';

export type Readiness = 'waits' | 'begins' | { readonly skipped: 'branch' | 'dependencies' };

/**
 * Whether a step that has not begun may. It waits until all that it depends on has ended; which of those may fail is decided
 * where they do, for otherwise the run does not go on.
 *
 * Skipping goes along `depends_on` and branches. Order alone only says when: a step that merely comes after a skipped one runs.
 */
export function readinessOf({ step, dependencies, branch }: PlannedStep, run: RunDocument): Readiness {
  for (const key of dependencies) {
    const status = run.nodes[key]?.status;
    if (status !== 'completed' && status !== 'failed' && status !== 'skipped') return 'waits';
  }
  if (branch) {
    const condition = run.nodes[branch.of];
    if (condition?.status === 'skipped') return { skipped: 'dependencies' };
    if (condition?.output !== branch.when) return { skipped: 'branch' };
  }
  const said = step.depends_on ?? [];
  if (said.length > 0 && said.every((key) => run.nodes[key]?.status === 'skipped')) return { skipped: 'dependencies' };
  return 'begins';
}
