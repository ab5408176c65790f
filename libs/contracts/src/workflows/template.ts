import { z } from 'zod';
import { command, query, type DataOf } from '../contract';
import { Id, JsonObject, Time, Word, text } from '../text';
import { INSTALLATION_STATUSES, MadePart } from './installation';

/** What an installation is given as its parameters, in bytes of JSON. */
export const MAX_INSTALLATION_PARAMETERS_BYTES = 32 * 1024;
/** Of each kind that a template makes. */
const MAX_PARTS = 20;

/** The folder of a template. */
export const TemplateId = z.string().regex(/^[a-z][a-z0-9-]{1,62}$/, {
  error: 'must begin with a lower-case letter and hold lower-case letters, digits and hyphens alone (at most 63)',
});
const PartKey = z.string().regex(/^[a-z][a-z0-9_]{0,62}$/);

const named = { key: PartKey, name: text(200, 1) };

/** As `registry.create_agent` takes it, with what a template need not say left out. */
export const TemplateAgent = z.strictObject({
  ...named,
  type: Word,
  capabilities: z.array(Word).max(1_000),
  description: text(4_000).optional(),
  role: text(200).optional(),
  llm_provider: text(128).optional(),
  llm_model: text(128).optional(),
  system_prompt: text(64 * 1024).optional(),
  tags: z.array(Word).max(100).optional(),
  max_concurrent_tasks: z.int().min(1).max(10_000).optional(),
  /** Id of the worker that it runs on; null or '': none. */
  worker_id: text(500).nullable().optional(),
});
export type TemplateAgent = z.infer<typeof TemplateAgent>;

/** Its definition is looked at once the values of the installation are in it. */
export const TemplateWorkflow = z.strictObject({ ...named, description: text(2_000), definition: JsonObject });
export type TemplateWorkflow = z.infer<typeof TemplateWorkflow>;

/** A trigger's terms; its configuration and its action are looked at once the values of the installation are in them. */
export const TemplateTrigger = z.strictObject({
  ...named,
  description: text(2_000),
  config: JsonObject,
  action: JsonObject,
  throttle: z
    .object({ max: z.int().min(1), seconds: z.int().min(1) })
    .nullable()
    .default(null),
});
export type TemplateTrigger = z.infer<typeof TemplateTrigger>;

/**
 * One version of a template, a file of the release: never changed once it is there. In its texts `${{ }}` stands for a value of
 * the installation where the expression speaks of nothing but `install` (the parameters), `agents.<key>.id` and
 * `workflows.<key>.id` (what stands before it in the file); every other expression is the run's.
 */
export const Template = z.strictObject({
  id: TemplateId,
  version: z.int().min(1),
  name: text(200, 1),
  description: text(4_000, 1),
  category: Word,
  tags: z.array(Word).max(20),
  /** JSON Schema (2020-12) of what an installation is given; every property has a default unless it is required. */
  parameters: JsonObject,
  agents: z.array(TemplateAgent).max(MAX_PARTS),
  workflows: z.array(TemplateWorkflow).min(1).max(MAX_PARTS),
  triggers: z.array(TemplateTrigger).max(MAX_PARTS).default([]),
});
export type Template = z.infer<typeof Template>;

/** A template as a list shows it, of its newest version. */
export const TemplateSummary = Template.pick({
  id: true,
  version: true,
  name: true,
  description: true,
  category: true,
  tags: true,
}).extend({ agents: z.int(), workflows: z.int(), triggers: z.int() });
export type TemplateSummary = z.infer<typeof TemplateSummary>;

/** By name. `search`: words that all stand in its id, name, description, category or tags, whatever their case. */
export const listTemplates = query(
  'workflows.list_templates',
  z.object({ category: Word.optional(), search: text(200, 1).optional() }),
  z.object({ templates: z.array(TemplateSummary) }),
);

/** 404 `template_not_found`, `template_version_not_found`. Without a version the newest. */
export const describeTemplate = query(
  'workflows.describe_template',
  z.object({ template_id: text(64, 1), version: z.int().min(1).optional() }),
  z.object({ template: Template, versions: z.array(z.int()) }),
);

/** What is wanted of a template. */
export const InstallationOrder = z.object({
  version: z.int().min(1).max(999_999).optional(),
  parameters: JsonObject,
  /** Stands before the name of everything that is made; null: the names of the template. */
  name: text(80, 1).nullable(),
});

/**
 * Makes the agents, workflows and triggers of a template. 422 `invalid_parameters` with the pointer of the first that does not
 * meet the schema; 409 `installation_failed` when a part was refused: nothing of it is left then. While a service cannot be
 * reached, the answer is an installation that is `installing`, and goes on by itself.
 */
export const installTemplate = command(
  'workflows.install_template',
  InstallationOrder.extend({
    template_id: text(64, 1),
    /** Of the agents, in seconds. */
    heartbeat_interval_seconds: z.number().min(0.2).max(3_600),
  }),
  z.object({
    installation_id: Id,
    status: z.enum(INSTALLATION_STATUSES),
    agents: z.array(z.object({ key: z.string(), agent_id: Id })),
    workflows: z.array(z.object({ key: z.string(), workflow_id: Id })),
    triggers: z.array(z.object({ key: z.string(), trigger_id: Id })),
  }),
);
export type InstallTemplate = DataOf<typeof installTemplate>;

/**
 * Takes away what an installation made: first the triggers, then the workflows, then the agents. Without `force` 409
 * `installation_changed` when something of it has been changed since, and nothing is taken away then.
 */
export const uninstallTemplate = command(
  'workflows.uninstall_template',
  z.object({ installation_id: Id, force: z.boolean() }),
  z.object({ installation_id: Id, status: z.enum(INSTALLATION_STATUSES), left: z.array(MadePart), at: Time }),
);
