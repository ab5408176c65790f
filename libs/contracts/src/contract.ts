import type { z } from 'zod';

/**
 * A message that a service answers over request/reply. The name is the NATS subject (`<context>.<verb>`), the same word
 * in code, subject and docs. A command may append events; a query only reads.
 */
export interface RequestContract<Name extends string = string, Data = unknown, Result = unknown> {
  readonly kind: 'command' | 'query';
  readonly name: Name;
  readonly data: z.ZodType<Data>;
  readonly result: z.ZodType<Result>;
  /** Milliseconds that a sender may hold it, so that many travel as one message: for what comes by the thousand and can wait. */
  readonly gatherMs?: number;
}

export type DataOf<C> = C extends RequestContract<string, infer Data, unknown> ? Data : never;
export type ResultOf<C> = C extends RequestContract<string, unknown, infer Result> ? Result : never;

export function command<const Name extends string, Data, Result>(
  name: Name,
  data: z.ZodType<Data>,
  result: z.ZodType<Result>,
  options: Pick<RequestContract, 'gatherMs'> = {},
): RequestContract<Name, Data, Result> {
  return { kind: 'command', name, data, result, ...options };
}

export function query<const Name extends string, Data, Result>(
  name: Name,
  data: z.ZodType<Data>,
  result: z.ZodType<Result>,
): RequestContract<Name, Data, Result> {
  return { kind: 'query', name, data, result };
}

/**
 * One event type of one category. `schemaVersion` is what writers write now; a released schema is never edited, a new
 * one takes the next number and an upcaster (`upcasters.ts` beside it) lifts the older ones.
 */
export interface EventContract<Category extends string = string, Type extends string = string, Data = unknown> {
  readonly category: Category;
  readonly type: Type;
  readonly schemaVersion: number;
  readonly data: z.ZodType<Data>;
}

export function event<const Category extends string, const Type extends string, Data>(
  category: Category,
  type: Type,
  schemaVersion: number,
  data: z.ZodType<Data>,
): EventContract<Category, Type, Data> {
  return { category, type, schemaVersion, data };
}

/** The `{type, data}` union of a map of event contracts. */
export type EventOf<Map extends Record<string, EventContract>> = {
  [Key in keyof Map]: Map[Key] extends EventContract<string, infer Type, infer Data>
    ? { readonly type: Type; readonly data: Data }
    : never;
}[keyof Map];

/** What writers stamp on each event type, from the map of its contracts. */
export function schemaVersionsOf<Type extends string>(
  events: Readonly<Record<Type, EventContract>>,
): Readonly<Record<Type, number>> {
  const entries = Object.entries<EventContract>(events).map(([type, { schemaVersion }]) => [type, schemaVersion]);
  return Object.fromEntries(entries) as Record<Type, number>;
}
