import { z } from 'zod';
import { command, event, query, type DataOf, type EventOf } from '../contract';
import { Id, JsonObject, Time, text } from '../text';
import { DefinitionProblem, Step, StoredDefinition, WorkflowDefinition } from './definition';

const CATEGORY = 'workflow';

/** What is said of a workflow, apart from its definition. */
export const WorkflowDetails = z.object({
  name: text(200, 1),
  description: text(2_000),
  /** Made to be copied rather than run; it can be run all the same. */
  is_template: z.boolean(),
  /** The caller's own. */
  config: JsonObject,
});
export type WorkflowDetails = z.infer<typeof WorkflowDetails>;

/** Stream `workflow-<uuid>`. Its versions count from 1. */
export const workflowEvents = {
  WorkflowCreated: event(
    CATEGORY,
    'WorkflowCreated',
    1,
    WorkflowDetails.extend({
      workflow_id: Id,
      definition: StoredDefinition,
      /** The installation of a marketplace template that made it. */
      installation_id: Id.nullable(),
      created_at: Time,
    }),
  ),
  WorkflowVersionAdded: event(
    CATEGORY,
    'WorkflowVersionAdded',
    1,
    z.object({ workflow_id: Id, version: z.int().min(2), definition: StoredDefinition, at: Time }),
  ),
  WorkflowDetailsChanged: event(
    CATEGORY,
    'WorkflowDetailsChanged',
    1,
    WorkflowDetails.extend({ workflow_id: Id, at: Time }),
  ),
  /** Its runs go on, and stay. */
  WorkflowDeleted: event(CATEGORY, 'WorkflowDeleted', 1, z.object({ workflow_id: Id, at: Time })),
} as const;
export type WorkflowEvent = EventOf<typeof workflowEvents>;

export const WorkflowDocument = WorkflowDetails.extend({
  workflow_id: Id,
  version: z.int().min(1),
  /** Counts every change, those of the definition and those of what is said of it. */
  revision: z.int().min(1),
  /** Of the newest version. */
  definition: StoredDefinition,
  installation_id: Id.nullable(),
  created_at: Time,
  updated_at: Time,
});
export type WorkflowDocument = z.infer<typeof WorkflowDocument>;

/** The workflow after one more event; undefined: there is none (any more). Every reader folds with this function. */
export function evolveWorkflow(
  workflow: WorkflowDocument | undefined,
  event: WorkflowEvent,
): WorkflowDocument | undefined {
  if (event.type === 'WorkflowCreated')
    return { ...event.data, version: 1, revision: 1, updated_at: event.data.created_at };
  if (!workflow) return workflow;
  const revision = workflow.revision + 1;
  switch (event.type) {
    case 'WorkflowVersionAdded': {
      const { version, definition, at } = event.data;
      return { ...workflow, version, revision, definition, updated_at: at };
    }
    case 'WorkflowDetailsChanged': {
      const { at, ...details } = event.data;
      return { ...workflow, ...details, revision, updated_at: at };
    }
    case 'WorkflowDeleted':
      return undefined;
    default:
      return workflow;
  }
}

/** 422 `invalid_definition` with a pointer to the first problem; all of them by `validateDefinition`. */
export const createWorkflow = command(
  'workflows.create_workflow',
  WorkflowDetails.extend({ definition: WorkflowDefinition }),
  z.object({ workflow_id: Id, version: z.int(), created_at: Time }),
);
export type CreateWorkflow = DataOf<typeof createWorkflow>;

const { on_failure, timeout_seconds, max_parallel, steps, output } = WorkflowDefinition.shape;
/** Absent fields stay; null takes one away. */
export const DefinitionChanges = z.object({
  parameters: JsonObject.nullable().optional(),
  steps: steps.optional(),
  output: output.optional(),
  on_failure: on_failure.nullable(),
  timeout_seconds: timeout_seconds.nullable(),
  max_parallel: max_parallel.nullable(),
});
export type DefinitionChanges = z.infer<typeof DefinitionChanges>;

/** Absent fields stay; a definition that then says something else than the newest becomes the next version. */
export const changeWorkflow = command(
  'workflows.change_workflow',
  WorkflowDetails.partial().extend({
    workflow_id: Id,
    definition: DefinitionChanges.optional(),
    /** 412 `workflow_changed` when it is at another one. */
    expected_revision: z.int().min(1).optional(),
  }),
  z.object({ workflow_id: Id, version: z.int(), updated_at: Time }),
);

/** Adds one step at the end, as the next version. 409 `step_key_taken`. */
export const addStep = command(
  'workflows.add_step',
  z.object({ workflow_id: Id, step: Step }),
  z.object({ workflow_id: Id, version: z.int(), updated_at: Time }),
);

export const deleteWorkflow = command(
  'workflows.delete_workflow',
  z.object({ workflow_id: Id }),
  z.object({ workflow_id: Id, deleted_at: Time }),
);

/** Everything that is wrong with a definition; nothing is kept. */
export const validateDefinition = query(
  'workflows.validate_definition',
  z.object({ definition: WorkflowDefinition }),
  z.object({ problems: z.array(DefinitionProblem) }),
);
