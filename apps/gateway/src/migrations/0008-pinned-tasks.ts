import path from 'node:path';
import { runSqlFile } from '@ao/event-log';
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class PinnedTasks1767225600008 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await runSqlFile(queryRunner, path.join(__dirname, '0008-pinned-tasks', 'pinned-tasks.sql'));
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('alter table read_models.tasks drop column pinned_to');
  }
}
