import { v5, v7, validate } from 'uuid';

/** Namespace of every id this project derives from a name (UUID v5, RFC 9562). */
const NAMESPACE = '5f0c1d0a-3b1e-5d43-9a77-0d6f7a2c9e11';

/** A fresh id: UUID v7, whose time order keeps the log's indexes warm. */
export function newId(): string {
  return v7();
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
