import type { Compensation, DefinitionProblem, InnerStep, Step, WorkflowDefinition } from '@ao/contracts';
import { compileExpression, compileInput } from '@ao/expressions';

/** What expressions of runs know; within a map `item` and `index` too. */
export const RUN_VARIABLES = ['parameters', 'steps', 'run'] as const;
export const ITEM_VARIABLES = [...RUN_VARIABLES, 'item', 'index'] as const;

interface Scope {
  /** Absent: the run's output. */
  readonly step?: string;
  /** Steps whose outcome is known there. */
  readonly before: ReadonlySet<string>;
  readonly item?: boolean;
  /** Of a compensation within a parallel or a map: the inner step that it takes back, whose outcome it knows. */
  readonly inner?: string;
}

type Action = Exclude<Step | InnerStep | Compensation, { readonly type: 'map' | 'parallel' | 'condition' }>;

interface Compiled {
  readonly ok: true;
  references(variable: string): ReadonlySet<string> | null;
}

/** Gathers what is wrong with the expressions of one definition. */
export class InputChecks {
  readonly problems: DefinitionProblem[] = [];
  private readonly keys: ReadonlySet<string>;
  /** The step in which an inner one is. */
  private readonly within = new Map<string, string>();
  private readonly parameters: ReadonlySet<string> | undefined;

  constructor({ steps, parameters }: WorkflowDefinition) {
    this.keys = new Set(steps.map(({ key }) => key));
    for (const step of steps) {
      if (step.type === 'map') this.within.set(step.map.step.key, step.key);
      if (step.type === 'parallel') for (const { key } of step.parallel.steps) this.within.set(key, step.key);
    }
    this.parameters = closedNames(parameters);
  }

  /** CEL without braces. */
  expression(text: string, pointer: string, scope: Scope): void {
    const compiled = compileExpression(text, variablesOf(scope));
    if (compiled.ok) this.references(compiled, pointer, scope);
    else this.notUnderstood(compiled.error, pointer, scope);
  }

  /** JSON in whose texts `${{ CEL }}` stands for values. */
  input(json: unknown, pointer: string, scope: Scope): void {
    const compiled = compileInput(json, variablesOf(scope));
    if (compiled.ok) this.references(compiled, pointer, scope);
    else this.notUnderstood(compiled.error, `${pointer}${compiled.pointer}`, scope);
  }

  /** The texts of what one step does, field by field, so that each that is wrong is named. */
  action(action: Action, pointer: string, scope: Scope): void {
    const of = (action as unknown as Readonly<Record<string, object>>)[action.type] ?? {};
    for (const [name, value] of Object.entries(of)) this.input(value, `${pointer}/${action.type}/${name}`, scope);
  }

  private references(compiled: Compiled, pointer: string, scope: Scope): void {
    for (const key of compiled.references('steps') ?? []) {
      const who = scope.step === undefined ? 'The output' : `Step '${scope.step}'`;
      const outer = this.within.get(key);
      if (key === scope.inner) continue;
      if (!this.keys.has(key)) {
        const where = outer === undefined ? '' : `: what it gives is in steps.${outer}.output`;
        const message = `${who} uses steps.${key}, but there is no such step${where}`;
        this.add(pointer, 'unknown_step', message, scope);
      } else if (!scope.before.has(key)) {
        const why = key === scope.step ? 'it is that step itself' : 'that does not come before it';
        this.add(pointer, 'step_not_before', `${who} uses steps.${key}, but ${why}`, scope);
      }
    }
    if (!this.parameters) return;
    for (const name of compiled.references('parameters') ?? []) {
      if (this.parameters.has(name)) continue;
      const message = `parameters.${name} is used, but the JSON Schema of the parameters allows no '${name}'`;
      this.add(pointer, 'unknown_parameter', message, scope);
    }
  }

  private notUnderstood(error: string, pointer: string, scope: Scope): void {
    const where = scope.step === undefined ? 'the output' : `step '${scope.step}'`;
    this.add(pointer, 'expression_not_understood', `An expression of ${where} cannot be used: ${error}`, scope);
  }

  private add(pointer: string, code: string, message: string, { step }: Scope): void {
    this.problems.push({ pointer, code, message, ...(step !== undefined && { step }) });
  }
}

const variablesOf = ({ item }: Scope) => (item === true ? ITEM_VARIABLES : RUN_VARIABLES);

/** The names that parameters can have, where their schema says that there are no others. */
function closedNames(schema: WorkflowDefinition['parameters']): ReadonlySet<string> | undefined {
  if (schema?.additionalProperties !== false || schema.patternProperties !== undefined) return undefined;
  const { properties } = schema;
  return new Set(typeof properties === 'object' && properties !== null ? Object.keys(properties) : []);
}
