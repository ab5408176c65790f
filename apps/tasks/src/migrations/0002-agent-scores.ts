import { documentTableSql } from '@ao/projections';
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class AgentScores1767225600002 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(documentTableSql('tasks.agent_scores'));
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('drop table tasks.agent_scores');
  }
}
