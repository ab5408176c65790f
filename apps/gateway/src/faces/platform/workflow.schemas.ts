import { DefinitionProblem, JsonObject, STEP_TYPES, WorkflowDetails } from '@ao/contracts';
import { createZodDto } from '../../http/zod-dto';
import { z } from 'zod';
import { WORKFLOW_STATUSES } from '../../projections/workflows/workflow.projection';
import { AtLeast } from '../query.schemas';
import { Page, Timestamp } from './user.schemas';

const { name, description, is_template } = WorkflowDetails.shape;

const AnyJson = z.unknown();
const steps = AnyJson.meta({
  description: `Steps, each with key or name (the other follows), type or step_type (${STEP_TYPES.join(', ')}), and what it does as config or under its type's name; order or depends_on; of a task also agent_id, agent_type, capabilities`,
});

/** Checked as a definition once it has been put in its form: places are then named as the caller wrote them. */
const definition = {
  parameters: AnyJson.meta({ description: "JSON Schema (2020-12) of a run's parameters" }),
  steps,
  output: AnyJson.meta({ description: 'What a run gives back, with ${{ CEL }} in its texts' }),
  on_failure: AnyJson.meta({ description: 'stop or compensate' }),
  timeout_seconds: AnyJson.meta({ description: 'Of a whole run' }),
  max_parallel: AnyJson.meta({ description: 'Steps at work at once' }),
};
const optional = Object.fromEntries(
  Object.entries(definition).map(([field, schema]) => [field, schema.optional()]),
) as { [Field in keyof typeof definition]: z.ZodOptional<z.ZodUnknown> };
const config = JsonObject.meta({
  description: "The caller's own, at most 32 KiB; a definition's fields may stand in it too",
});

const EXAMPLE = {
  name: 'Data Pipeline Workflow',
  description: 'Complete data processing pipeline',
  is_template: false,
  steps: [
    { name: 'Data Extraction', step_type: 'task', config: { type: 'extract', agent_type: 'data_extractor' } },
    {
      name: 'Data Processing',
      step_type: 'task',
      config: { type: 'process', payload: { rows: '${{ steps.data_extraction.output.rows }}' } },
      depends_on: ['Data Extraction'],
    },
  ],
};

/** `POST /api/v1/workflows` */
export class NewWorkflowDto extends createZodDto(
  z
    .object({
      name,
      description: description.default(''),
      is_template: is_template.default(false),
      config: config.default({}),
      ...optional,
    })
    .meta({ example: EXAMPLE }),
) {}

/** `PUT` and `PATCH /api/v1/workflows/{id}`: the fields given change, each as a whole. */
export class WorkflowChangesDto extends createZodDto(
  z
    .object({
      name: name.optional(),
      description: description.optional(),
      is_template: is_template.optional(),
      config: config.optional(),
      ...optional,
    })
    .meta({ example: { description: 'Every night' } }),
) {}

/** `POST /api/v1/workflows/validate` */
export class WorkflowToValidateDto extends createZodDto(
  z.object({ config: config.optional(), ...optional }).meta({ example: { steps: EXAMPLE.steps } }),
) {}

/** `POST /api/v1/workflows/{id}/steps` */
export class NewStepDto extends createZodDto(
  JsonObject.meta({
    description: `A step: name or key, step_type, order, config, agent_id, depends_on`,
    example: {
      name: 'Publish',
      step_type: 'task',
      order: 3,
      config: { type: 'publish' },
      depends_on: ['Data Processing'],
    },
  }),
) {}

export class WorkflowListQueryDto extends createZodDto(
  Page.extend({
    is_template: z
      .enum(['true', 'false'])
      .transform((value) => value === 'true')
      .optional(),
    status: z.enum(WORKFLOW_STATUSES).optional(),
    /** In the name, whatever its case. */
    search: z
      .string()
      .min(1)
      .max(200)
      .refine((value) => !value.includes('\u0000') && value.isWellFormed(), 'must be text')
      .optional(),
  }),
) {}
export class WorkflowQueryDto extends createZodDto(z.object({ at_least: AtLeast })) {}
/** Versions come from the log itself, so there is nothing to wait for. */
export class WorkflowVersionListQueryDto extends createZodDto(Page.omit({ at_least: true })) {}

const ShownStep = z
  .object({
    key: z.string(),
    name: z.string(),
    type: z.enum(STEP_TYPES),
    step_type: z.enum(STEP_TYPES),
    /** The keys of the steps that it waits for, by what it says, by order, or as a branch. */
    waits_for: z.array(z.string()),
  })
  .loose();

const ShownDefinition = z.object({
  parameters: z.record(z.string(), z.unknown()).nullable(),
  steps: z.array(ShownStep),
  output: z.unknown().optional(),
  on_failure: z.string().optional(),
  timeout_seconds: z.number().optional(),
  max_parallel: z.int().optional(),
});

const ListedWorkflow = z.object({
  id: z.uuid(),
  name: z.string(),
  description: z.string(),
  is_template: z.boolean(),
  status: z.enum(WORKFLOW_STATUSES),
  version: z.int(),
  step_count: z.int(),
  config: z.record(z.string(), z.unknown()),
  created_at: Timestamp,
  updated_at: Timestamp,
});
export class ListedWorkflowDto extends createZodDto(ListedWorkflow) {}
export class ShownWorkflowDto extends createZodDto(ListedWorkflow.extend(ShownDefinition.shape)) {}

export class ListedVersionDto extends createZodDto(z.object({ version: z.int(), created_at: Timestamp })) {}
export class ShownVersionDto extends createZodDto(
  ShownDefinition.extend({ id: z.uuid(), version: z.int(), created_at: Timestamp }),
) {}

export class WorkflowValidationDto extends createZodDto(
  z.object({ valid: z.boolean(), errors: z.array(DefinitionProblem) }),
) {}
