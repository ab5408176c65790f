import path from 'node:path';
import { runSqlFile } from '@ao/event-log';
import { documentTableSql } from '@ao/projections';
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Alerts1767225600017 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      documentTableSql('read_models.alerts', [
        'kind text not null',
        'severity text not null',
        'status text not null',
        'raised_at timestamptz not null',
      ]),
    );
    await runSqlFile(queryRunner, path.join(__dirname, '0017-alerts', 'indexes.sql'));
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('drop table read_models.alerts');
  }
}
