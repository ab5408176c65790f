/**
 * JSON in CEL's values. Whole numbers are ints; objects are maps, so that no key of theirs is taken for a property of
 * JavaScript's.
 */
export function celValue(json: unknown): unknown {
  if (typeof json === 'number') return Number.isSafeInteger(json) ? BigInt(json) : json;
  if (Array.isArray(json)) return json.map(celValue);
  if (typeof json !== 'object' || json === null) return json;
  const entries = Object.entries(json).filter(([, value]) => value !== undefined);
  return new Map(entries.map(([key, value]) => [key, celValue(value)]));
}

/**
 * What is left for a value's JSON, in bytes. A value of a few steps may hold one list many times over, so that it is large
 * only when it is written down.
 */
export interface Room {
  bytes: number;
}

/** @throws Error when the room is spent */
export function take(room: Room, bytes: number): void {
  room.bytes -= bytes;
  if (room.bytes < 0) throw new Error('its value is too large');
}

/** Other values as JSON. @throws Error for what has no place in JSON */
export type Foreign = (value: object | bigint | number) => unknown;

/**
 * A value of CEL as JSON, as the standard maps them (https://github.com/google/cel-spec/blob/master/doc/langdef.md, JSON):
 * times in RFC 3339, durations in their text, bytes in base64; an optional is what it holds, null for none. An int is a
 * number, unlike there, where text takes over beyond 2^53: such ints are refused, so that a field keeps its type.
 * @throws Error when it is no JSON, or the room is spent
 */
export function jsonValue(value: unknown, room: Room, foreign: Foreign = refuse): unknown {
  switch (typeof value) {
    case 'string': {
      const text = cleanText(value);
      take(room, Buffer.byteLength(text) + 2);
      return text;
    }
    case 'bigint': {
      take(room, 8);
      const number = Number(value);
      return Number.isSafeInteger(number) ? number : foreign(value);
    }
    case 'number':
      take(room, 8);
      return Number.isFinite(value) ? value : foreign(value);
    case 'boolean':
      take(room, 5);
      return value;
    case 'object':
      return value === null ? ofNothing(room) : ofObject(value, room, foreign);
    case 'undefined':
      return ofNothing(room);
    default:
      throw new Error('its value is no JSON');
  }
}

function ofNothing(room: Room): null {
  take(room, 4);
  return null;
}

function ofObject(value: object, room: Room, foreign: Foreign): unknown {
  const next = (of: unknown) => {
    take(room, 1);
    return jsonValue(of, room, foreign);
  };
  take(room, 2);
  if (value instanceof Date) return next(value.toISOString());
  if (value instanceof Uint8Array) return next(Buffer.from(value).toString('base64'));
  if (Array.isArray(value) || value instanceof Set) return Array.from(value, next);
  if (value instanceof Map) return fromEntries(value, room, next);
  if (isPlain(value)) return fromEntries(Object.entries(value), room, next);
  if ('orValue' in value && typeof value.orValue === 'function') return next((value.orValue as () => unknown)());
  return next(foreign(value));
}

/** Keys of CEL's maps may be numbers and booleans as well. */
function fromEntries(entries: Iterable<[unknown, unknown]>, room: Room, next: (of: unknown) => unknown): object {
  return Object.fromEntries(
    Array.from(entries, ([key, of]) => {
      const text = cleanText(String(key));
      take(room, Buffer.byteLength(text) + 3);
      return [text, next(of)];
    }),
  );
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** Durations have a text and unsigned numbers a number of their own; types and the like have no place in JSON. */
function refuse(value: object | bigint | number): unknown {
  if (typeof value !== 'object') throw new Error(`${value} is no number that JSON keeps exactly`);
  const own: unknown = value.valueOf();
  if (typeof own === 'bigint') return own;
  if (value.constructor.name === 'Duration') return String(value);
  throw new Error('its value is no JSON');
}

/** A value as the part of a text: text as it is, nothing for null, maps and lists as compact JSON. */
export function textOf(value: unknown, room: Room, foreign?: Foreign): string {
  const json = jsonValue(value, room, foreign);
  if (json === null) return '';
  return typeof json === 'object' ? JSON.stringify(json) : String(json);
}

/** Neither NUL, which Postgres keeps in no text, nor halves of characters. */
export function cleanText(text: string): string {
  return text.replaceAll('\u0000', '').toWellFormed();
}
