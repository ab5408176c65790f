import type { ASTNode } from '@marcbachmann/cel-js';
import { spend, type MeteredNode } from './cel-meter';
import { linearPattern } from './linear-pattern';

/** Steps of a pattern for one of the meter's. */
const STEPS_PER_UNIT = 32;

/**
 * `text.matches('pattern')` over patterns in linear time, in the place of JavaScript's, whose time has no bound.
 * @throws Error for a pattern that is none, or is no literal
 */
export function matchInLinearTime(call: Extract<ASTNode, { op: 'rcall' }>): void {
  const [, receiver, [argument]] = call.args;
  if (argument?.op !== 'value' || typeof argument.args !== 'string')
    throw new Error('matches() takes its pattern as a text between quotes');
  const pattern = linearPattern(argument.args);
  (call as MeteredNode).evaluate = (evaluator, _node, context) => {
    const text = (receiver as MeteredNode).evaluate(evaluator, receiver, context);
    if (typeof text !== 'string') throw new Error('only texts can match a pattern');
    spend(Math.ceil((text.length * pattern.size) / STEPS_PER_UNIT));
    return pattern.test(text);
  };
}
