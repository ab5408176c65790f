import { isUtf8 } from 'node:buffer';
import { Problem, invalidField } from './problem';

/** Deeper than this is no data, it is an attack on whoever recurses over it. */
export const MAX_JSON_DEPTH = 32;

const FORBIDDEN_KEYS = new Set(['__proto__', 'constructor', 'prototype']);

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const COMMA = 0x2c;

interface Frame {
  /** The keys seen so far; undefined for an array. */
  readonly keys: Set<string> | undefined;
  key: string;
  index: number;
}

const malformed = (detail: string) => new Problem(400, 'malformed_json', detail);

/**
 * Parses a request body. One pass over the text first, without recursion: nesting, keys named twice (JSON.parse keeps
 * the last, another reader the first) and keys that would reach a prototype are refused before anything folds the value.
 * @throws Problem 400 for text that is no JSON, 422 for JSON that is not taken.
 */
export function parseJsonBody(body: Buffer): unknown {
  if (body.length === 0) return undefined;
  if (!isUtf8(body)) throw malformed('The body is not valid UTF-8');
  return parseJsonText(body.toString('utf8'));
}

/** The same for text that is already decoded, as WebSocket frames are. */
export function parseJsonText(text: string): unknown {
  inspect(text);
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // The engine's own message quotes the body; ours says only what is needed.
    throw malformed('The body is not valid JSON');
  }
}

/** Judges nesting and keys; leaves it to JSON.parse to say whether the text is JSON at all. */
function inspect(text: string): void {
  const frames: Frame[] = [];
  let expectKey = false;
  for (let at = 0; at < text.length; at += 1) {
    switch (text.charCodeAt(at)) {
      case QUOTE: {
        const end = endOfString(text, at);
        if (end < 0) return;
        const frame = frames.at(-1);
        if (expectKey && frame?.keys) {
          takeKey(frames, frame, keyOf(text.slice(at + 1, end)));
          expectKey = false;
        }
        at = end;
        break;
      }
      case OPEN_OBJECT:
        frames.push({ keys: new Set(), key: '', index: 0 });
        expectKey = true;
        refuseDepth(frames);
        break;
      case OPEN_ARRAY:
        frames.push({ keys: undefined, key: '', index: 0 });
        expectKey = false;
        refuseDepth(frames);
        break;
      case CLOSE_OBJECT:
      case CLOSE_ARRAY:
        frames.pop();
        expectKey = false;
        break;
      case COMMA: {
        const frame = frames.at(-1);
        if (frame) {
          frame.index += 1;
          expectKey = frame.keys !== undefined;
        }
        break;
      }
    }
  }
}

/** Where the string that opens at `start` closes: native search, then a look at the backslashes before the quote. */
function endOfString(text: string, start: number): number {
  let quote = text.indexOf('"', start + 1);
  while (quote >= 0) {
    let backslashes = 0;
    while (text.charCodeAt(quote - 1 - backslashes) === BACKSLASH) backslashes += 1;
    if (backslashes % 2 === 0) return quote;
    quote = text.indexOf('"', quote + 1);
  }
  return -1;
}

function keyOf(raw: string): string {
  if (!raw.includes('\\')) return raw;
  try {
    return JSON.parse(`"${raw}"`) as string;
  } catch {
    return raw;
  }
}

function takeKey(frames: readonly Frame[], frame: Frame, key: string): void {
  frame.key = key;
  if (FORBIDDEN_KEYS.has(key)) throw invalidField(pointerOf(frames), 'must not have this key');
  if (frame.keys?.has(key)) throw invalidField(pointerOf(frames), 'must not be given twice');
  frame.keys?.add(key);
}

function refuseDepth(frames: readonly Frame[]): void {
  if (frames.length <= MAX_JSON_DEPTH) return;
  const pointer = pointerOf(frames.slice(0, -1));
  throw invalidField(pointer, `must not be nested deeper than ${MAX_JSON_DEPTH}`);
}

function pointerOf(frames: readonly Frame[]): string {
  return frames.map((frame) => `/${frame.keys ? escapePointer(frame.key) : frame.index}`).join('');
}

/** One segment of a JSON pointer (RFC 6901), cut to a length that an answer can carry. */
export function escapePointer(segment: string): string {
  return segment.slice(0, 128).toWellFormed().replaceAll('~', '~0').replaceAll('/', '~1');
}
