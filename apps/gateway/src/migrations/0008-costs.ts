import path from 'node:path';
import { runSqlFile } from '@ao/event-log';
import { documentTableSql } from '@ao/projections';
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Costs1767225600008 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      documentTableSql('read_models.costs', [
        ...['day', 'agent_id', 'task_type', 'provider', 'model'].map((name) => `${name} text collate "C" not null`),
        ...['reports', 'input_tokens', 'output_tokens', 'cached_input_tokens', 'duration_ms'].map(
          (name) => `${name} bigint not null`,
        ),
        'cost_currency text collate "C"',
        'cost_micros bigint not null',
      ]),
    );
    await queryRunner.query(documentTableSql('read_models.budgets'));
    await runSqlFile(queryRunner, path.join(__dirname, '0008-costs', 'indexes.sql'));
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('drop table read_models.costs, read_models.budgets');
  }
}
