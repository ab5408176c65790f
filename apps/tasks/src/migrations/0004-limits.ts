import { documentTableSql } from '@ao/projections';
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Limits1767225600004 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(documentTableSql('tasks.dispatch_limits'));
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('drop table tasks.dispatch_limits');
  }
}
