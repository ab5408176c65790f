import path from 'node:path';
import { runSqlFile } from '@ao/event-log';
import { documentTableSql } from '@ao/projections';
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Schedules1767225600010 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      documentTableSql('read_models.schedules', ['name text collate "C" not null', 'status text not null']),
    );
    await queryRunner.query(
      documentTableSql('read_models.schedule_runs', [
        'schedule_id text not null',
        'task_id text',
        'at timestamptz not null',
      ]),
    );
    await runSqlFile(queryRunner, path.join(__dirname, '0010-schedules', 'indexes.sql'));
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('drop table read_models.schedules, read_models.schedule_runs');
  }
}
