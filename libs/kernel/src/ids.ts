import { hash, randomFillSync } from 'node:crypto';
import { parse, v7, validate } from 'uuid';

/** Namespace of every id this project derives from a name (UUID v5, RFC 9562). */
const NAMESPACE = Buffer.from(parse('5f0c1d0a-3b1e-5d43-9a77-0d6f7a2c9e11'));

/** Drawn at once: each call for random bytes costs system calls, more than the rest of an id. */
const random = new Uint8Array(16 * 256);
let drawn = random.length;
let milliseconds = 0;
let sequence = 0;

/**
 * A fresh id: UUID v7, whose time order keeps the log's indexes warm. Ids of one process ascend, also within a millisecond
 * and when its clock is set back.
 */
export function newId(): string {
  if (drawn === random.length) {
    randomFillSync(random);
    drawn = 0;
  }
  const bytes = random.subarray(drawn, (drawn += 16));
  const now = Date.now();
  if (now > milliseconds) {
    milliseconds = now;
    // Begins at random in the lower half of its 32 bits, so that there is room to count.
    sequence = ((bytes[6]! & 0x7f) << 24) | (bytes[7]! << 16) | (bytes[8]! << 8) | bytes[9]!;
  } else {
    sequence = (sequence + 1) | 0;
    if (sequence === 0) milliseconds += 1;
  }
  return v7({ random: bytes, msecs: milliseconds, seq: sequence });
}

/** The same id for the same parts, on every machine and at every time: for effects that may be asked for twice. */
export function derivedId(...parts: readonly (string | number)[]): string {
  const name = Buffer.from(parts.map((part) => `${String(part).length}:${part}`).join('|'));
  // UUID v5 in one call: with the uuid package it takes ten times as long.
  const digest = hash('sha1', Buffer.concat([NAMESPACE, name]), 'hex');
  const variant = ((Number.parseInt(digest[16]!, 16) & 0x3) | 0x8).toString(16);
  return `${digest.slice(0, 8)}-${digest.slice(8, 12)}-5${digest.slice(13, 16)}-${variant}${digest.slice(17, 20)}-${digest.slice(20, 32)}`;
}

/**
 * As `derivedId`, and a UUID v7 of this time (ISO 8601): where much is made, ids that ascend keep indexes warm and lists in
 * their order. Whoever derives it again must know the time.
 */
export function derivedIdAt(time: string, ...parts: readonly (string | number)[]): string {
  const id = derivedId(time, ...parts);
  const milliseconds = Math.max(0, Date.parse(time)).toString(16).padStart(12, '0').slice(-12);
  return `${milliseconds.slice(0, 8)}-${milliseconds.slice(8)}-7${id.slice(15)}`;
}

/** True for any UUID in canonical lower-case form. */
export function isId(text: string): boolean {
  return validate(text) && text === text.toLowerCase();
}

const HYPHENS_OR_NOT = /^([0-9a-f]{8})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{12})$/i;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/**
 * An id as callers write it, in canonical form: a UUID in any case, or, with a `prefix`, `<prefix>_` and the same with or
 * without hyphens. @returns undefined for anything else
 */
export function readId(text: string, prefix?: string): string | undefined {
  if (UUID.test(text)) return text.toLowerCase();
  if (prefix === undefined || !text.toLowerCase().startsWith(`${prefix}_`)) return undefined;
  return HYPHENS_OR_NOT.exec(text.slice(prefix.length + 1))
    ?.slice(1)
    .join('-')
    .toLowerCase();
}

/** As the operations face writes it: `<prefix>_` and the UUID without hyphens. */
export const prefixedId = (prefix: string, id: string) => `${prefix}_${id.replaceAll('-', '')}`;

/** `<category>-<id>`; a category holds no dash, so the first dash ends it. */
export function streamId(category: string, id: string): string {
  return `${category}-${id}`;
}

export function categoryOf(stream: string): string {
  const dash = stream.indexOf('-');
  return dash < 0 ? stream : stream.slice(0, dash);
}

export function idOf(stream: string): string {
  return stream.slice(stream.indexOf('-') + 1);
}
