import { documentTableSql } from '@ao/projections';
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Workflows1767225600019 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    const columns = [
      ...['name text collate "C" not null', 'is_template boolean not null', 'status text not null'],
      'created_at timestamptz not null',
    ];
    await queryRunner.query(documentTableSql('read_models.workflows', columns));
    await queryRunner.query(
      'create index workflows_by_age on read_models.workflows using btree (created_at desc, id desc)',
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('drop table read_models.workflows');
  }
}
