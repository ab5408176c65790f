import {
  AgentProfile,
  NO_DETAILS,
  TemplateAgent,
  TemplateTrigger,
  TemplateWorkflow,
  TriggerTerms,
  WorkflowDefinition,
  type InstallationDocument,
  type PartKind,
  type WorkflowDetails,
} from '@ao/contracts';
import { ExpressionError } from '@ao/expressions';
import { withInstallation, type InstallationValues } from './installation.values';

/** What an installation makes, before its values are in it. */
export type Plan = Pick<
  InstallationDocument,
  'agents' | 'workflows' | 'triggers' | 'name' | 'parameters' | 'heartbeat_interval_seconds' | 'template_id' | 'version'
>;
export interface PlannedPart {
  readonly kind: PartKind;
  readonly key: string;
  readonly raw: Readonly<Record<string, unknown>>;
}

/** Ready to be made. */
export type ReadyPart =
  | { readonly kind: 'agent'; readonly key: string; readonly profile: AgentProfile }
  | {
      readonly kind: 'workflow';
      readonly key: string;
      readonly workflow: WorkflowDetails & { readonly definition: WorkflowDefinition };
    }
  | { readonly kind: 'trigger'; readonly key: string; readonly terms: TriggerTerms };

/** Why a part cannot be made of what it was given. */
export class PartError extends Error {}

/** In the order in which they are made: agents, the workflows that work with them, the triggers that start these. */
export function partsOf({ agents, workflows, triggers }: Pick<Plan, 'agents' | 'workflows' | 'triggers'>) {
  const of = (kind: PartKind, parts: readonly Readonly<Record<string, unknown>>[]) =>
    parts.map((raw): PlannedPart => ({ kind, key: String(raw['key']), raw }));
  return [...of('agent', agents), ...of('workflow', workflows), ...of('trigger', triggers)];
}

/** What expressions of the parts know once some of them are made. */
export function valuesOf(
  parameters: Plan['parameters'],
  made: readonly { readonly kind: string; readonly key: string; readonly id: string }[],
): InstallationValues {
  const ids = (kind: PartKind) =>
    Object.fromEntries(made.filter((part) => part.kind === kind).map(({ key, id }) => [key, { id }]));
  return { install: parameters, agents: ids('agent'), workflows: ids('workflow') };
}

/** @throws PartError */
export function readyPart(part: PlannedPart, plan: Plan, values: InstallationValues): ReadyPart {
  const { kind, key } = part;
  try {
    const given = withInstallation(part.raw, values);
    switch (kind) {
      case 'agent':
        return { kind, key, profile: profileOf(TemplateAgent.parse(given), plan) };
      case 'workflow': {
        const { name, description, definition } = TemplateWorkflow.parse(given);
        const details = { name: namedFor(plan, name), description, is_template: false, config: originOf(plan, key) };
        return { kind, key, workflow: { ...details, definition: WorkflowDefinition.parse(definition) } };
      }
      case 'trigger': {
        const { name, description, config, action, throttle } = TemplateTrigger.parse(given);
        const terms = { name: namedFor(plan, name), description, config, action, throttle, enabled: true };
        // Its secret would be shown to nobody.
        if (config['type'] === 'webhook') throw new PartError('a template makes no webhook triggers');
        return { kind, key, terms: TriggerTerms.parse(terms) };
      }
    }
  } catch (error) {
    if (error instanceof PartError) throw error;
    throw new PartError(`${kind} '${key}': ${reasonOf(error)}`, { cause: error });
  }
}

const DEFAULT_CONCURRENCY = 4;

function profileOf(agent: TemplateAgent, plan: Plan): AgentProfile {
  const { name, type, capabilities, tags = [], max_concurrent_tasks = DEFAULT_CONCURRENCY } = agent;
  const { description = '', role = '', llm_provider = '', llm_model = '', system_prompt = '' } = agent;
  const { heartbeat_interval_seconds, version } = plan;
  return AgentProfile.parse({
    ...{ name: namedFor(plan, name), agent_type: type, capabilities, tags, max_concurrent_tasks },
    ...{ services: [], endpoints: {}, metadata: originOf(plan, agent.key), heartbeat_interval_seconds },
    version: String(version),
    details: {
      ...NO_DETAILS,
      ...{ description, role, llm_provider, llm_model, system_prompt },
      worker_id: agent.worker_id || null,
    },
  });
}

/** Where it comes from, for whoever finds it. */
const originOf = ({ template_id, version }: Plan, key: string) => ({ template: template_id, version, part: key });

const namedFor = ({ name }: Plan, own: string): string => (name === null ? own : `${name}: ${own}`);

const MAX_REASON = 500;

function reasonOf(error: unknown): string {
  const issues = (error as { issues?: readonly { path: readonly PropertyKey[]; message: string }[] }).issues;
  const [issue] = issues ?? [];
  if (issue) return `${issue.path.map(String).join('.')} ${issue.message}`.slice(0, MAX_REASON);
  if (error instanceof ExpressionError) return error.message.slice(0, MAX_REASON);
  throw error;
}
