import { subscriptionTablesSql } from '@ao/event-log';
import { documentTableSql } from '@ao/projections';
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Discovery1767225600001 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(subscriptionTablesSql('discovery'));
    await queryRunner.query(documentTableSql('discovery.agents'));
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('drop table discovery.agents, discovery.subscription_checkpoints, discovery.parked_events');
  }
}
