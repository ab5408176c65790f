import type { RunDocument, RunNode, StepFailure } from '@ao/contracts';
import {
  compileExpression,
  compileInput,
  ExpressionError,
  type CelExpression,
  type CelError,
  type CelInputError,
  type CompiledInput,
} from '@ao/expressions';
import type { Doing } from './run.plan';

const RUN_VARIABLES = ['parameters', 'steps', 'run'];
const ITEM_VARIABLES = [...RUN_VARIABLES, 'item', 'index'];

/** What expressions are worked out over. */
export interface Scope {
  readonly run: RunDocument;
  /** Absent: the output of the run. */
  readonly doing?: Doing;
}

/** The compiled expressions of one definition, each compiled when it is needed first. */
export class RunInputs {
  private readonly inputs = new Map<string, CompiledInput | CelInputError>();
  private readonly expressions = new Map<string, CelExpression | CelError>();

  /** JSON in whose texts `${{ }}` stands for values; `field` says in a failure's message what it is. */
  resolve(field: string, json: unknown, scope: Scope): { readonly value: unknown } | StepFailure {
    const place = `${scope.doing?.place ?? ''}#${field}`;
    let compiled = this.inputs.get(place);
    if (!compiled) this.inputs.set(place, (compiled = compileInput(json, variablesOf(scope))));
    if (!compiled.ok) return failed(`${field}${compiled.pointer}`, compiled.error);
    try {
      return { value: compiled.resolve(valuesFor(compiled, scope)) };
    } catch (error) {
      return thrown(field, error);
    }
  }

  /** Whether a condition holds. */
  holds(field: string, text: string, scope: Scope): { readonly value: boolean } | StepFailure {
    const place = `${scope.doing?.place ?? ''}#${field}`;
    let compiled = this.expressions.get(place);
    if (!compiled) this.expressions.set(place, (compiled = compileExpression(text, variablesOf(scope))));
    if (!compiled.ok) return failed(field, compiled.error);
    try {
      const value = compiled.evaluate(valuesFor(compiled, scope));
      return typeof value === 'boolean' ? { value } : failed(field, 'it must give true or false');
    } catch (error) {
      return thrown(field, error);
    }
  }
}

/** Texts of failures as events take them. */
export const clipped = (message: string, length = 4_096): string =>
  message.length <= length ? message : message.slice(0, length).toWellFormed();

export const failed = (field: string, why: string): StepFailure => ({
  class: 'expression_failed',
  message: clipped(`${field} cannot be worked out: ${why}`),
});

function thrown(field: string, error: unknown): StepFailure {
  if (!(error instanceof ExpressionError)) throw error;
  const at = error.pointer === undefined ? '' : ` (at ${error.pointer || 'the text'})`;
  const why = error.message.endsWith(at) ? error.message.slice(0, error.message.length - at.length) : error.message;
  return failed(`${field}${error.pointer ?? ''}`, why);
}

const variablesOf = ({ doing }: Scope) => (doing?.item === undefined ? RUN_VARIABLES : ITEM_VARIABLES);

type Compiled = Pick<CompiledInput, 'names' | 'references'>;

/** No more than is asked for: what steps gave may be large. */
function valuesFor(compiled: Compiled, { run, doing }: Scope): Record<string, unknown> {
  const { run_id: id, workflow_id, version, started_at, parameters } = run;
  const values: Record<string, unknown> = { parameters, run: { id, workflow_id, version, started_at } };
  if (compiled.names.has('steps')) values.steps = stepsFor(compiled.references('steps'), run, doing);
  if (doing?.item !== undefined) {
    const work = run.nodes[doing.step.key]?.work;
    values.item = work?.type === 'map' ? work.items[doing.item] : null;
    values.index = doing.item;
  }
  return values;
}

/** Those that have ended; a compensation within a parallel or map has its own node by its own key. */
function stepsFor(keys: ReadonlySet<string> | null, run: RunDocument, doing: Doing | undefined): object {
  const steps: Record<string, unknown> = {};
  const names = keys ?? Object.keys(run.nodes).filter((name) => !name.includes('/') && !name.includes(':'));
  for (const name of names) if (Object.hasOwn(run.nodes, name)) put(steps, name, run.nodes[name]!);
  if (doing?.undoes !== undefined && doing.undoes !== doing.step.key) {
    const { type, ...of } = doing.step.step as { type: string; map?: { step: { key: string } } };
    const own = type === 'map' ? of.map!.step.key : doing.undoes.slice(doing.step.key.length + 1);
    put(steps, own, run.nodes[doing.undoes]!);
  }
  return steps;
}

function put(steps: Record<string, unknown>, key: string, { status, output, failure }: RunNode): void {
  if (status === 'running' || status === 'waiting') return;
  steps[key] = { status, output: output ?? null, error: failure ?? null };
}
