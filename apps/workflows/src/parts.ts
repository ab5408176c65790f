import { createApprovals } from './approval/approval.part';
import type { Part, PartDependencies } from './part';
import { createRuns } from './process/run.part';
import { createTemplates } from './template/template.part';
import { createTriggers } from './trigger/trigger.part';
import { createWorkflows } from './workflow/workflows';

export type Parts = ReturnType<typeof createParts>;

/** By name, for the handlers to ask; in the order in which they start and stop. */
export function createParts(dependencies: PartDependencies) {
  const approvals = createApprovals(dependencies);
  const runs = createRuns({ ...dependencies, approvals: approvals.approvals });
  const workflows = createWorkflows(dependencies);
  const triggers = createTriggers({
    ...dependencies,
    startRun: (order, metadata) => runs.starter.start(order, metadata),
  });
  return {
    workflows,
    approvals,
    runs,
    triggers,
    templates: createTemplates({ ...dependencies, workflows, triggers: triggers.triggers }),
  } satisfies Record<string, Part>;
}
