import path from 'node:path';
import { runSqlFile } from '@ao/event-log';
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class TasksOfRuns1767225600024 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await runSqlFile(queryRunner, path.join(__dirname, '0024-tasks-of-runs', 'run-column.sql'));
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('alter table read_models.tasks drop column run_id');
  }
}
