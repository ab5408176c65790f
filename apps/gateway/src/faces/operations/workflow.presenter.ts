import { orderOf, type WorkflowDocument } from '@ao/contracts';
import { workflowStatus } from '../../projections/workflows/workflow.projection';
import { workflowIds } from '../prefixed-id';
import type { OperationsWorkflow } from './workflow.schemas';

/** A workflow as the operations document shows it: its steps in their order. */
export function presentOperationsWorkflow(workflow: WorkflowDocument): OperationsWorkflow {
  const { workflow_id, name, description, definition, created_at } = workflow;
  const steps = definition.steps.map((step, index) => ({
    id: step.key,
    name: step.name,
    agent_type: (step.type === 'task' ? step.task.agent_type : undefined) ?? null,
    order: orderOf(step, index),
  }));
  return {
    id: workflowIds.shown(workflow_id),
    ...{ name, description, status: workflowStatus(workflow) },
    steps: steps.sort((a, b) => a.order - b.order),
    created_at,
  };
}
