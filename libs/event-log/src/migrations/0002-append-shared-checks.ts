import path from 'node:path';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { runSqlFile } from '../sql-files';

/**
 * Units of one batch that only check the same stream (assignments check that of their pool) are no reason to look closer:
 * that look was a quarter of what a batch of assignments cost.
 */
export class AppendSharedChecks1767225600002 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await runSqlFile(queryRunner, path.join(__dirname, '0002-append-shared-checks', 'append.sql'));
  }

  /** The log is never taken back. */
  async down(): Promise<void> {
    throw new Error('the event log is append-only: its migration has no way back');
  }
}
