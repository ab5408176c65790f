/**
 * Expressions in CEL (https://github.com/google/cel-spec), bounded in size and in steps, and pure: no clock, no random,
 * nothing of the machine. Over events (`compileCondition`, `compileText`, `compileTemplate`) and over plain JSON
 * (`compileExpression`, `compileInput`).
 */
export type { CelError } from './cel';
export type { CelInput, TaskFacts } from './event-values';
export {
  compileCondition,
  compileTemplate,
  compileText,
  type CelScope,
  type Condition,
  type Template,
} from './event-expressions';
export { compileExpression, type CelExpression } from './expression';
export { ExpressionError } from './expression-error';
export { TaskFactsReader } from './task-facts';
export { compileInput, type CelInputError, type CompiledInput } from './input';
export { linearPattern, type LinearPattern } from './linear-pattern';
export { piecesOf, type Piece } from './template-pieces';
