import path from 'node:path';
import { runSqlFile, subscriptionTablesSql } from '@ao/event-log';
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Registry1767225600001 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(subscriptionTablesSql('registry'));
    await runSqlFile(queryRunner, path.join(__dirname, '0001-registry', 'agent-liveness.sql'));
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      'drop table telemetry.agent_liveness, registry.subscription_checkpoints, registry.parked_events',
    );
  }
}
