import path from 'node:path';
import { runSqlFile } from '@ao/event-log';
import { counterTableSql, documentTableSql } from '@ao/projections';
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Metrics1767225600022 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(documentTableSql('read_models.metric_subjects'));
    await queryRunner.query(counterTableSql('read_models.metric_counters'));
    await runSqlFile(queryRunner, path.join(__dirname, '0022-metrics', 'counter-order.sql'));
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('drop table read_models.metric_subjects, read_models.metric_counters');
  }
}
