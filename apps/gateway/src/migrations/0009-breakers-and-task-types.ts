import path from 'node:path';
import { runSqlFile } from '@ao/event-log';
import { documentTableSql } from '@ao/projections';
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class BreakersAndTaskTypes1767225600009 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      documentTableSql('read_models.circuit_breakers', ['name text collate "C" not null', 'state text not null']),
    );
    await queryRunner.query(documentTableSql('read_models.task_types', ['type text collate "C" not null']));
    await runSqlFile(queryRunner, path.join(__dirname, '0009-breakers-and-task-types', 'indexes.sql'));
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('drop table read_models.circuit_breakers, read_models.task_types');
  }
}
