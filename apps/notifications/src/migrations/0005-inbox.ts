import path from 'node:path';
import { runSqlFile } from '@ao/event-log';
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Inbox1767225600005 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await runSqlFile(queryRunner, path.join(__dirname, '0005-inbox', 'inbox.sql'));
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('drop table notifications.mails, notifications.personal_minutes, notifications.people');
  }
}
