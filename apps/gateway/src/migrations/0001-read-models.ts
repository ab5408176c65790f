import path from 'node:path';
import { runSqlFile, subscriptionTablesSql } from '@ao/event-log';
import { counterTableSql, documentTableSql } from '@ao/projections';
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class ReadModels1767225600001 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(subscriptionTablesSql('read_models'));
    await queryRunner.query(
      documentTableSql('read_models.agents', [
        'external_id text collate "C"',
        'agent_type text not null',
        'deployment_status text not null',
        'load text not null',
        'capabilities text[] not null',
      ]),
    );
    await queryRunner.query(counterTableSql('read_models.agent_counters'));
    await queryRunner.query(
      documentTableSql('read_models.tasks', [
        'status text not null',
        'priority integer not null',
        'agent_id text collate "C"',
      ]),
    );
    await queryRunner.query(counterTableSql('read_models.task_counters'));
    await runSqlFile(queryRunner, path.join(__dirname, '0001-read-models', 'indexes.sql'));
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      'drop table read_models.agents, read_models.agent_counters, read_models.tasks, read_models.task_counters, ' +
        'read_models.subscription_checkpoints, read_models.parked_events',
    );
  }
}
