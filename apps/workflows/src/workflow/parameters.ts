import type { WorkflowDefinition } from '@ao/contracts';
import { compiledSchema, type SchemaProblem } from './parameters-schema';

export interface CheckedParameters {
  /** With the defaults of the definition's JSON Schema. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Where they do not meet it, as JSON pointers within the parameters; none: they do. */
  readonly problems: readonly SchemaProblem[];
}

/** Whether a run may have these parameters (422 `invalid_parameters`). Pure. */
export function parametersProblems(
  { parameters: schema }: Pick<WorkflowDefinition, 'parameters'>,
  parameters: Readonly<Record<string, unknown>>,
): CheckedParameters {
  if (schema === null) return { parameters, problems: [] };
  const validate = compiledSchema(schema);
  // Of a definition that an earlier release took.
  if (typeof validate !== 'function') return { parameters, problems: validate.map(ofSchema) };
  const { value, problems } = validate(parameters);
  return { parameters: value as Record<string, unknown>, problems };
}

const ofSchema = ({ pointer, message }: SchemaProblem): SchemaProblem => ({
  pointer: '',
  message: `cannot be checked: the workflow's schema ${pointer} ${message}`,
});
