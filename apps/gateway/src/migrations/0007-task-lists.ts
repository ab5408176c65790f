import path from 'node:path';
import { runSqlFile } from '@ao/event-log';
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class TaskLists1767225600007 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await runSqlFile(queryRunner, path.join(__dirname, '0007-task-lists', 'task-columns.sql'));
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      'drop index read_models.secrets_name; ' +
        'alter table read_models.tasks drop column type, drop column pinned_agent_id, drop column failure_class, ' +
        'drop column submitted_at, drop column started_at, drop column ended_at',
    );
  }
}
