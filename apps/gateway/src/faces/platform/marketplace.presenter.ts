import {
  dependenciesOf,
  type describeTemplate,
  type InstallationDocument,
  type PartKind,
  type ResultOf,
} from '@ao/contracts';
import type { ShownInstallationDto, ShownTemplateDto } from './marketplace.schemas';

export function presentTemplate({ template, versions }: ResultOf<typeof describeTemplate>): ShownTemplateDto {
  const { id, version, name, description, category, tags, parameters, agents, workflows, triggers } = template;
  return {
    ...{ id, version, versions, name, description, category, tags, parameters },
    agents: agents.map(({ key, name, type, capabilities }) => ({ key, name, type, capabilities })),
    workflows: workflows.map(({ key, name, description, definition }) => ({
      ...{ key, name, description, definition },
      picture: pictureOf(definition),
    })),
    triggers: triggers.map(({ key, name, description, config }) => ({
      ...{ key, name, description, type: String(config['type']) },
    })),
  };
}

/** A step as a file has it: whether it is one was checked when the release was made. */
interface WrittenStep {
  readonly key: string;
  readonly name: string;
  readonly type: string;
  readonly depends_on?: readonly string[];
  readonly order?: number;
  readonly condition?: {
    readonly expression: string;
    readonly then?: readonly string[];
    readonly else?: readonly string[];
  };
  readonly task?: { readonly type: string };
  readonly map?: { readonly step: WrittenStep };
  readonly parallel?: { readonly steps: readonly WrittenStep[] };
}

/**
 * The steps as text, a line each, in the order of the file:
 *
 *     split      task documents.split
 *     summarise  map of task documents.summarise  after split
 */
export function pictureOf(definition: Readonly<Record<string, unknown>>): string {
  const steps = definition['steps'] as readonly (WrittenStep & Parameters<typeof dependenciesOf>[0][number])[];
  const before = dependenciesOf(steps);
  const width = Math.max(...steps.map(({ key }) => key.length));
  return steps
    .map((step) => {
      const after = before.get(step.key) ?? [];
      return `${step.key.padEnd(width)}  ${doingOf(step)}${after.length > 0 ? `  after ${after.join(', ')}` : ''}`;
    })
    .join('\n');
}

function doingOf({ type, task, map, parallel, condition }: WrittenStep): string {
  if (task) return `task ${task.type}`;
  if (map) return `map of ${doingOf(map.step)}`;
  if (parallel) return `parallel: ${parallel.steps.map(doingOf).join(', ')}`;
  if (!condition) return type;
  const branch = (word: string, keys: readonly string[] = []) =>
    keys.length > 0 ? `, ${word} ${keys.join(', ')}` : '';
  return `if ${condition.expression}${branch('then', condition.then)}${branch('else', condition.else)}`;
}

export function presentInstallation(installation: InstallationDocument): ShownInstallationDto {
  const { installation_id: id, template_id, template_name, version, name, status, parameters } = installation;
  const { made, failure, installed_by, started_at: created_at, updated_at } = installation;
  const of = (kind: PartKind) => made.filter((part) => part.kind === kind);
  return {
    ...{ id, template_id, template_name, version, name, status, parameters },
    agents: of('agent').map((part) => ({ key: part.key, agent_id: part.id })),
    workflows: of('workflow').map((part) => ({ key: part.key, workflow_id: part.id })),
    triggers: of('trigger').map((part) => ({ key: part.key, trigger_id: part.id })),
    ...{ failure, installed_by, created_at, updated_at },
  };
}
