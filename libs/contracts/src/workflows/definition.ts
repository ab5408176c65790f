import { z } from 'zod';
import { PersonRole } from '../identity/access';
import { ON_AGENT_LOST, TaskCredential, TaskKey } from '../tasks/task.specification';
import { RetryOverrides } from '../tasks/task-type';
import { Id, Json, JsonObject, Word, text } from '../text';

export const MAX_STEPS = 200;
/** Items of one map. */
export const MAX_ITEMS = 1_000;
/** Of a definition as JSON, in bytes. */
export const MAX_DEFINITION_BYTES = 64 * 1024;
/** What is given from step to step, and to a run as its parameters, in bytes of JSON. */
export const MAX_VALUE_BYTES = 128 * 1024;
/** Runs that start runs that start runs: so deep at most. */
export const MAX_RUN_DEPTH = 10;

/** What a step is called in expressions: `steps.extract.output`. */
export const StepKey = z.string().regex(/^[a-z][a-z0-9_]{0,62}$/, {
  error: 'must begin with a lower-case letter and hold lower-case letters, digits and underscores alone (at most 63)',
});

/** CEL without braces: `steps.check.output.score > 0.5`. */
export const Expression = text(2_000, 1);
/**
 * Text in which `${{ CEL }}` stands for a value; one expression alone gives the value with its type. JSON of which every text
 * may be such a text: `Json`, `JsonObject`.
 */
const Template = (max: number, min = 1) => text(max, min);

/** A period of at most a year, in seconds. */
const Seconds = z.number().min(0.001).max(31_536_000);

/** How a step that is tried again waits: as tasks do. For a task it is the task's own policy, for what else a step does the step's. */
export const StepRetry = RetryOverrides;
export type StepRetry = z.infer<typeof StepRetry>;

/** What a step does. Every text of its payloads may hold expressions. */
const taskAction = {
  type: z.literal('task'),
  task: z.object({
    type: Word,
    title: Template(200).optional(),
    description: Template(4_000).optional(),
    instructions: Template(32_000).optional(),
    payload: JsonObject.default({}),
    /** To whom: one agent (an id, or an expression that gives one), those of a type, those that can do all of this. */
    agent_id: Template(500).optional(),
    agent_type: Word.optional(),
    capabilities: z.array(Word).max(100).optional(),
    /** Absent: the run's. */
    priority: z.int().min(0).max(100).optional(),
    lease_seconds: z.number().min(1).max(86_400).optional(),
    on_agent_lost: z.enum(ON_AGENT_LOST).optional(),
    fairness_key: TaskKey.optional(),
    concurrency_key: TaskKey.optional(),
    credentials: z.array(TaskCredential).max(20).optional(),
  }),
};
const approvalAction = {
  type: z.literal('approval'),
  approval: z.object({
    title: Template(200),
    description: Template(4_000, 0).optional(),
    /** What is approved, shown to the approvers exactly so. */
    arguments: Json.optional(),
    /** So many approve; one who rejects ends it. */
    required: z.int().min(1).max(20).default(1),
    /** Who may decide: people with one of these roles and these people; neither: whoever has the permission to decide. */
    roles: z.array(PersonRole).max(5).default([]),
    users: z.array(Id).max(100).default([]),
    /** Whether who started the run may be among those who approve. */
    allow_self: z.boolean().default(false),
    expires_seconds: Seconds.optional(),
  }),
};
const signalAction = {
  type: z.literal('signal'),
  signal: z.object({
    name: Word,
    /** What the sender knows instead of the run's id: an order's number. */
    correlation: Template(500).optional(),
  }),
};
const timerAction = {
  type: z.literal('timer'),
  /** One of the two; a number or an expression that gives one, a time or an expression that gives one. */
  timer: z
    .object({ seconds: z.union([Seconds, Template(2_000)]).optional(), until: Template(2_000).optional() })
    .refine(({ seconds, until }) => (seconds === undefined) !== (until === undefined), 'must have seconds or until'),
};
const workflowAction = {
  type: z.literal('workflow'),
  workflow: z.object({
    /** An id, or an expression that gives one. */
    workflow_id: Template(500),
    /** Absent: the newest when the step starts. */
    version: z.int().min(1).optional(),
    parameters: JsonObject.default({}),
  }),
};
const webhookAction = {
  type: z.literal('webhook'),
  webhook: z.object({
    url: Template(2_000),
    method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']).default('POST'),
    headers: z.record(z.string().regex(/^[A-Za-z0-9-]{1,64}$/), Template(2_000, 0)).default({}),
    body: Json.optional(),
    /** A secret of the vault whose value signs the request by Standard Webhooks 1.0. */
    signing_secret_id: Id.optional(),
    /** Answers that count as done; absent: 200 to 299. */
    expect_status: z.array(z.int().min(100).max(599)).min(1).max(20).optional(),
  }),
};
const conditionAction = {
  type: z.literal('condition'),
  condition: z.object({
    expression: Expression,
    /** Steps of which the ones not chosen are skipped. They depend on this one without saying so. */
    then: z.array(StepKey).max(MAX_STEPS).default([]),
    else: z.array(StepKey).max(MAX_STEPS).default([]),
  }),
};
const compensateAction = {
  type: z.literal('compensate'),
  /** Whose compensations; absent: of all that have completed. Always the last completed first. */
  compensate: z.object({ steps: z.array(StepKey).max(MAX_STEPS).optional() }).default({}),
};

const tries = { timeout_seconds: Seconds.optional(), retry: StepRetry.optional() };

/**
 * Takes back what a step did: runs after it has completed, when the run fails or is cancelled, or a step of the type compensate
 * says so. `steps` is as for other steps, with the step itself; within a parallel or a map that is the inner step by its own key.
 */
export const Compensation = z.discriminatedUnion('type', [
  z.object({ ...taskAction, ...tries }),
  z.object({ ...workflowAction, ...tries }),
  z.object({ ...webhookAction, ...tries }),
]);
export type Compensation = z.infer<typeof Compensation>;

const named = { key: StepKey, name: text(200, 1), description: text(2_000).optional() };
const work = { ...named, ...tries, compensation: Compensation.optional() };

/** A step within another: branches of a parallel, what is done for each item of a map (`item` and `index` are its). */
export const InnerStep = z.discriminatedUnion('type', [
  z.object({ ...taskAction, ...work }),
  z.object({ ...approvalAction, ...work }),
  z.object({ ...signalAction, ...work }),
  z.object({ ...timerAction, ...work }),
  z.object({ ...workflowAction, ...work }),
  z.object({ ...webhookAction, ...work }),
]);
export type InnerStep = z.infer<typeof InnerStep>;

const parallelAction = {
  type: z.literal('parallel'),
  parallel: z.object({
    /** So many at once; absent: all. */
    limit: z.int().min(1).max(MAX_STEPS).optional(),
    steps: z.array(InnerStep).min(1).max(MAX_STEPS),
  }),
};
const mapAction = {
  type: z.literal('map'),
  map: z.object({
    /** A list, or an expression that gives one: at most 1,000 items. */
    items: z.union([z.array(Json).max(MAX_ITEMS), Template(2_000)], {
      error: 'must be a list of at most 1,000 items, or an expression that gives one',
    }),
    /** So many at once. */
    limit: z.int().min(1).max(MAX_ITEMS).default(10),
    step: InnerStep,
    /** Whether the others go on when one has failed: its place in the output then holds `{ "error": { "class": …, "message": … } }`. */
    on_item_failure: z.enum(['fail', 'continue']).default('fail'),
  }),
};

const placed = {
  ...work,
  /**
   * Without `depends_on` a step waits for those of the next lower order; without an order its place in the list is it (see
   * `dependenciesOf`). Order only says when: what comes after a skipped step runs all the same.
   */
  order: z.int().min(0).max(1_000_000).optional(),
  /** Wins over the order; an empty list: it starts at once. When all of these are skipped, so is the step. */
  depends_on: z.array(StepKey).max(MAX_STEPS).optional(),
  /** Absent: the run fails. */
  on_failure: z.enum(['fail', 'continue']).optional(),
  /** False: it is skipped. */
  when: Expression.optional(),
};

export const Step = z.discriminatedUnion('type', [
  z.object({ ...taskAction, ...placed }),
  z.object({ ...approvalAction, ...placed }),
  z.object({ ...signalAction, ...placed }),
  z.object({ ...timerAction, ...placed }),
  z.object({ ...conditionAction, ...placed }),
  z.object({ ...parallelAction, ...placed }),
  z.object({ ...mapAction, ...placed }),
  z.object({ ...workflowAction, ...placed }),
  z.object({ ...webhookAction, ...placed }),
  z.object({ ...compensateAction, ...placed }),
]);
export type Step = z.infer<typeof Step>;
export const STEP_TYPES = [
  'task',
  'approval',
  'signal',
  'timer',
  'condition',
  'parallel',
  'map',
  'workflow',
  'webhook',
  'compensate',
] as const satisfies readonly Step['type'][];
export type StepType = (typeof STEP_TYPES)[number];

/**
 * One version of a workflow: never changed once it is there. Expressions know `parameters`, `steps` (by key: `status`, `output`,
 * `error`), `run` (`id`, `workflow_id`, `version`, `started_at`) and, within a map, `item` and `index`.
 */
export const WorkflowDefinition = z.object({
  /** JSON Schema (2020-12) that a run's parameters must meet; null: any. */
  parameters: JsonObject.nullable().default(null),
  /** None: there is nothing to run yet. */
  steps: z.array(Step).max(MAX_STEPS),
  /** What a run gives back; absent: the outputs of the steps on which no other depends, by key. */
  output: Json.optional(),
  /** Absent: compensate where a step says how. */
  on_failure: z.enum(['stop', 'compensate']).optional(),
  /** Of the whole run. */
  timeout_seconds: Seconds.optional(),
  /** Steps at work at once, those within parallels and maps counted; absent: all that can be. */
  max_parallel: z.int().min(1).max(MAX_ITEMS).optional(),
});
export type WorkflowDefinition = z.infer<typeof WorkflowDefinition>;
/** As events keep it: what was checked when it came is not refused by a later release. */
export const StoredDefinition = JsonObject as unknown as z.ZodType<WorkflowDefinition>;

/** Where a definition is wrong. */
export const DefinitionProblem = z.object({
  /** JSON pointer within the definition. */
  pointer: z.string(),
  code: Word,
  message: z.string(),
  /** The step that it is about. */
  step: z.string().optional(),
});
export type DefinitionProblem = z.infer<typeof DefinitionProblem>;
