import { documentTableSql } from '@ao/projections';
import { scoresTable } from '@ao/routing';
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Capabilities1767225600002 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(documentTableSql('discovery.capabilities'));
    await queryRunner.query(documentTableSql(scoresTable('discovery')));
    // Version 2 of the agents' documents is folded from the log anew.
    await queryRunner.query('truncate discovery.agents');
    await queryRunner.query(`delete from discovery.subscription_checkpoints where subscription = 'discovery_agents'`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('drop table discovery.capabilities, discovery.agent_scores');
  }
}
