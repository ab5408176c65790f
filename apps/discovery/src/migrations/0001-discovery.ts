import path from 'node:path';
import { runSqlFile, subscriptionTablesSql } from '@ao/event-log';
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Discovery1767225600001 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(subscriptionTablesSql('discovery'));
    await runSqlFile(queryRunner, path.join(__dirname, '0001-discovery', 'agents.sql'));
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('drop table discovery.agents, discovery.subscription_checkpoints, discovery.parked_events');
  }
}
