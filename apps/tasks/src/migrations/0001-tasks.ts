import path from 'node:path';
import { runSqlFile, subscriptionTablesSql } from '@ao/event-log';
import { timersTableSql } from '@ao/timers';
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Tasks1767225600001 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(subscriptionTablesSql('tasks'));
    await queryRunner.query(timersTableSql('tasks'));
    for (const file of ['open-tasks', 'task-telemetry']) {
      await runSqlFile(queryRunner, path.join(__dirname, '0001-tasks', `${file}.sql`));
    }
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `drop table tasks.open_tasks, tasks.leases, tasks.agents, tasks.timers, tasks.subscription_checkpoints, tasks.parked_events,
        telemetry.task_progress, telemetry.task_logs`,
    );
  }
}
