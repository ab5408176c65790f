import { dependenciesOf, type WorkflowDefinition, type WorkflowDocument } from '@ao/contracts';
import { workflowStatus } from '../../projections/workflows/workflow.projection';
import type { WorkflowVersion } from '../../projections/workflows/workflow.queries';
import type { ListedVersionDto, ListedWorkflowDto, ShownVersionDto, ShownWorkflowDto } from './workflow.schemas';

export function presentListedWorkflow(workflow: WorkflowDocument): ListedWorkflowDto {
  const { workflow_id: id, name, description, is_template, config, version, definition } = workflow;
  const { created_at, updated_at } = workflow;
  return {
    ...{ id, name, description, is_template, status: workflowStatus(workflow), version },
    ...{ step_count: definition.steps.length, config, created_at, updated_at },
  };
}

export function presentWorkflow(workflow: WorkflowDocument): ShownWorkflowDto {
  return { ...presentListedWorkflow(workflow), ...shownDefinition(workflow.definition) };
}

export function presentVersion(id: string, { version, definition, at }: WorkflowVersion): ShownVersionDto {
  return { id, version, created_at: at, ...shownDefinition(definition) };
}

export function presentListedVersion({ version, at }: Pick<WorkflowVersion, 'version' | 'at'>): ListedVersionDto {
  return { version, created_at: at };
}

/** As it was given, so that it can be sent again; with what each step waits for. */
function shownDefinition(definition: WorkflowDefinition) {
  const dependencies = dependenciesOf(definition.steps);
  const steps = definition.steps.map((step) => ({
    ...step,
    step_type: step.type,
    waits_for: [...(dependencies.get(step.key) ?? [])],
  }));
  return { ...definition, steps };
}
