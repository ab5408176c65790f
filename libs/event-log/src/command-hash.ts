import { createHash } from 'node:crypto';

/** SHA-256 (hex) of what a command asks for: the same for equal JSON, whatever the order of its keys. */
export function commandHash(type: string, payload: unknown): string {
  return createHash('sha256').update(`${type}\n`).update(canonicalJson(payload)).digest('hex');
}

/** JSON with the keys of every object in order; a key whose value is undefined is left out, as JSON.stringify does. */
export function canonicalJson(value: unknown): string {
  return (
    JSON.stringify(value, (_key, inner: unknown) => {
      if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return inner;
      const keys = Object.keys(inner);
      if (keys.every((key, index) => index === 0 || keys[index - 1]! < key)) return inner;
      return Object.fromEntries(keys.sort().map((key) => [key, (inner as Record<string, unknown>)[key]]));
    }) ?? 'null'
  );
}
