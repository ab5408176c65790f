import { documentTableSql } from '@ao/projections';
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class RecordedCapabilities1767225600010 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(documentTableSql('tasks.recorded_capabilities'));
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('drop table tasks.recorded_capabilities');
  }
}
