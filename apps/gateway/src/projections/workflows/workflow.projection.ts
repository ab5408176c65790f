import { evolveWorkflow, type WorkflowDocument, type WorkflowEvent } from '@ao/contracts';
import type { RecordedEvent } from '@ao/event-log';
import { idOf } from '@ao/kernel';
import type { Projection } from '@ao/projections';

export const WORKFLOWS = 'workflows';

/** One without steps is not ready to run. */
export const WORKFLOW_STATUSES = ['active', 'draft'] as const;
export type WorkflowStatus = (typeof WORKFLOW_STATUSES)[number];
export const workflowStatus = ({ definition }: Pick<WorkflowDocument, 'definition'>): WorkflowStatus =>
  definition.steps.length > 0 ? 'active' : 'draft';

/** One row per workflow that there is, with its newest version. */
export const workflowProjection: Projection<WorkflowDocument> = {
  name: WORKFLOWS,
  version: 1,
  categories: ['workflow'],
  table: 'read_models.workflows',
  key: (event) => idOf(event.stream_id),
  evolve: (workflow, event) => evolveWorkflow(workflow, event as RecordedEvent & WorkflowEvent),
  columns: (workflow) => {
    const { name, is_template, created_at } = workflow;
    return { name, is_template, status: workflowStatus(workflow), created_at };
  },
};
