import {
  ancestorsOf,
  dependenciesOf,
  MAX_DEFINITION_BYTES,
  type DefinitionProblem,
  type Step,
  type WorkflowDefinition,
} from '@ao/contracts';
import type { CallRules } from '@ao/outbound';
import { cyclesOf } from './cycles';
import { InputChecks } from './input-checks';
import { compiledSchema } from './parameters-schema';
import { stepProblems } from './step-problems';

/** So many are named; who mends them may look again. */
const MAX_PROBLEMS = 100;

/**
 * Everything that is wrong with a definition of which each field by itself is right, with its place; none: it can be run.
 * Pure: the same for the same definition and rules, at any time.
 */
export function whyInvalid(
  definition: WorkflowDefinition,
  rules: CallRules = { allowPrivate: false },
): readonly DefinitionProblem[] {
  const bytes = Buffer.byteLength(JSON.stringify(definition));
  if (bytes > MAX_DEFINITION_BYTES) {
    const message = `A definition must not have more than ${MAX_DEFINITION_BYTES} bytes of JSON; this one has ${bytes}`;
    return [{ pointer: '', code: 'definition_too_large', message }];
  }
  const problems = [...schemaProblems(definition), ...keyProblems(definition), ...branchProblems(definition.steps)];
  // Where keys are ambiguous, what depends on what is too.
  if (!problems.some(({ code }) => code === 'duplicate_key')) problems.push(...placeProblems(definition.steps));
  problems.push(...inputProblems(definition), ...stepProblems(definition, rules));
  return problems.slice(0, MAX_PROBLEMS);
}

function schemaProblems({ parameters }: WorkflowDefinition): DefinitionProblem[] {
  const wrong = parameters === null ? undefined : compiledSchema(parameters);
  if (wrong === undefined || typeof wrong === 'function') return [];
  return wrong.map(({ pointer, message }) => ({
    pointer: `/parameters${pointer}`,
    code: 'invalid_schema',
    message: `The JSON Schema of the parameters cannot be used: ${pointer || 'it'} ${message}`,
  }));
}

/** Names that every object of the language has already. */
const RESERVED_KEYS: ReadonlySet<string> = new Set(['constructor', 'prototype']);

function* keyProblems({ steps }: WorkflowDefinition): Generator<DefinitionProblem> {
  const first = new Map<string, number>();
  for (const [index, step] of steps.entries()) {
    const { key } = step;
    yield* keyProblem(key, first.get(key), `/steps/${index}/key`, '/steps');
    if (!first.has(key)) first.set(key, index);
    if (step.type === 'map') yield* keyProblem(step.map.step.key, undefined, `/steps/${index}/map/step/key`, '');
    if (step.type !== 'parallel') continue;
    const inner = new Map<string, number>();
    const at = `/steps/${index}/parallel/steps`;
    for (const [place, branch] of step.parallel.steps.entries()) {
      yield* keyProblem(branch.key, inner.get(branch.key), `${at}/${place}/key`, at);
      if (!inner.has(branch.key)) inner.set(branch.key, place);
    }
  }
}

function* keyProblem(
  key: string,
  taken: number | undefined,
  pointer: string,
  of: string,
): Generator<DefinitionProblem> {
  if (RESERVED_KEYS.has(key)) {
    yield { pointer, code: 'reserved_key', message: `No step can have the key '${key}'`, step: key };
  }
  if (taken === undefined) return;
  const message = `The step at ${of}/${taken} has the key '${key}' already`;
  yield { pointer, code: 'duplicate_key', message, step: key };
}

function* branchProblems(steps: readonly Step[]): Generator<DefinitionProblem> {
  const known = new Set(steps.map(({ key }) => key));
  const taken = new Map<string, string>();
  for (const [index, step] of steps.entries()) {
    if (step.type !== 'condition') continue;
    for (const branch of ['then', 'else'] as const)
      for (const [place, member] of step.condition[branch].entries()) {
        const pointer = `/steps/${index}/condition/${branch}/${place}`;
        const name = `the ${branch} of '${step.key}'`;
        if (!known.has(member)) {
          const message = `Step '${step.key}' leads to '${member}' in its ${branch}, but there is no such step`;
          yield { pointer, code: 'unknown_step', message, step: step.key };
        }
        const other = taken.get(member);
        if (other !== undefined) {
          const message = `Step '${member}' is in ${other} and in ${name}, but a step belongs to one branch at most`;
          yield { pointer, code: 'in_two_branches', message, step: member };
        } else taken.set(member, name);
      }
  }
}

function* placeProblems(steps: readonly Step[]): Generator<DefinitionProblem> {
  const known = new Map(steps.map(({ key }, index) => [key, index]));
  for (const [index, { key, depends_on }] of steps.entries())
    for (const [place, before] of (depends_on ?? []).entries()) {
      const pointer = `/steps/${index}/depends_on/${place}`;
      if (!known.has(before)) {
        const message = `Step '${key}' depends on '${before}', but there is no such step`;
        yield { pointer, code: 'unknown_dependency', message, step: key };
      }
    }
  for (const cycle of cyclesOf(dependenciesOf(steps))) {
    const [key, before] = cycle as [string, string];
    const index = known.get(key)!;
    const place = steps[index]!.depends_on?.indexOf(before) ?? -1;
    const pointer = place < 0 ? `/steps/${index}` : `/steps/${index}/depends_on/${place}`;
    const message = `Step '${key}' depends on itself: ${cycle.join(' -> ')}`;
    yield { pointer, code: 'dependency_cycle', message, step: key };
  }
}

/** Of every text that may hold an expression. */
function inputProblems(definition: WorkflowDefinition): DefinitionProblem[] {
  const { steps, output } = definition;
  const dependencies = dependenciesOf(steps);
  const checks = new InputChecks(definition);
  for (const [index, step] of steps.entries()) {
    const at = `/steps/${index}`;
    const before = ancestorsOf(step.key, dependencies);
    const scope = { step: step.key, before };
    if (step.when !== undefined) checks.expression(step.when, `${at}/when`, scope);
    const inner = { ...scope, item: true };
    if (step.type === 'condition') checks.expression(step.condition.expression, `${at}/condition/expression`, scope);
    else if (step.type === 'map') {
      checks.input(step.map.items, `${at}/map/items`, scope);
      action(step.map.step, `${at}/map/step`, inner);
    } else if (step.type === 'parallel') {
      for (const [place, branch] of step.parallel.steps.entries())
        action(branch, `${at}/parallel/steps/${place}`, scope);
    } else if (step.type !== 'compensate') action(step, at, scope, false);
    // A compensation comes when its step has completed.
    const after = { ...scope, before: new Set([...before, step.key]) };
    if (step.compensation) checks.action(step.compensation, `${at}/compensation`, after);
  }
  if (output !== undefined) checks.input(output, '/output', { before: new Set(steps.map(({ key }) => key)) });
  return checks.problems;

  function action(
    step: Parameters<typeof checks.action>[0] & Pick<Step, 'compensation' | 'key'>,
    at: string,
    scope: Parameters<typeof checks.action>[2],
    withCompensation = true,
  ): void {
    checks.action(step, at, scope);
    if (withCompensation && step.compensation)
      checks.action(step.compensation, `${at}/compensation`, { ...scope, inner: step.key });
  }
}
