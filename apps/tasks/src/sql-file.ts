import { readFileSync } from 'node:fs';

/** The text of a `.sql` file, read once at start. */
export function sqlFile(path: string): string {
  return readFileSync(path, 'utf8');
}
