import { LONGEST_TEXT } from './words';

/** What of a capability is searched. */
export interface SearchableText {
  readonly name: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly groups: readonly string[];
}

/** Metadata beyond these is not searched: a record of 16 KiB must not cost what a hundred plain ones do. */
const DEEPEST = 4;
const MOST_PARTS = 256;
/** Keys whose own name tells nothing about what the capability does, and one whose value does not either. */
const SILENT_KEYS = new Set(['description', 'representative_queries']);
const SILENT = 'version';

/**
 * The text a capability is found by: its name, the keys and the strings of its metadata (`description` and
 * `representative_queries` among them, first of all), its groups. Equal texts are indexed once, so the order is fixed.
 */
export function textOf({ name, metadata, groups }: SearchableText): string {
  const parts: string[] = [name];
  const { description, representative_queries, ...rest } = metadata;
  collect(representative_queries, parts, 0);
  collect(description, parts, 0);
  collect(rest, parts, 0);
  parts.push(...groups.slice(0, MOST_PARTS));
  return parts.join(' \n').slice(0, LONGEST_TEXT);
}

function collect(value: unknown, parts: string[], depth: number): void {
  if (depth > DEEPEST || parts.length >= MOST_PARTS) return;
  if (typeof value === 'string') parts.push(value);
  else if (Array.isArray(value)) for (const entry of value) collect(entry, parts, depth + 1);
  else if (typeof value === 'object' && value !== null) {
    for (const [key, entry] of Object.entries(value)) {
      if (key === SILENT) continue;
      if (!SILENT_KEYS.has(key)) parts.push(key);
      collect(entry, parts, depth + 1);
    }
  }
}
