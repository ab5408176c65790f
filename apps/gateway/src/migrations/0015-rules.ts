import { documentTableSql } from '@ao/projections';
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class NotificationRules1767225600015 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    const columns = ['name text collate "C" not null', 'enabled boolean not null', 'created_at timestamptz not null'];
    await queryRunner.query(documentTableSql('read_models.notification_rules', columns));
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('drop table read_models.notification_rules');
  }
}
