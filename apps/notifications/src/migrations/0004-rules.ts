import path from 'node:path';
import { runSqlFile } from '@ao/event-log';
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Rules1767225600004 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await runSqlFile(queryRunner, path.join(__dirname, '0004-rules', 'rules.sql'));
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('drop table notifications.rules, notifications.rule_states');
  }
}
