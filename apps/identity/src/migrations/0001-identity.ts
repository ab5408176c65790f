import path from 'node:path';
import { runSqlFile, subscriptionTablesSql } from '@ao/event-log';
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Identity1767225600001 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(subscriptionTablesSql('identity'));
    await runSqlFile(queryRunner, path.join(__dirname, '0001-identity', 'data-keys.sql'));
    await runSqlFile(queryRunner, path.join(__dirname, '0001-identity', 'logins.sql'));
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      'drop table identity.data_keys, identity.login_failures, identity.known_origins, ' +
        'identity.subscription_checkpoints, identity.parked_events',
    );
  }
}
