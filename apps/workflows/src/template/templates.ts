import {
  MAX_INSTALLATION_PARAMETERS_BYTES,
  type DataOf,
  type DefinitionProblem,
  type describeTemplate,
  type InstallationDocument,
  type installTemplate,
  type listTemplates,
  type MadePart,
  type Template,
  type uninstallTemplate,
  type WorkflowDefinition,
} from '@ao/contracts';
import type { CommandShell, EventLog } from '@ao/event-log';
import { derivedId, isRejection, reject, type CommandMetadata, type Rejection } from '@ao/kernel';
import { done, type Answer } from '@ao/messaging';
import { whyNot } from '../trigger/trigger.decider';
import { compiledSchema, type SchemaProblem } from '../workflow/parameters-schema';
import { changedParts } from './changed-parts';
import { installationAggregate, unknownInstallation } from './installation.decider';
import { NotNowError, type Installer, type Seen } from './installer';
import type { TemplateCatalogue } from './template.catalogue';
import { PartError, partsOf, readyPart, valuesOf, type Plan, type ReadyPart } from './template.parts';

export interface TemplatesOptions {
  readonly catalogue: () => TemplateCatalogue;
  readonly shell: Pick<CommandShell, 'run'>;
  readonly log: Pick<EventLog, 'readStream'>;
  readonly installer: Pick<Installer, 'look' | 'carryOut'>;
  readonly whyInvalid: (definition: WorkflowDefinition) => readonly DefinitionProblem[];
}

/** The templates there are, and what is made of them. */
export class Templates {
  constructor(private readonly options: TemplatesOptions) {}

  list(filter: DataOf<typeof listTemplates>): Answer<typeof listTemplates> {
    return Promise.resolve(done({ templates: this.options.catalogue().list(filter) }));
  }

  describe({ template_id, version }: DataOf<typeof describeTemplate>): Answer<typeof describeTemplate> {
    const template = this.find(template_id, version);
    if (isRejection(template)) return Promise.resolve(template);
    const versions = this.options
      .catalogue()
      .of(template_id)!
      .map((each) => each.version);
    return Promise.resolve(done({ template, versions }));
  }

  /** Everything is looked at before anything is made: what can be known to be refused makes nothing. */
  async install(data: DataOf<typeof installTemplate>, metadata: CommandMetadata): Answer<typeof installTemplate> {
    const { shell, installer } = this.options;
    // Derived: the same command makes the same installation, whatever templates a later release has.
    const installation_id = derivedId('installation', metadata.command_id);
    const before = (await installer.look(installation_id))?.installation;
    const plan = before ?? this.planOf(data);
    if (isRejection(plan)) return plan;
    const command = { type: 'StartInstallation' as const, data: { ...plan, installation_id }, metadata };
    const started = await shell.run(installationAggregate, installation_id, command, { payload: data });
    if (isRejection(started)) return started;
    const { installation, position } = await this.carriedOut(installation_id);
    const { status, made, failure } = installation;
    if (failure) {
      const left = status === 'undoing' ? 'what was made is being taken away' : 'nothing of it is left';
      const why = `Expected to install template '${data.template_id}', but it was given up, and ${left}: ${failure.reason}`;
      return reject('conflict', 'installation_failed', why);
    }
    const of = (kind: MadePart['kind']) => made.filter((part) => part.kind === kind);
    return done(
      {
        ...{ installation_id, status },
        agents: of('agent').map(({ key, id }) => ({ key, agent_id: id })),
        workflows: of('workflow').map(({ key, id }) => ({ key, workflow_id: id })),
        triggers: of('trigger').map(({ key, id }) => ({ key, trigger_id: id })),
      },
      position,
    );
  }

  private planOf(
    data: DataOf<typeof installTemplate>,
  ): (Plan & Pick<InstallationDocument, 'template_name'>) | Rejection {
    const { name, heartbeat_interval_seconds } = data;
    const template = this.find(data.template_id, data.version);
    if (isRejection(template)) return template;
    const parameters = checkedParameters(template, data.parameters);
    if (isRejection(parameters)) return parameters;
    const { id: template_id, name: template_name, version, agents, workflows, triggers } = template;
    const plan = {
      ...{ template_id, template_name, version, name, parameters, heartbeat_interval_seconds },
      ...{ agents, workflows, triggers },
    };
    const wrong = whyNotPlan(plan, this.options.whyInvalid);
    return wrong === undefined ? plan : invalid(template_id, wrong, '/parameters');
  }

  /** What somebody changes between the look and the end is taken away with the rest. */
  async uninstall(data: DataOf<typeof uninstallTemplate>, metadata: CommandMetadata): Answer<typeof uninstallTemplate> {
    const { shell, log, installer } = this.options;
    const { installation_id, force } = data;
    const seen = await installer.look(installation_id);
    if (!seen) return unknownInstallation(installation_id);
    if (seen.installation.status === 'installed' && !force) {
      const changed = await changedParts(log, seen.installation);
      if (changed.length > 0) return whatChanged(seen.installation, changed);
    }
    const command = { type: 'StartUninstallation' as const, data, metadata };
    const started = await shell.run(installationAggregate, installation_id, command);
    if (isRejection(started)) return started;
    const { installation, position } = await this.carriedOut(installation_id);
    const { status, made, updated_at: at } = installation;
    return done({ installation_id, status, left: [...made] as MadePart[], at }, position);
  }

  /** As far as it can be done now; its timer goes on with the rest. */
  private async carriedOut(installation_id: string): Promise<Seen> {
    const { installer } = this.options;
    try {
      return await installer.carryOut(installation_id);
    } catch (error) {
      const seen = error instanceof NotNowError ? await installer.look(installation_id) : undefined;
      if (!seen) throw error;
      return seen;
    }
  }

  private find(id: string, version?: number): Template | Rejection {
    const versions = this.options.catalogue().of(id);
    if (!versions) return reject('not_found', 'template_not_found', `Expected template '${id}', but there is none`);
    const found = version === undefined ? versions.at(-1) : versions.find((each) => each.version === version);
    if (found) return found;
    const why = `Expected version ${version} of template '${id}', but its newest version is ${versions.at(-1)!.version}`;
    return reject('not_found', 'template_version_not_found', why, '/version');
  }
}

/** With the defaults of the template's schema. */
export function checkedParameters(
  { id, parameters: schema }: Pick<Template, 'id' | 'parameters'>,
  given: Readonly<Record<string, unknown>>,
): Record<string, unknown> | Rejection {
  const bytes = Buffer.byteLength(JSON.stringify(given));
  if (bytes > MAX_INSTALLATION_PARAMETERS_BYTES) {
    const most = MAX_INSTALLATION_PARAMETERS_BYTES;
    const why = `Expected to install template '${id}', but its parameters take ${bytes} bytes and only ${most} are allowed`;
    return reject('too_large', 'parameters_too_large', why, '/parameters');
  }
  const validate = compiledSchema(schema);
  if (typeof validate !== 'function') throw new Error(`the schema of template ${id} cannot be used`);
  const { value, problems } = validate(given);
  const [problem] = [...problems, ...expressionsIn(value)];
  if (problem) return invalid(id, problem.message, `/parameters${problem.pointer}`);
  return value as Record<string, unknown>;
}

/** A value that stands in a definition would be worked out by every run of it. */
function expressionsIn(value: unknown, pointer = ''): SchemaProblem[] {
  if (typeof value === 'string') return value.includes('${{') ? [{ pointer, message: 'must not hold ${{' }] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, each]) =>
    expressionsIn(each, `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`),
  );
}

/** Why it cannot be made of what it was given, as far as that can be known before; undefined: it can. Pure. */
export function whyNotPlan(plan: Plan, whyInvalid: TemplatesOptions['whyInvalid']): string | undefined {
  // Of what is not made yet, some id.
  const made: { kind: string; key: string; id: string }[] = [];
  for (const part of partsOf(plan)) {
    try {
      const wrong = whyNotPart(readyPart(part, plan, valuesOf(plan.parameters, made)), whyInvalid);
      if (wrong !== undefined) return `${part.kind} '${part.key}': ${wrong}`;
    } catch (error) {
      if (error instanceof PartError) return error.message;
      throw error;
    }
    made.push({ kind: part.kind, key: part.key, id: derivedId('template-part', part.kind, part.key) });
  }
  return undefined;
}

function whyNotPart(part: ReadyPart, whyInvalid: TemplatesOptions['whyInvalid']): string | undefined {
  switch (part.kind) {
    case 'agent':
      return undefined;
    case 'workflow': {
      const [first] = whyInvalid(part.workflow.definition);
      return first && `${first.pointer} ${first.message}`;
    }
    case 'trigger': {
      const wrong = whyNot(part.terms);
      return wrong && `${wrong.pointer ?? ''} ${wrong.message}`;
    }
  }
}

function invalid(templateId: string, why: string, pointer: string): Rejection {
  const message = `Expected to install template '${templateId}', but its parameters do not do: ${why}`;
  return reject('invalid', 'invalid_parameters', message, pointer);
}

function whatChanged({ installation_id }: InstallationDocument, changed: readonly MadePart[]): Rejection {
  const which = changed.map(({ kind, key, id }) => `${kind} '${key}' (${id})`).join(', ');
  const why = `Expected to uninstall installation '${installation_id}', but this of it has been changed since: ${which}`;
  return reject('conflict', 'installation_changed', why);
}
