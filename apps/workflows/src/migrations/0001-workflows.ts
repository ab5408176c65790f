import { subscriptionTablesSql } from '@ao/event-log';
import { timersTableSql } from '@ao/timers';
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Workflows1767225600001 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(subscriptionTablesSql('workflows'));
    await queryRunner.query(timersTableSql('workflows'));
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('drop table workflows.timers, workflows.subscription_checkpoints, workflows.parked_events');
  }
}
