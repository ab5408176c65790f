import path from 'node:path';
import { runSqlFile } from '@ao/event-log';
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Agents1767225600004 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await runSqlFile(queryRunner, path.join(__dirname, '0004-agents', 'agent-columns.sql'));
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      'drop index read_models.tasks_agent_ended; ' +
        'alter table read_models.agents drop column lifecycle, drop column operations_status, drop column role',
    );
  }
}
