import path from 'node:path';
import { runSqlFile } from '@ao/event-log';
import { documentTableSql } from '@ao/projections';
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Enrolment1767225600005 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      documentTableSql('read_models.registration_tokens', [
        'usable boolean not null',
        'expires_at timestamptz not null',
        'created_at timestamptz not null',
      ]),
    );
    await queryRunner.query(documentTableSql('read_models.certificates', ['dead_until timestamptz']));
    await runSqlFile(queryRunner, path.join(__dirname, '0005-enrolment', 'indexes.sql'));
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('drop table read_models.registration_tokens, read_models.certificates');
  }
}
