import path from 'node:path';
import { runSqlFile } from '@ao/event-log';
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Alerts1767225600006 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await runSqlFile(queryRunner, path.join(__dirname, '0006-alerts', 'alerts.sql'));
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      'drop table notifications.alerts, notifications.alert_subjects, notifications.dead_letter_counts, ' +
        'notifications.expected_services',
    );
  }
}
