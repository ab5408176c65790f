import { hash } from 'node:crypto';

/**
 * SHA-256 (hex) of the canonical JSON (RFC 8785) of what is approved: whoever holds the arguments, in whatever language, comes to
 * the same hash.
 */
export function argumentsHash(value: unknown): string {
  return hash('sha256', canonical(value), 'hex');
}

/**
 * RFC 8785: names by their UTF-16 code units, numbers and strings as ECMAScript writes them. Written out rather than copied into
 * an object in order, where names that look like numbers would come first whatever the order. A name without a value is left out, as
 * JSON has none.
 */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const named = Object.entries(value).filter(([, inner]) => inner !== undefined);
  named.sort(([one], [other]) => (one < other ? -1 : 1));
  return `{${named.map(([name, inner]) => `${JSON.stringify(name)}:${canonical(inner)}`).join(',')}}`;
}
