import path from 'node:path';
import { runSqlFile } from '@ao/event-log';
import { documentTableSql } from '@ao/projections';
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Workers1767225600006 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      documentTableSql('read_models.workers', [
        'status text not null',
        'worker_group text',
        'max_agents integer not null',
      ]),
    );
    await runSqlFile(queryRunner, path.join(__dirname, '0006-workers', 'indexes.sql'));
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('drop index read_models.agents_worker');
    await queryRunner.query('drop table read_models.workers');
  }
}
