import { documentTableSql } from '@ao/projections';
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Channels1767225600014 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    const columns = ['type text not null', 'status text not null', 'created_at timestamptz not null'];
    await queryRunner.query(documentTableSql('read_models.channels', columns));
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('drop table read_models.channels');
  }
}
