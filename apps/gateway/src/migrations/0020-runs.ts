import path from 'node:path';
import { runSqlFile } from '@ao/event-log';
import { documentTableSql } from '@ao/projections';
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Runs1767225600020 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      documentTableSql('read_models.runs', [
        'workflow_id text not null',
        'status text not null',
        'parent_run_id text',
        'started_at timestamptz not null',
      ]),
    );
    await runSqlFile(queryRunner, path.join(__dirname, '0020-runs', 'indexes.sql'));
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('drop table read_models.runs');
  }
}
