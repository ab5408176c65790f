import { z } from 'zod';

/** UUID in canonical lower-case form. */
export const Id = z.uuid().refine((text) => text === text.toLowerCase(), 'must be lower-case');

/** ISO 8601 time in UTC. */
export const Time = z.iso.datetime();

/**
 * Text a person or a machine wrote: no NUL (Postgres refuses it), no lone surrogate (it is no Unicode text), normalised
 * to NFC so that equal names are equal bytes.
 */
export const text = (max: number, min = 0) =>
  z
    .string()
    .min(min)
    .max(max)
    .refine((value) => !value.includes('\u0000'), 'must not contain NUL')
    .refine((value) => value.isWellFormed(), 'must not contain a lone surrogate')
    .transform((value) => value.normalize('NFC'));

/** One word of the fleet's vocabulary: an agent type, a capability, a task type, a tag. */
export const Word = text(128, 1);

/** A version as its sender writes it. */
export const Version = text(64);

const MAX_DEPTH = 32;

/** Why a JSON value cannot be kept, with the JSON pointer of the place, or undefined. Never recurses past the limit. */
export function whyNotStorable(
  value: unknown,
  pointer = '',
  depth = 0,
): { pointer: string; message: string } | undefined {
  if (depth > MAX_DEPTH) return { pointer, message: `must not be nested deeper than ${MAX_DEPTH}` };
  if (typeof value === 'string') {
    if (value.includes('\u0000')) return { pointer, message: 'must not contain NUL' };
    if (!value.isWellFormed()) return { pointer, message: 'must not contain a lone surrogate' };
  } else if (typeof value === 'number') {
    if (!Number.isFinite(value)) return { pointer, message: 'must be a finite number' };
    if (Number.isInteger(value) && !Number.isSafeInteger(value)) return { pointer, message: 'must be a safe integer' };
  } else if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index += 1) {
      const why = whyNotStorable(value[index], `${pointer}/${index}`, depth + 1);
      if (why) return why;
    }
  } else if (typeof value === 'object' && value !== null) {
    for (const key of Object.keys(value)) {
      const at = `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
      if (key === '__proto__' || key === 'constructor' || key === 'prototype')
        return { pointer: at, message: `must not have a key named ${key}` };
      const why =
        whyNotStorable(key, at, depth + 1) ?? whyNotStorable((value as Record<string, unknown>)[key], at, depth + 1);
      if (why) return why;
    }
  }
  return undefined;
}

/** Any JSON value that the log can keep. */
export const Json = z.unknown().superRefine((value, context) => {
  const why = whyNotStorable(value);
  if (why) context.addIssue({ code: 'custom', message: why.message, path: why.pointer.split('/').slice(1) });
});

/** A JSON object that the log can keep. */
export const JsonObject = z.record(z.string(), z.unknown()).superRefine((value, context) => {
  const why = whyNotStorable(value);
  if (why) context.addIssue({ code: 'custom', message: why.message, path: why.pointer.split('/').slice(1) });
});
