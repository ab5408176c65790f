import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LivenessTable } from './liveness.kind';

/** The text of a statement in `sql/` for one of the tables of beats. */
export function sqlFile(name: string, { name: table, key }: LivenessTable): string {
  return readFileSync(join(__dirname, 'sql', name), 'utf8')
    .replaceAll('{table}', table)
    .replaceAll('{key}', key);
}
