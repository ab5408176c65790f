import { sqlFile } from '@ao/event-log';
import { join } from 'node:path';
import type { LivenessTable } from './liveness.kind';

/** The text of a statement in `sql/` for one of the tables of beats. */
export function statementOf(name: string, { name: table, key }: LivenessTable): string {
  return sqlFile(join(__dirname, 'sql', name))
    .replaceAll('{table}', table)
    .replaceAll('{key}', key);
}
