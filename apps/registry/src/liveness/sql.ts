import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The text of a statement in `sql/`, read once at start. */
export function sqlFile(name: string): string {
  return readFileSync(join(__dirname, 'sql', name), 'utf8');
}
