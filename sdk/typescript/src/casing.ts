/** Names are camelCase here and snake_case on the wire. Only names of the API are renamed, never keys of the caller's own. */

export function toCamel(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_match, letter: string) => letter.toUpperCase());
}

export function toSnake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** The object with its own keys renamed; values stay as they are. */
export function camelKeys<T>(value: object): T {
  return rename(value, toCamel) as T;
}

/** The object with its own keys renamed; values stay as they are, and absent ones are left out. */
export function snakeKeys(value: object): Record<string, unknown> {
  return rename(value, toSnake);
}

function rename(value: object, name: (key: string) => string): Record<string, unknown> {
  const renamed: Record<string, unknown> = {};
  for (const [key, entry] of Object.entries(value)) if (entry !== undefined) renamed[name(key)] = entry;
  return renamed;
}
