import path from 'node:path';
import { runSqlFile } from '@ao/event-log';
import { documentTableSql } from '@ao/projections';
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Notifications1767225600016 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    const columns = ['user_id text not null', 'at bigint not null', 'read boolean not null'];
    await queryRunner.query(documentTableSql('read_models.notifications', columns));
    await queryRunner.query(documentTableSql('read_models.inboxes', ['read_until bigint not null']));
    await queryRunner.query(documentTableSql('read_models.preferences'));
    await runSqlFile(queryRunner, path.join(__dirname, '0016-notifications', 'indexes.sql'));
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('drop table read_models.notifications, read_models.inboxes, read_models.preferences');
  }
}
