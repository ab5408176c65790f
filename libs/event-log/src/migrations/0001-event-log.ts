import path from 'node:path';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { runSqlFile } from '../sql-files';

const FILES = ['tables', 'canonical', 'append', 'guard', 'seal', 'prune-commands', 'grants'];

export class EventLog1767225600001 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    for (const file of FILES) await runSqlFile(queryRunner, path.join(__dirname, '0001-event-log', `${file}.sql`));
  }

  /** The log is never taken back. */
  async down(): Promise<void> {
    throw new Error('the event log is append-only: its migration has no way back');
  }
}
