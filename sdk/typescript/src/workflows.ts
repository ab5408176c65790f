import { camelKeys, snakeKeys } from './casing';
import type { CallOptions, HttpTransport, WriteOptions } from './http';
import { everyPage } from './paging';
import { RunsApi, runOf, type Run, type SignalSent } from './runs';
import type { JsonObject, Priority } from './types';
import type { WorkflowBuilder } from './workflow-builder';
import type { WorkflowDefinition, WorkflowStep } from './workflow-definition';

export interface WorkflowTerms {
  readonly name: string;
  readonly description?: string;
  /** Made to be copied rather than run; it can be run all the same. */
  readonly isTemplate?: boolean;
  /** The caller's own. */
  readonly config?: JsonObject;
  /** Its names are never renamed: what `workflow(…).definition()` gives, or a YAML file holds. */
  readonly definition?: WorkflowDefinition;
}

export interface ListedWorkflow extends Required<Omit<WorkflowTerms, 'definition'>> {
  readonly id: string;
  readonly status: string;
  /** The newest. */
  readonly version: number;
  readonly stepCount: number;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface Workflow extends ListedWorkflow {
  /** Of the newest version; its steps also say for which others they wait (`waits_for`). */
  readonly definition: WorkflowDefinition;
}

export interface ListedWorkflowVersion {
  readonly version: number;
  readonly createdAt: string;
}

export interface WorkflowVersion extends ListedWorkflowVersion {
  readonly id: string;
  readonly definition: WorkflowDefinition;
}

export interface WorkflowFilter {
  readonly isTemplate?: boolean;
  /** In the name, whatever its case. */
  readonly search?: string;
}

/** Where a definition is wrong. */
export interface DefinitionProblem {
  /** JSON pointer within the definition. */
  readonly pointer: string;
  readonly code: string;
  readonly message: string;
  /** The step that it is about. */
  readonly step?: string;
}

export interface Execution {
  readonly parameters?: JsonObject;
  /** Of the tasks whose steps do not say one. */
  readonly priority?: Priority;
  /** Default: the newest. */
  readonly version?: number;
}

const PATH = '/api/v1/workflows';
const pathOf = (id: string, rest = '') => `${PATH}/${encodeURIComponent(id)}${rest}`;

/** `client.workflows`: what is to be done in many steps; `client.workflows.runs`: what became of it. */
export class WorkflowsApi {
  readonly runs: RunsApi;

  constructor(private readonly http: HttpTransport) {
    this.runs = new RunsApi(http);
  }

  /** A page at a time. */
  async list(
    page: WorkflowFilter & { readonly limit?: number; readonly offset?: number } = {},
    options: CallOptions = {},
  ): Promise<ListedWorkflow[]> {
    const query = { ...(snakeKeys(page) as Record<string, string>), at_least: this.http.position || undefined };
    const answer = await this.http.json<object[]>({ ...options, method: 'GET', path: PATH, query });
    return answer.map((workflow) => camelKeys<ListedWorkflow>(workflow));
  }

  /** All of them, page by page. */
  iterate(filter: WorkflowFilter = {}, options: CallOptions = {}): AsyncGenerator<ListedWorkflow, void, undefined> {
    return everyPage(
      (page) => this.list({ ...filter, ...page }, options),
      ({ id }) => id,
    );
  }

  /** With its newest definition. @throws NotFoundError */
  async get(workflowId: string, options: CallOptions = {}): Promise<Workflow> {
    const query = { at_least: this.http.position || undefined };
    return definedBy<Workflow>(
      await this.http.json<object>({ ...options, method: 'GET', path: pathOf(workflowId), query }),
    );
  }

  /** Version 1 of a workflow. @throws InvalidRequestError, which names the step that is wrong */
  async create(terms: WorkflowTerms | WorkflowBuilder, options: WriteOptions = {}): Promise<Workflow> {
    return definedBy<Workflow>(
      await this.http.json<object>({ ...options, method: 'POST', path: PATH, body: bodyOf(terms) }),
    );
  }

  /**
   * What is absent stays as it is; a definition that says something else than the newest becomes the next version. Runs stay
   * on theirs. @throws InvalidRequestError, NotFoundError
   */
  async update(
    workflowId: string,
    changes: Partial<WorkflowTerms> | WorkflowBuilder,
    options: WriteOptions = {},
  ): Promise<Workflow> {
    const body = bodyOf(changes);
    return definedBy<Workflow>(
      await this.http.json<object>({ ...options, method: 'PUT', path: pathOf(workflowId), body }),
    );
  }

  /** Adds one step at the end, as the next version. @throws InvalidRequestError, NotFoundError, ConflictError */
  async addStep(workflowId: string, step: WorkflowStep, options: WriteOptions = {}): Promise<Workflow> {
    const path = pathOf(workflowId, '/steps');
    return definedBy<Workflow>(await this.http.json<object>({ ...options, method: 'POST', path, body: step }));
  }

  /** The newest first, a page at a time. @throws NotFoundError */
  async versions(
    workflowId: string,
    page: { readonly limit?: number; readonly offset?: number } = {},
    options: CallOptions = {},
  ): Promise<ListedWorkflowVersion[]> {
    const query = { ...page, at_least: this.http.position || undefined };
    const path = pathOf(workflowId, '/versions');
    const answer = await this.http.json<object[]>({ ...options, method: 'GET', path, query });
    return answer.map((version) => camelKeys<ListedWorkflowVersion>(version));
  }

  /** One version, with its definition. @throws NotFoundError */
  async version(workflowId: string, version: number, options: CallOptions = {}): Promise<WorkflowVersion> {
    const query = { at_least: this.http.position || undefined };
    const path = pathOf(workflowId, `/versions/${version}`);
    return definedBy<WorkflowVersion>(await this.http.json<object>({ ...options, method: 'GET', path, query }));
  }

  /** Everything that is wrong with a definition. Nothing is kept. */
  async validate(definition: WorkflowDefinition, options: CallOptions = {}): Promise<DefinitionProblem[]> {
    const request = { ...options, method: 'POST' as const, path: `${PATH}/validate`, repeatable: true };
    return (await this.http.json<{ errors: DefinitionProblem[] }>({ ...request, body: definition })).errors;
  }

  /** Its runs go on, and stay. @throws NotFoundError */
  async remove(workflowId: string, options: WriteOptions = {}): Promise<void> {
    await this.http.json({ ...options, method: 'DELETE', path: pathOf(workflowId) });
  }

  /** Starts a run. @throws NotFoundError; InvalidRequestError for parameters that do not meet the version's JSON Schema */
  async execute(workflowId: string, execution: Execution = {}, options: WriteOptions = {}): Promise<Run> {
    const path = pathOf(workflowId, '/execute');
    const body = snakeKeys(execution);
    return runOf(await this.http.json<object>({ ...options, method: 'POST', respondAsync: true, path, body }));
  }

  /** To whichever run waits, or will wait, for this name and correlation. */
  async signal(
    signal: { readonly name: string; readonly correlation: string; readonly payload?: unknown },
    options: WriteOptions = {},
  ): Promise<SignalSent> {
    const request = { ...options, method: 'POST' as const, path: `${PATH}/signals` };
    return camelKeys(await this.http.json<object>({ ...request, body: { payload: null, ...signal } }));
  }
}

/** The API has a definition's fields beside the others. */
const DEFINITION = ['parameters', 'steps', 'output', 'on_failure', 'timeout_seconds', 'max_parallel'];

function bodyOf(terms: Partial<WorkflowTerms> | WorkflowBuilder): Record<string, unknown> {
  if (typeof terms.definition === 'function') {
    const { name, description } = terms;
    return { ...snakeKeys({ name, description }), ...terms.definition() };
  }
  const { definition, ...rest } = terms as Partial<WorkflowTerms>;
  return { ...snakeKeys(rest), ...definition };
}

function definedBy<Kind extends Workflow | WorkflowVersion>(wire: object): Kind {
  const [ofDefinition, rest] = [true, false].map((is) =>
    Object.fromEntries(Object.entries(wire).filter(([field]) => DEFINITION.includes(field) === is)),
  );
  return { ...camelKeys<Kind>(rest!), definition: ofDefinition as unknown as WorkflowDefinition };
}
