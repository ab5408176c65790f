import { subscriptionTablesSql } from '@ao/event-log';
import { timersTableSql } from '@ao/timers';
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Notifications1767225600001 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(subscriptionTablesSql('notifications'));
    await queryRunner.query(timersTableSql('notifications'));
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      'drop table notifications.timers, notifications.subscription_checkpoints, notifications.parked_events',
    );
  }
}
