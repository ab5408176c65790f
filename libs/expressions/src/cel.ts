import { Environment, type ASTNode } from '@marcbachmann/cel-js';
import { matchInLinearTime } from './cel-matches';
import { meter, partsOf } from './cel-meter';

export interface CelError {
  readonly ok: false;
  /** One line, with line and column of the text. */
  readonly error: string;
}

/** An expression that was parsed, checked and metered. */
export interface Compiled {
  readonly ok: true;
  /** Of its variables, those of its macros among them. */
  readonly names: ReadonlySet<string>;
  readonly type: string;
  /** See `CelExpression`. */
  references(variable: string): ReadonlySet<string> | null;
  /** Over CEL's values; to be called within a budget (`withinBudget`), and metered there. */
  evaluate(variables: Record<string, unknown>): unknown;
}

const MAX_LENGTH = 8_000;
const LIMITS = { maxAstNodes: 500, maxDepth: 32, maxListElements: 200, maxMapEntries: 200, maxCallArguments: 8 };

/** What expressions may call: nothing that knows a clock, an environment or a random number. */
const FUNCTIONS: ReadonlySet<string> = new Set(
  (
    'has all exists exists_one map filter size matches contains startsWith endsWith lowerAscii upperAscii trim indexOf lastIndexOf ' +
    'substring split join int uint double string bool dyn type timestamp duration getFullYear getMonth getDate ' +
    'getDayOfMonth getDayOfWeek getDayOfYear getHours getMinutes getSeconds getMilliseconds optional of none or orValue ' +
    'hasValue value optMap optFlatMap ofNonZeroValue'
  ).split(' '),
);

export const TIME = 'google.protobuf.Timestamp';

/** The language without any variable. */
export function baseEnvironment(): Environment {
  const env = new Environment({ enableOptionalTypes: true, homogeneousAggregateLiterals: false, limits: LIMITS })
    .registerFunction(`string(${TIME}): string`, (time: Date) => time.toISOString())
    .registerFunction('string(google.protobuf.Duration): string', String);
  // In JSON 2 and 2.5 are numbers of one kind: they reckon together.
  const mixed: Record<string, (a: number, b: number) => number> = {
    '+': (a, b) => a + b,
    '-': (a, b) => a - b,
    '*': (a, b) => a * b,
    '/': (a, b) => a / b,
  };
  for (const [operator, reckon] of Object.entries(mixed)) {
    env.registerOperator(`int ${operator} double: double`, (a: bigint, b: number) => reckon(Number(a), b));
    env.registerOperator(`double ${operator} int: double`, (a: number, b: bigint) => reckon(a, Number(b)));
  }
  return env;
}

const dynamic = new Map<string, Environment>();
/** Programs have a handful of sets of variables. */
const MAX_DYNAMIC = 64;

/** The language with variables of any type. */
export function dynamicEnvironment(variables: readonly string[]): Environment {
  const key = variables.join(' ');
  let env = dynamic.get(key);
  if (env) return env;
  env = baseEnvironment();
  for (const variable of variables) env.registerVariable(variable, 'dyn');
  if (dynamic.size >= MAX_DYNAMIC) dynamic.delete(dynamic.keys().next().value!);
  dynamic.set(key, env);
  return env;
}

/** `MAX_LENGTH` and `LIMITS` bound the text, the meter what it does. `within`: where it stands in a longer text. */
export function compileCel(text: string, env: Environment, within = { text, offset: 0 }): Compiled | CelError {
  if (text.length > MAX_LENGTH) return refusal(`must not be longer than ${MAX_LENGTH} characters`);
  const place = (error: unknown) => {
    const { range } = error as { range?: { start: number } };
    return refusal(reasonOf(error), within.text, within.offset + (range?.start ?? 0));
  };
  try {
    const parsed = env.parse(text);
    const root = parsed.ast as ASTNode;
    for (const { op, args, start } of partsOf(root)) {
      const name = op === 'call' || op === 'rcall' ? args[0] : undefined;
      if (name === undefined || FUNCTIONS.has(name)) continue;
      return refusal(`there is no function ${name}()`, within.text, within.offset + start);
    }
    const checked = parsed.check();
    if (!checked.valid) return place(checked.error);
    for (const part of partsOf(root)) {
      if (part.op !== 'rcall' || part.args[0] !== 'matches') continue;
      try {
        matchInLinearTime(part);
      } catch (error) {
        return refusal(reasonOf(error), within.text, within.offset + part.start);
      }
    }
    const parts = [...partsOf(root)];
    const names = new Set(parts.filter((part) => part.op === 'id').map(({ args }) => args));
    meter(root);
    return {
      ok: true,
      names,
      type: checked.type ?? 'dyn',
      references: (variable) => referencesOf(parts, variable),
      evaluate: (variables) => parsed(variables) as unknown,
    };
  } catch (error) {
    return place(error);
  }
}

function referencesOf(parts: readonly ASTNode[], variable: string): ReadonlySet<string> | null {
  const keys = new Set<string>();
  const selected = new Set<ASTNode>();
  for (const { op, args } of parts) {
    if (op !== '.' && op !== '.?' && op !== '[]' && op !== '[?]') continue;
    const [of, key] = args;
    const name = typeof key === 'string' ? key : key.op === 'value' ? key.args : undefined;
    if (of.op !== 'id' || of.args !== variable || typeof name !== 'string') continue;
    keys.add(name);
    selected.add(of);
  }
  const dynamically = parts.some((part) => part.op === 'id' && part.args === variable && !selected.has(part));
  return dynamically ? null : keys;
}

/** What the library says, without the excerpt that it adds in further lines. */
export function reasonOf(error: unknown): string {
  const { summary, message } = error as { summary?: string; message: string };
  return (summary ?? message).split('\n', 1)[0]!.slice(0, 300);
}

export function refusal(reason: string, text?: string, offset = 0): CelError {
  if (text === undefined) return { ok: false, error: reason };
  const before = text.slice(0, offset).split('\n');
  return { ok: false, error: `${reason} (line ${before.length}, column ${before.at(-1)!.length + 1})` };
}
