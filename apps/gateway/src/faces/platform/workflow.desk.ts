import { DefinitionChanges, Step, validateDefinition, WorkflowDefinition, type DefinitionProblem } from '@ao/contracts';
import { isJsonObject } from '@ao/kernel';
import type { z } from 'zod';
import { CommandPath } from '../../commands/command-path';
import type { Caller } from '../../http/call';
import { invalidField, Problem } from '../../http/problem';
import { validationProblem } from '../../http/failures';
import { AgentDirectory } from '../../projections/agents/agent.directory';
import type { UserQueries } from '../../projections/users/user.queries';
import { workflowIds } from '../prefixed-id';
import { namesOf, Places, slugOf, splitBody, stepOf } from './workflow.body';

type JsonObject = Readonly<Record<string, unknown>>;

const INVALID = 'invalid_definition';

/** What came in a body, and where in it each place of the definition stood. */
export interface Taken<Definition> {
  readonly definition: Definition;
  readonly config: Record<string, unknown> | undefined;
  readonly places: Places;
}

/** Reads definitions in the words of callers, and answers in them. */
export class WorkflowDesk {
  constructor(
    private readonly commands: CommandPath,
    private readonly agents: AgentDirectory,
    private readonly users: Pick<UserQueries, 'findMany'>,
  ) {}

  /** @throws Problem 422 for each field that is wrong, by its place in the body */
  whole(caller: Caller, body: object): Promise<Taken<WorkflowDefinition>> {
    // A workflow may begin without steps; they are added one by one.
    return this.taken(caller, body, WorkflowDefinition, { steps: [] });
  }

  /** Everything that is wrong with a definition, by its place in the body: of its shape first, then of what it says. */
  async problemsOf(caller: Caller, body: object): Promise<DefinitionProblem[]> {
    try {
      const { definition, places } = await this.whole(caller, body);
      const { problems } = await this.commands.query(caller, validateDefinition, { definition });
      return problems.map((problem) => ({ ...problem, pointer: places.of(problem.pointer) }));
    } catch (error) {
      const errors = error instanceof Problem && error.status === 422 ? error.options.errors : undefined;
      if (!errors?.length) throw error;
      return errors.map((each) => ({ ...each, code: 'shape' }));
    }
  }

  /** Undefined: the body is not about the definition. */
  async changes(caller: Caller, body: object): Promise<Taken<DefinitionChanges | undefined>> {
    const { definition, ...taken } = await this.taken(caller, body, DefinitionChanges, {});
    return { ...taken, definition: Object.keys(definition).length > 0 ? definition : undefined };
  }

  private async taken<Definition>(
    caller: Caller,
    body: object,
    schema: z.ZodType<Definition>,
    usual: JsonObject,
  ): Promise<Taken<Definition>> {
    const places = new Places();
    const { definition: given, config, twice } = splitBody({ ...body }, places);
    const [pointer] = twice;
    if (pointer !== undefined)
      throw invalidField(pointer, 'must not be given besides the same field outside of config');
    const whole: JsonObject = {
      ...usual,
      ...(schema === (WorkflowDefinition as unknown) ? withoutNulls(given) : given),
    };
    const definition = parsed(schema, whole, '', places);
    await this.resolveIds(caller, definition, '', places);
    return { definition, config, places };
  }

  /** @param steps those that there are, by whose names the new one may speak of them */
  async step(caller: Caller, body: JsonObject, steps: readonly Step[]): Promise<{ step: Step; places: Places }> {
    const places = new Places();
    // From its name alone: whoever sends it again gets the same.
    const key = body['key'] ?? slugOf(body['name']);
    const step = parsed(
      Step,
      stepOf({ ...body, ...(key !== undefined && { key }) }, '', '', places, namesOf(steps)),
      '',
      places,
    );
    await this.resolveIds(caller, step, '', places);
    return { step, places };
  }

  /** Runs a write of a definition; of one that is refused, everything that is wrong is named. */
  async answerFor<Result>(
    caller: Caller,
    { places, definition }: { readonly places: Places; readonly definition?: unknown },
    write: () => Promise<Result>,
  ): Promise<Result> {
    try {
      return await write();
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== INVALID) throw error;
      const whole = WorkflowDefinition.safeParse(definition);
      if (whole.success) {
        const { problems } = await this.commands.query(caller, validateDefinition, { definition: whole.data });
        if (problems.length > 0) {
          const errors = problems.map(({ pointer, message }) => ({ pointer: places.of(pointer), message }));
          throw new Problem(422, INVALID, error.detail, { errors });
        }
      }
      const errors = (error.options.errors ?? []).map(({ pointer, message }) => ({
        pointer: places.of(pointer.replace(/^\/(?:definition|step)(?=\/|$)/, '')),
        message,
      }));
      throw new Problem(422, INVALID, error.detail, { errors });
    }
  }

  /** Ids as any face writes them, and agents' own names for themselves, become the ids that runs know. */
  private async resolveIds(caller: Caller, value: unknown, at: string, places: Places): Promise<void> {
    if (typeof value !== 'object' || value === null) return;
    if (Array.isArray(value)) {
      for (const [index, each] of value.entries()) await this.resolveIds(caller, each, `${at}/${index}`, places);
      return;
    }
    const of = value as Record<string, unknown>;
    // Payloads and bodies are data, whatever they look like.
    if (isJsonObject(of['task']) && of['type'] === 'task')
      await this.resolveAgent(caller, of['task'], `${at}/task`, places);
    if (isJsonObject(of['workflow']) && of['type'] === 'workflow') resolveWorkflow(of['workflow']);
    if (isJsonObject(of['approval']) && of['type'] === 'approval')
      await this.knowApprovers(of['approval'], `${at}/approval`, places);
    for (const inner of ['steps', 'compensation', 'parallel', 'map', 'step'])
      if (of[inner] !== undefined) await this.resolveIds(caller, of[inner], `${at}/${inner}`, places);
  }

  private async resolveAgent(caller: Caller, task: Record<string, unknown>, at: string, places: Places): Promise<void> {
    const { agent_id } = task;
    if (typeof agent_id !== 'string' || agent_id.includes('${{')) return;
    const id = await this.agents.existing(caller, agent_id);
    if (id === undefined) throw invalidField(places.of(`${at}/agent_id`), 'names no agent');
    task['agent_id'] = id;
  }

  /** A run would wait for ever for people who are not there. */
  private async knowApprovers(approval: Record<string, unknown>, at: string, places: Places): Promise<void> {
    const users = approval['users'] as readonly string[];
    const known = await this.users.findMany(users);
    const unknown = users.findIndex((id) => !known.has(id));
    if (unknown >= 0) throw invalidField(places.of(`${at}/users/${unknown}`), 'names no user');
  }
}

function resolveWorkflow(child: Record<string, unknown>): void {
  const { workflow_id } = child;
  if (typeof workflow_id === 'string') child['workflow_id'] = workflowIds.in(workflow_id) ?? workflow_id;
}

/** Null in a new definition is what is not given; an output may well be null. */
function withoutNulls(given: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(given).filter(([field, value]) => value !== null || field === 'output'));
}

function parsed<Definition>(schema: z.ZodType<Definition>, value: unknown, at: string, places: Places): Definition {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const problem = validationProblem(result.error, at);
  const errors = (problem.options.errors ?? []).map(({ pointer, message }) => ({
    pointer: places.of(pointer),
    message,
  }));
  const [first] = errors;
  throw new Problem(422, problem.code, first ? `${first.pointer || 'The body'}: ${first.message}` : problem.detail, {
    errors,
  });
}
