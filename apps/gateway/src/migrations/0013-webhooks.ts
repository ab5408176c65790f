import { documentTableSql } from '@ao/projections';
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Webhooks1767225600013 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    const columns = ['status text not null', 'created_at timestamptz not null'];
    await queryRunner.query(documentTableSql('read_models.webhooks', columns));
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('drop table read_models.webhooks');
  }
}
