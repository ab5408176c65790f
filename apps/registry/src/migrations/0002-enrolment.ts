import path from 'node:path';
import { runSqlFile } from '@ao/event-log';
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Enrolment1767225600002 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await runSqlFile(queryRunner, path.join(__dirname, '0002-enrolment', 'data-keys.sql'));
    await runSqlFile(queryRunner, path.join(__dirname, '0002-enrolment', 'revoked-certificates.sql'));
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('drop table registry.data_keys, registry.revoked_certificates');
  }
}
