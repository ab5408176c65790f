import path from 'node:path';
import { runSqlFile } from '@ao/event-log';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Open tasks with all that dispatching goes by. What is in the tables stays, leases as renewals have moved them above all;
 * the subscription's version rises with them, so that a replica of the release before leaves them to this one from here on.
 */
export class TasksEngine1767225600003 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await runSqlFile(queryRunner, path.join(__dirname, '0003-tasks-engine', 'open-tasks.sql'));
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `drop table tasks.dependencies;
       alter table tasks.open_tasks
         drop column type, drop column fairness_key, drop column concurrency_key, drop column held,
         drop column not_before, drop column deadline, drop column on_agent_lost;
       update tasks.subscription_checkpoints set version = 1 where subscription = 'open-tasks'`,
    );
  }
}
