import { hash } from 'node:crypto';

/** SHA-256 (hex) of what a command asks for: the same for equal JSON, whatever the order of its keys. */
export function commandHash(type: string, payload: unknown): string {
  return hash('sha256', `${type}\n${canonicalJson(payload)}`, 'hex');
}

/** JSON with the keys of every object in order; a key whose value is undefined is left out, as JSON.stringify does. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(inOrder(value)) ?? 'null';
}

/** A copy: half the time of a replacer that JSON.stringify asks at each value. */
function inOrder(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(inOrder);
  if ('toJSON' in value && typeof value.toJSON === 'function') return inOrder((value.toJSON as () => unknown)());
  const copy: Record<string, unknown> = {};
  for (const key of Object.keys(value).sort()) {
    const inner = inOrder((value as Record<string, unknown>)[key]);
    // Assigned, this one would be the copy's prototype.
    if (key === '__proto__') Object.defineProperty(copy, key, { value: inner, enumerable: true });
    else copy[key] = inner;
  }
  return copy;
}
