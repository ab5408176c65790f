import { documentTableSql } from '@ao/projections';
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Triggers1767225600018 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    const columns = ['type text not null', 'enabled boolean not null', 'created_at timestamptz not null'];
    await queryRunner.query(documentTableSql('read_models.triggers', columns));
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('drop table read_models.triggers');
  }
}
