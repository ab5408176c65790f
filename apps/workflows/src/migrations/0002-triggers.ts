import path from 'node:path';
import { runSqlFile } from '@ao/event-log';
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Triggers1767225600002 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await runSqlFile(queryRunner, path.join(__dirname, '0002-triggers', 'triggers.sql'));
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      'drop table workflows.triggers, workflows.trigger_windows, workflows.trigger_history, workflows.trigger_chains, ' +
        'workflows.trigger_hooks, workflows.figure_tasks, workflows.figure_agents',
    );
  }
}
