import type { PublicEvent } from '@ao/contracts';
import { celValue, textOf } from './cel-values';

/** What expressions may say of the task of an event `task.*`: as it was submitted. */
export interface TaskFacts {
  readonly type: string;
  readonly title: string;
  readonly priority: number;
  readonly pool: string;
  readonly capabilities: readonly string[];
  readonly submitted_at: string;
}

/** What an expression is worked out over. Each name is there only where its scope has it (see `event-expressions.ts`). */
export interface CelInput {
  readonly event: PublicEvent;
  readonly task?: TaskFacts;
  readonly count?: number;
  readonly events?: readonly PublicEvent[];
}

export class CelSubject {
  constructor(
    readonly kind: string,
    readonly id: string,
  ) {}
}

export class CelEvent {
  constructor(
    readonly name: string,
    readonly position: bigint,
    readonly time: Date,
    readonly subject: CelSubject,
    readonly data: unknown,
  ) {}
}

export class CelTask {
  constructor(
    readonly type: string,
    readonly title: string,
    readonly priority: bigint,
    readonly pool: string,
    readonly capabilities: readonly string[],
    readonly submitted_at: Date,
  ) {}
}

const known = new WeakMap<PublicEvent, CelEvent>();

/** An event in CEL's values: kept for as long as the event, so that many rules share it. */
export function celEvent(event: PublicEvent): CelEvent {
  let value = known.get(event);
  if (!value) {
    const { kind, id } = event.subject;
    const time = new Date(event.time);
    value = new CelEvent(event.name, BigInt(event.position), time, new CelSubject(kind, id), celValue(event.data));
    known.set(event, value);
  }
  return value;
}

export function celTask({ type, title, priority, pool, capabilities, submitted_at }: TaskFacts): CelTask {
  return new CelTask(type, title, BigInt(priority), pool, capabilities, new Date(submitted_at));
}

/** What one value may take of a text: as much as any event holds, several times over. */
const MAX_PRINTED_BYTES = 1024 * 1024;

/**
 * A value of CEL as a template prints it: text as it is, times in ISO 8601, maps and lists as compact JSON, nothing for null.
 * @throws Error when it is too large to be printed
 */
export function printed(value: unknown): string {
  return textOf(value, { bytes: MAX_PRINTED_BYTES }, printable);
}

/** Whole numbers beyond what JSON's readers keep exact become text, and what else there is has a text of its own. */
function printable(value: object | bigint | number): unknown {
  if (value instanceof CelEvent || value instanceof CelSubject || value instanceof CelTask) return { ...value };
  return String(value);
}
