import {
  evolveWorkflow,
  orderOf,
  schemaVersionsOf,
  workflowEvents,
  type CreateWorkflow as Order,
  type DefinitionChanges,
  type Step,
  type WorkflowDefinition,
  type WorkflowDetails,
  type WorkflowDocument,
  type WorkflowEvent,
} from '@ao/contracts';
import type { Aggregate } from '@ao/event-log';
import {
  accept,
  assertNever,
  isSameJson,
  reject,
  type Command,
  type Decider,
  type Decision,
  type Rejection,
} from '@ao/kernel';
import type { CallRules } from '@ao/outbound';
import { whyInvalid } from './why-invalid';

interface Reference {
  readonly workflow_id: string;
}

export type CreateWorkflow = Command<
  'CreateWorkflow',
  Order & Reference & { readonly installation_id?: string | null }
>;
/** What is absent stays as it is. */
export type ChangeWorkflow = Command<
  'ChangeWorkflow',
  Reference &
    Partial<WorkflowDetails> & { readonly definition?: DefinitionChanges; readonly expected_revision?: number }
>;
export type AddStep = Command<'AddStep', Reference & { readonly step: Step }>;
export type DeleteWorkflow = Command<'DeleteWorkflow', Reference>;
export type WorkflowCommand = CreateWorkflow | ChangeWorkflow | AddStep | DeleteWorkflow;

/** Undefined: there is none (any more). */
export type WorkflowState = WorkflowDocument | undefined;

const VERBS = { ChangeWorkflow: 'change', AddStep: 'add a step to', DeleteWorkflow: 'delete' } as const;

/** Of the callers' own `config`, in bytes of JSON. */
const MAX_CONFIG_BYTES = 32 * 1024;

export function workflowDecider(rules: CallRules): Decider<WorkflowState, WorkflowCommand, WorkflowEvent> {
  return {
    initialState: () => undefined,
    evolve: evolveWorkflow,
    decide(command, workflow): Decision<WorkflowEvent> {
      if (command.type === 'CreateWorkflow') return create(command, workflow, rules);
      const { workflow_id } = command.data;
      if (!workflow) {
        const why = `Expected to ${VERBS[command.type]} workflow '${workflow_id}', but there is none`;
        return reject('not_found', 'workflow_not_found', why);
      }
      switch (command.type) {
        case 'ChangeWorkflow':
          return change(command, workflow, rules);
        case 'AddStep':
          return addStep(command, workflow, rules);
        case 'DeleteWorkflow': {
          const at = command.metadata.time;
          return accept([{ type: 'WorkflowDeleted', data: { workflow_id, at } }], { workflow_id, deleted_at: at });
        }
        default:
          return assertNever(command);
      }
    },
  };
}

function create(command: CreateWorkflow, workflow: WorkflowState, rules: CallRules): Decision<WorkflowEvent> {
  const { workflow_id, definition, installation_id = null } = command.data;
  if (workflow) {
    const why = `Expected to create workflow '${workflow_id}', but there is one`;
    return reject('conflict', 'workflow_exists', why);
  }
  const details = detailsOf(command.data);
  const { time: created_at } = command.metadata;
  const data = { ...details, workflow_id, definition, installation_id, created_at };
  return (
    whyNotDetails(details) ??
    whyNot(definition, rules) ??
    accept([{ type: 'WorkflowCreated', data }], { workflow_id, version: 1, created_at })
  );
}

function change({ data, metadata }: ChangeWorkflow, workflow: WorkflowDocument, rules: CallRules) {
  const { workflow_id, expected_revision, definition } = data;
  const { time: at } = metadata;
  if (expected_revision !== undefined && expected_revision !== workflow.revision) {
    const why = `Expected to change workflow '${workflow_id}' at revision ${expected_revision}, but it is at ${workflow.revision}`;
    return reject('precondition_failed', 'workflow_changed', why);
  }
  const events: WorkflowEvent[] = [];
  const details = detailsOf({ ...workflow, ...given(data) });
  if (!isSameJson(details, detailsOf(workflow))) {
    const wrong = whyNotDetails(details);
    if (wrong) return wrong;
    events.push({ type: 'WorkflowDetailsChanged', data: { ...details, workflow_id, at } });
  }
  const next = definition === undefined ? workflow.definition : changed(workflow.definition, definition);
  if (!isSameJson(next, workflow.definition)) {
    const wrong = whyNot(next, rules);
    if (wrong) return wrong;
    const version = workflow.version + 1;
    events.push({ type: 'WorkflowVersionAdded', data: { workflow_id, version, definition: next, at } });
  }
  const after = events.reduce<WorkflowState>(evolveWorkflow, workflow) ?? workflow;
  return accept(events, { workflow_id, version: after.version, updated_at: after.updated_at });
}

function changed(definition: WorkflowDefinition, changes: DefinitionChanges): WorkflowDefinition {
  const after: Record<string, unknown> = { ...definition };
  for (const [field, value] of Object.entries(changes)) {
    if (value === undefined) continue;
    // A definition always says what parameters it takes, and null is an output like others.
    if (value === null && field !== 'parameters' && field !== 'output') delete after[field];
    else after[field] = value;
  }
  return after as WorkflowDefinition;
}

function addStep({ data, metadata }: AddStep, workflow: WorkflowDocument, rules: CallRules) {
  const { workflow_id } = data;
  const { time: at } = metadata;
  const { definition } = workflow;
  const { steps } = definition;
  if (steps.some(({ key }) => key === data.step.key)) {
    const why = `Expected to add a step to workflow '${workflow_id}', but it has one with the key '${data.step.key}'`;
    return reject('conflict', 'step_key_taken', why, '/step/key');
  }
  const after = { ...definition, steps: [...steps, atTheEnd(data.step, steps)] };
  const wrong = whyNot(after, rules);
  if (wrong) {
    // The sender knows of the one step alone.
    const inStep = wrong.pointer?.replace(`/definition/steps/${steps.length}`, '/step');
    return { ...wrong, ...(inStep !== undefined && { pointer: inStep }) };
  }
  const version = workflow.version + 1;
  return accept<WorkflowEvent>(
    [{ type: 'WorkflowVersionAdded', data: { workflow_id, version, definition: after, at } }],
    { workflow_id, version, updated_at: at },
  );
}

/** Where others have orders of their own, the place in the list might not be the last. */
function atTheEnd(step: Step, steps: readonly Step[]): Step {
  if (step.order !== undefined || step.depends_on !== undefined) return step;
  const last = Math.max(0, ...steps.map(orderOf));
  return last < steps.length + 1 ? step : { ...step, order: Math.min(last + 1, 1_000_000) };
}

function whyNot(definition: WorkflowDefinition, rules: CallRules): Rejection | undefined {
  const problems = whyInvalid(definition, rules);
  const [first] = problems;
  if (!first) return undefined;
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
  const message = `Expected a definition that can be run, but it is not one: ${first.message}${more}`;
  return reject('invalid', 'invalid_definition', message, `/definition${first.pointer}`);
}

function whyNotDetails({ config }: WorkflowDetails): Rejection | undefined {
  const bytes = Buffer.byteLength(JSON.stringify(config));
  if (bytes <= MAX_CONFIG_BYTES) return undefined;
  const message = `Expected a workflow whose config has at most ${MAX_CONFIG_BYTES} bytes, but it has ${bytes}`;
  return reject('invalid', 'config_too_large', message, '/config');
}

function detailsOf({ name, description, is_template, config }: WorkflowDetails): WorkflowDetails {
  return { name, description, is_template, config };
}

function given(changes: Partial<WorkflowDetails>): Partial<WorkflowDetails> {
  return Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
}

/** Stream `workflow-<uuid>`. */
export const workflowAggregate = (rules: CallRules): Aggregate<WorkflowState, WorkflowCommand, WorkflowEvent> => ({
  category: 'workflow',
  decider: workflowDecider(rules),
  schemaVersions: schemaVersionsOf(workflowEvents),
  freshIds: 0,
});
