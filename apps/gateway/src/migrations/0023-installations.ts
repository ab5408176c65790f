import { documentTableSql } from '@ao/projections';
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Installations1767225600023 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    const columns = ['template_id text not null', 'status text not null', 'started_at timestamptz not null'];
    await queryRunner.query(documentTableSql('read_models.installations', columns));
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('drop table read_models.installations');
  }
}
