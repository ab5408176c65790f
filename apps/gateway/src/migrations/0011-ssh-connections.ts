import { documentTableSql } from '@ao/projections';
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class SshConnections1767225600011 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    const columns = ['name text collate "C" not null', 'created_at timestamptz not null'];
    await queryRunner.query(documentTableSql('read_models.ssh_connections', columns));
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('drop table read_models.ssh_connections');
  }
}
