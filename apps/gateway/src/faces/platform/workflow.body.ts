import { STEP_TYPES, type StepType } from '@ao/contracts';
import { isJsonObject } from '@ao/kernel';
import { Priority } from './task-order.schemas';

/** From the pointer of a definition to that of the caller's own body. */
export class Places {
  /** Longest first. */
  private readonly moved: (readonly [to: string, from: string])[] = [];

  /** What stands at `to` in the definition came from `from`; both are pointers. */
  move(to: string, from: string): void {
    if (to !== from) this.moved.push([to, from]);
  }

  of(pointer: string): string {
    let best: readonly [string, string] | undefined;
    for (const move of this.moved)
      if ((pointer === move[0] || pointer.startsWith(`${move[0]}/`)) && move[0].length >= (best?.[0].length ?? 0))
        best = move;
    return best ? best[1] + pointer.slice(best[0].length) : pointer;
  }
}

type JsonObject = Readonly<Record<string, unknown>>;

/** Fields of a step that its type's own object has in a definition. */
const OF_TASK = ['agent_id', 'agent_type', 'capabilities'] as const;
const PLACED = [
  ...(['key', 'name', 'description', 'timeout_seconds', 'retry', 'compensation'] as const),
  ...(['order', 'depends_on', 'on_failure', 'when'] as const),
];
const MAX_KEY = 63;
const RESERVED = new Set(['constructor', 'prototype']);

/**
 * Steps as people write them, as a definition has them: `step_type` for `type`, the type's own object as `config`, the agent of
 * a task beside it, keys from names, names from keys, and dependencies by name. What is wrong stays as it is, for the
 * schema to say so.
 * @param at the pointer of the list in the definition, `from` in the caller's body
 */
export function stepsOf(steps: unknown, at: string, from: string, places: Places): unknown {
  if (!Array.isArray(steps)) return steps;
  const taken = new Set(steps.map((step) => (isJsonObject(step) ? step.key : undefined)));
  const keys = steps.map((step: unknown) => (isJsonObject(step) ? (step.key ?? keyFor(step.name, taken)) : undefined));
  const byName = namesOf(
    steps.map((step: unknown, index) => ({ key: keys[index], name: isJsonObject(step) ? step.name : undefined })),
  );
  return steps.map((step: unknown, index) =>
    isJsonObject(step)
      ? stepOf({ ...step, key: keys[index] }, `${at}/${index}`, `${from}/${index}`, places, byName)
      : step,
  );
}

/** Keys by name, of names that are one step's alone. */
export function namesOf(steps: readonly { readonly key?: unknown; readonly name?: unknown }[]): Map<string, string> {
  const byName = new Map<string, string>();
  const twice = new Set<string>();
  for (const { key, name } of steps) {
    if (typeof key !== 'string' || typeof name !== 'string') continue;
    if (byName.has(name)) twice.add(name);
    byName.set(name, key);
  }
  for (const name of twice) byName.delete(name);
  // A key is a key, whatever somebody calls a step.
  for (const { key } of steps) if (typeof key === 'string') byName.set(key, key);
  return byName;
}

/** A name as a key; undefined: there is nothing of it that a key may have. */
export function slugOf(name: unknown): string | undefined {
  if (typeof name !== 'string') return undefined;
  const plain = name.slice(0, 200).normalize('NFKD').toLowerCase();
  const slug = plain.replace(/[^a-z0-9]+/g, '_').replace(/^_+|_+$/g, '');
  if (slug === '') return undefined;
  const key = (/^[a-z]/.test(slug) ? slug : `step_${slug}`).slice(0, MAX_KEY);
  return RESERVED.has(key) ? `${key}_step` : key;
}

function keyFor(name: unknown, taken: Set<unknown>): string | undefined {
  if (typeof name !== 'string') return undefined;
  const slug = slugOf(name) ?? 'step';
  let key = slug;
  for (let count = 2; taken.has(key); count += 1) key = `${slug.slice(0, MAX_KEY - 4)}_${count}`;
  taken.add(key);
  return key;
}

/** One step, or a compensation, which has neither key nor name. */
export function stepOf(
  step: JsonObject,
  at: string,
  from: string,
  places: Places,
  byName: ReadonlyMap<string, string> = new Map(),
): JsonObject {
  places.move(at, from);
  const type = typeOf(step, at, from, places);
  const result: Record<string, unknown> = {};
  for (const field of PLACED) if (step[field] !== undefined && step[field] !== null) result[field] = step[field];
  if (type !== undefined) result['type'] = type;
  if (step.key !== undefined) result['name'] ??= step.key;
  if (result['key'] !== undefined && step.name !== undefined) places.move(`${at}/key`, `${from}/${'key'}`);
  const { depends_on, compensation } = result;
  if (Array.isArray(depends_on))
    result['depends_on'] = depends_on.map((each: unknown) =>
      typeof each === 'string' ? (byName.get(each) ?? each) : each,
    );
  if (isJsonObject(compensation))
    result['compensation'] = stepOf(compensation, `${at}/compensation`, `${from}/compensation`, places);
  if (isStepType(type)) {
    const own = ownObject(step, type, at, from, places);
    if (own !== undefined) result[type] = own;
  }
  return result;
}

const isStepType = (type: unknown): type is StepType => (STEP_TYPES as readonly unknown[]).includes(type);

function typeOf(step: JsonObject, at: string, from: string, places: Places): unknown {
  if (step.type !== undefined && step.step_type !== undefined && step.type !== step.step_type) {
    // Neither counts: no step has such a type.
    return `${String(step.type)} or ${String(step.step_type)}`;
  }
  if (step.type !== undefined) return step.type;
  if (step.step_type !== undefined) {
    places.move(`${at}/type`, `${from}/step_type`);
    return step.step_type;
  }
  // Who gives a type's own object, or an agent, has said it.
  const given = STEP_TYPES.filter((type) => isJsonObject(step[type]));
  if (given.length === 1) return given[0];
  return OF_TASK.some((field) => typeof step[field] === 'string') ? 'task' : undefined;
}

function ownObject(step: JsonObject, type: StepType, at: string, from: string, places: Places): unknown {
  const config = step.config ?? undefined;
  const named = step[type] ?? undefined;
  const given = named ?? config ?? (type === 'task' || type === 'compensate' ? {} : undefined);
  const where = named === undefined && config !== undefined ? `${from}/config` : `${from}/${type}`;
  places.move(`${at}/${type}`, where);
  if (!isJsonObject(given)) return given;
  switch (type) {
    case 'task': {
      const task: Record<string, unknown> = { ...given };
      for (const field of OF_TASK) {
        if (task[field] !== undefined || step[field] === undefined || step[field] === null) continue;
        task[field] = step[field];
        places.move(`${at}/task/${field}`, `${from}/${field}`);
      }
      const priority = Priority.safeParse(task['priority']);
      if (priority.success) task['priority'] = priority.data;
      // What it is for is as good a type as any: who asks for agents by capability need not name one.
      task['type'] ??= step.key;
      return task;
    }
    case 'parallel':
      return { ...given, steps: stepsOf(given.steps, `${at}/parallel/steps`, `${where}/steps`, places) };
    case 'map': {
      if (!isJsonObject(given.step)) return given;
      const { step: inner } = given;
      const key = inner.key ?? slugOf(inner.name) ?? 'item';
      return { ...given, step: stepOf({ ...inner, key }, `${at}/map/step`, `${where}/step`, places) };
    }
    default:
      return given;
  }
}

/** The fields of a definition; each may stand in a body's `config` as well. */
export const DEFINITION_FIELDS = [
  ...(['parameters', 'steps', 'output', 'on_failure', 'timeout_seconds', 'max_parallel'] as const),
];

export interface SplitBody {
  /** Those given. */
  readonly definition: Record<string, unknown>;
  /** What of `config` is the caller's own; undefined: none was given. */
  readonly config: Record<string, unknown> | undefined;
  /** Given in both places: pointers. */
  readonly twice: readonly string[];
}

/** Tells the definition in a body from the rest of it. */
export function splitBody(body: JsonObject, places: Places): SplitBody {
  const definition: Record<string, unknown> = {};
  const twice: string[] = [];
  const config = isJsonObject(body.config) ? { ...body.config } : undefined;
  for (const field of DEFINITION_FIELDS) {
    const inConfig = config !== undefined && Object.hasOwn(config, field);
    if (body[field] !== undefined) {
      definition[field] = body[field];
      if (inConfig) twice.push(`/config/${field}`);
    } else if (inConfig) {
      definition[field] = config[field];
      places.move(`/${field}`, `/config/${field}`);
    }
    if (config) delete config[field];
  }
  if (definition['steps'] !== undefined) {
    const from = places.of('/steps');
    definition['steps'] = stepsOf(definition['steps'], '/steps', from, places);
  }
  return { definition, config, twice };
}
