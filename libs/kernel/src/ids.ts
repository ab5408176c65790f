import { randomUUID } from 'node:crypto';
import { v5, validate } from 'uuid';

/** Namespace of every id this project derives from a name (UUID v5, RFC 9562). */
const NAMESPACE = '5f0c1d0a-3b1e-5d43-9a77-0d6f7a2c9e11';

const SEQUENCE_MAX = 0xfff;
let milliseconds = 0;
let timeDigits = '';
let sequence = 0;

/**
 * A fresh id: UUID v7 (RFC 9562), whose time order keeps the log's indexes warm; ids of one process ascend, also within a
 * millisecond and when its clock is set back. The random part is that of `randomUUID`, which draws its bytes in bulk: asking
 * for 16 bytes each time, as the uuid package does, was an eighth of the gateway's time.
 */
export function newId(): string {
  const random = randomUUID();
  const now = Date.now();
  if (now > milliseconds) advance(now, random);
  else if (sequence === SEQUENCE_MAX) advance(milliseconds + 1, random);
  else sequence += 1;
  return `${timeDigits}-7${sequence.toString(16).padStart(3, '0')}-${random.slice(19)}`;
}

/** A millisecond begins in the lower half of its sequence, at random, so that there is room to count. */
function advance(to: number, random: string): void {
  milliseconds = to;
  const digits = to.toString(16).padStart(12, '0');
  timeDigits = `${digits.slice(0, 8)}-${digits.slice(8)}`;
  sequence = Number.parseInt(random.slice(0, 3), 16) >>> 1;
}

/** The same id for the same parts, on every machine and at every time: for effects that may be asked for twice. */
export function derivedId(...parts: readonly (string | number)[]): string {
  return v5(parts.map((part) => `${String(part).length}:${part}`).join('|'), NAMESPACE);
}

/** True for any UUID in canonical lower-case form. */
export function isId(text: string): boolean {
  return validate(text) && text === text.toLowerCase();
}

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
