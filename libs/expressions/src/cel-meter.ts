import type { ASTNode } from '@marcbachmann/cel-js';

/**
 * What one evaluation may cost: a unit for each step, and more for what is long. An event with some thousand values takes
 * a condition over all of them; a list in a list in a list of them does not get far. Spent in some milliseconds.
 */
const BUDGET = 50_000;

let left = 0;

/** One object for all: made thousands of times within a loop that goes on over errors, a stack each would cost too much. */
let spent = new Error();

/** For what takes longer than its values show. @throws when nothing is left */
export function spend(units: number): void {
  left -= units;
  if (left < 0) throw spent;
}

/**
 * Works out a metered expression, or several on one budget; not within another.
 * @throws when it costs more than its budget, whatever `||`, `&&` and the macros made of it
 */
export function withinBudget(evaluate: () => unknown, budget = BUDGET): unknown {
  left = budget;
  // Fields that are not there are daily business: where in the library that was found out would cost more than all the rest.
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  spent = new Error(`it takes more than ${budget.toLocaleString('en')} steps`);
  try {
    const value = evaluate();
    if (left < 0) throw spent;
    return value;
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

type Evaluate = (evaluator: unknown, node: ASTNode, context: unknown) => unknown;

/** The parts of a checked expression, macros expanded, the expression itself first. */
export function partsOf(root: ASTNode): Set<ASTNode> {
  const parts = new Set<ASTNode>();
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(visit);
    else if (isNode(value)) {
      if (parts.has(value)) return;
      parts.add(value);
      visit(value.args);
      visit(value.meta.alternate);
      visit(value.meta.macro?.args);
    } else if (typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype) {
      Object.values(value).forEach(visit);
    }
  };
  visit(root);
  return parts;
}

export type MeteredNode = ASTNode & { meta: { alternate?: ASTNode; macro?: { args?: unknown } }; evaluate: Evaluate };

function isNode(value: unknown): value is MeteredNode {
  return typeof value === 'object' && value !== null && 'op' in value && 'evaluate' in value && 'meta' in value;
}

const COMPARES: ReadonlySet<string> = new Set(['==', '!=', 'in']);
/** Hand on what was weighed before: the list that a macro builds up, with each of its elements. */
const HANDS_ON: ReadonlySet<string> = new Set(['accuPush', 'accuValue', 'accuInc', '?:']);

/** Makes every part of a checked expression count what it does. The library replaces `evaluate` at first use, so that is kept. */
export function meter(root: ASTNode): void {
  const parts = partsOf(root);
  const compared = new Set<unknown>();
  for (const { op, args } of parts) if (COMPARES.has(op)) (args as unknown[]).forEach((side) => compared.add(side));
  for (const part of parts as Set<MeteredNode>) {
    let evaluate: Evaluate = part.evaluate;
    const deep = compared.has(part);
    const weighed = !HANDS_ON.has(part.op);
    const slow = part.op === 'rcall' && /^get/.test(String(part.args[0])) ? 100 : 1;
    const metered: Evaluate = (evaluator, node, context) => {
      spend(slow);
      const value = evaluate.call(part, evaluator, node, context);
      if (weighed) weigh(value, deep);
      return value;
    };
    Object.defineProperty(part, 'evaluate', { get: () => metered, set: (next: Evaluate) => (evaluate = next) });
  }
}

/** What it costs to look at a value: at all of it where it is compared. */
function weigh(value: unknown, deep: boolean): void {
  if (typeof value === 'string') spend(value.length >> 6);
  else if (typeof value === 'object' && value !== null) {
    const items = value instanceof Map ? value.values() : Array.isArray(value) ? value : undefined;
    if (!items) return;
    spend((value instanceof Map ? value.size : (value as unknown[]).length) >> 2);
    if (deep) for (const item of items) weigh(item, true);
  }
}
