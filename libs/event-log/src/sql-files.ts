import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { QueryRunner } from 'typeorm';

/** The text of a `.sql` file, read once at start. */
export function sqlFile(file: string): string {
  return readFileSync(file, 'utf8');
}

/** Runs a .sql file, which may hold several statements, in the migration's transaction. */
export async function runSqlFile(queryRunner: Pick<QueryRunner, 'query'>, file: string): Promise<void> {
  await queryRunner.query(sqlFile(file));
}

/** Where the log's own migrations lie; the operator runs them before every service's. */
export const migrationsFolder = path.join(__dirname, 'migrations');
