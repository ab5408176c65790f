import path from 'node:path';
import { runSqlFile } from '@ao/event-log';
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Deliveries1767225600002 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await runSqlFile(queryRunner, path.join(__dirname, '0002-deliveries', 'deliveries.sql'));
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      'drop table notifications.deliveries, notifications.attempts, notifications.targets, notifications.webhooks, ' +
        'notifications.webhook_replays',
    );
  }
}
