import { compileCel, dynamicEnvironment, reasonOf, refusal, type CelError, type Compiled } from './cel';
import { spend, withinBudget } from './cel-meter';
import { jsonValue, take, textOf, type Room } from './cel-values';
import { celVariables, MAX_RESULT_BYTES } from './expression';
import { ExpressionError } from './expression-error';
import { piecesOf, type Piece } from './template-pieces';

/** The expressions that one input may hold, and the levels of its objects and arrays. */
const MAX_EXPRESSIONS = 200;
const MAX_DEPTH = 32;
/** All expressions of an input together. */
const MAX_STEPS = 200_000;

/** The place in the input, as a JSON pointer ('' for a string by itself); line and column of the string are in `error`. */
export interface CelInputError extends CelError {
  readonly pointer: string;
}

/** JSON in which strings hold `${{ expression }}`. */
export interface CompiledInput {
  readonly ok: true;
  /** The variables that its expressions use. */
  readonly names: ReadonlySet<string>;
  /** As of `CelExpression`, of all its expressions together. */
  references(variable: string): ReadonlySet<string> | null;
  /**
   * The JSON with every expression worked out, of `maxBytes` at most (128 KiB unless told otherwise).
   * @throws ExpressionError with the pointer of the expression that cannot be worked out
   */
  resolve(values: Readonly<Record<string, unknown>>, options?: { maxBytes?: number }): unknown;
}

/** Gives the value over CEL's variables. */
type Node = (variables: Record<string, unknown>, room: Room) => unknown;

/**
 * Compiles every string of a JSON value, keys never. A string that is one expression and nothing else gives the typed value
 * of it; in any other the values are put in as text (nothing for null, compact JSON for maps and lists), as the expressions
 * of GitHub's workflows do (https://docs.github.com/actions/reference/workflows-and-actions/expressions).
 */
export function compileInput(json: unknown, variables: readonly string[]): CompiledInput | CelInputError {
  const env = dynamicEnvironment(variables);
  const expressions: Compiled[] = [];
  class Refused extends Error {
    constructor(readonly error: CelInputError) {
      super(error.error);
    }
  }
  const refuse = (pointer: string, { error }: CelError): never => {
    throw new Refused({ ok: false, error, pointer });
  };

  function compileString(text: string, pointer: string): Node {
    const pieces = piecesOf(text);
    if ('ok' in pieces) return refuse(pointer, pieces);
    const compiled = pieces.map((piece: Piece) => {
      if (typeof piece === 'string') return piece;
      const expression = compileCel(piece.expression, env, { text, offset: piece.offset });
      if (!expression.ok) return refuse(pointer, expression);
      if (expressions.push(expression) > MAX_EXPRESSIONS)
        return refuse(pointer, refusal(`must not hold more than ${MAX_EXPRESSIONS} expressions`));
      return expression;
    });
    const at = <T>(work: () => T): T => {
      try {
        const done = work();
        // What `||` and `&&` made of having no step left is no value.
        spend(0);
        return done;
      } catch (error) {
        throw new ExpressionError(`${reasonOf(error)} (at ${pointer || 'the text'})`, pointer);
      }
    };
    const [only] = compiled;
    if (compiled.length === 1 && typeof only === 'object')
      return (values, room) => at(() => jsonValue(only.evaluate(values), room));
    return (values, room) =>
      at(() => {
        let whole = '';
        for (const piece of compiled) whole += typeof piece === 'string' ? piece : textOf(piece.evaluate(values), room);
        return jsonValue(whole, room);
      });
  }

  function compileValue(value: unknown, pointer: string, depth: number): Node {
    if (depth > MAX_DEPTH) return refuse(pointer, refusal(`must not be nested more than ${MAX_DEPTH} levels deep`));
    if (typeof value === 'string') return compileString(value, pointer);
    if (Array.isArray(value)) {
      const items = value.map((item, index) => compileValue(item, `${pointer}/${index}`, depth + 1));
      return (values, room) => {
        take(room, 2 + items.length);
        return items.map((item) => item(values, room));
      };
    }
    if (typeof value === 'object' && value !== null) {
      const entries = Object.entries(value).map(([key, of]) => {
        const escaped = key.replaceAll('~', '~0').replaceAll('/', '~1');
        return [key, compileValue(of, `${pointer}/${escaped}`, depth + 1)] as const;
      });
      return (values, room) => {
        take(room, 2);
        return Object.fromEntries(
          entries.map(([key, of]) => {
            take(room, Buffer.byteLength(key) + 4);
            return [key, of(values, room)];
          }),
        );
      };
    }
    return (_, room) => jsonValue(value, room);
  }

  try {
    const root = compileValue(json, '', 0);
    const known = new Set(variables);
    return {
      ok: true,
      names: new Set(expressions.flatMap(({ names }) => [...names].filter((name) => known.has(name)))),
      references(variable) {
        const all = expressions.map((expression) => expression.references(variable));
        return all.includes(null) ? null : new Set(all.flatMap((keys) => [...keys!]));
      },
      resolve(values, { maxBytes = MAX_RESULT_BYTES } = {}) {
        try {
          return withinBudget(() => root(celVariables(expressions, values), { bytes: maxBytes }), MAX_STEPS);
        } catch (error) {
          if (error instanceof ExpressionError) throw error;
          throw new ExpressionError(reasonOf(error));
        }
      },
    };
  } catch (error) {
    if (error instanceof Refused) return error.error;
    throw error;
  }
}
