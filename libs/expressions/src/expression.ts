import { compileCel, dynamicEnvironment, reasonOf, type CelError, type Compiled } from './cel';
import { withinBudget } from './cel-meter';
import { celValue, jsonValue } from './cel-values';
import { ExpressionError } from './expression-error';

/** Of what an expression gives, unless told otherwise. */
export const MAX_RESULT_BYTES = 128 * 1024;

/** An expression over plain JSON. */
export interface CelExpression {
  readonly ok: true;
  /** The variables that it uses, of those it was compiled with. */
  readonly names: ReadonlySet<string>;
  /**
   * The first selectors below a variable: of `steps.build.output` that is `build`. Null where they cannot be told from the
   * text, as of `steps[item]` or `size(steps)`.
   */
  references(variable: string): ReadonlySet<string> | null;
  /**
   * The value over plain JSON, as plain JSON of `maxBytes` at most: times in ISO 8601, optionals as what they hold (null
   * for none). Whole numbers of JSON are ints, and ints reckon with doubles.
   * @throws ExpressionError for a field that is not there, too many steps, a whole number that JSON's readers do not keep
   * exact, or a value that is too large or no JSON
   */
  evaluate(values: Readonly<Record<string, unknown>>, options?: { maxBytes?: number }): unknown;
}

/** Compiles one expression over `variables`, each of any type. All other names are refused. */
export function compileExpression(text: string, variables: readonly string[]): CelExpression | CelError {
  const compiled = compileCel(text, dynamicEnvironment(variables));
  if (!compiled.ok) return compiled;
  const known = new Set(variables);
  return {
    ok: true,
    names: new Set([...compiled.names].filter((name) => known.has(name))),
    references: (variable) => compiled.references(variable),
    evaluate(values, { maxBytes = MAX_RESULT_BYTES } = {}) {
      try {
        return jsonValue(
          withinBudget(() => compiled.evaluate(celVariables([compiled], values))),
          { bytes: maxBytes },
        );
      } catch (error) {
        throw new ExpressionError(reasonOf(error));
      }
    },
  };
}

/** What the expressions name of `values`, in CEL's values. */
export function celVariables(
  compiled: Iterable<Pick<Compiled, 'names'>>,
  values: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const variables: Record<string, unknown> = {};
  for (const { names } of compiled)
    for (const name of names)
      if (Object.hasOwn(values, name) && !Object.hasOwn(variables, name) && values[name] !== undefined)
        variables[name] = celValue(values[name]);
  return variables;
}
