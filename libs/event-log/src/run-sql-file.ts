import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { QueryRunner } from 'typeorm';

/** Runs a .sql file, which may hold several statements, in the migration's transaction. */
export async function runSqlFile(queryRunner: Pick<QueryRunner, 'query'>, file: string): Promise<void> {
  await queryRunner.query(readFileSync(file, 'utf8'));
}

/** Where the log's own migrations lie; the operator runs them before every service's. */
export const migrationsFolder = path.join(__dirname, 'migrations');
