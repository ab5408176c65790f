import path from 'node:path';
import { runSqlFile } from '@ao/event-log';
import { counterTableSql, documentTableSql } from '@ao/projections';
import type { MigrationInterface, QueryRunner } from 'typeorm';

// Lists go by it: ids are derived from what made them and say nothing about time.
const CREATED = 'created_at timestamptz not null';
const CREDENTIAL = [
  'owner_type text not null',
  'owner_id text collate "C" not null',
  'revoked boolean not null',
  CREATED,
];

export class IdentityModels1767225600002 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      documentTableSql('read_models.users', [
        'status text not null',
        'role text not null',
        'email_index text collate "C"',
        'credential_version integer not null',
        CREATED,
      ]),
    );
    await queryRunner.query(counterTableSql('read_models.user_counters'));
    await queryRunner.query(
      documentTableSql('read_models.sessions', [
        'user_id text collate "C" not null',
        'credential_version integer not null',
        'ended boolean not null',
        CREATED,
        'expires_at timestamptz not null',
      ]),
    );
    await queryRunner.query(documentTableSql('read_models.api_keys', [...CREDENTIAL, 'expires_at timestamptz']));
    await queryRunner.query(documentTableSql('read_models.oauth_clients', CREDENTIAL));
    await queryRunner.query(
      documentTableSql('read_models.secrets', [
        'name text not null',
        'category text not null',
        'expires_at timestamptz',
        CREATED,
      ]),
    );
    await runSqlFile(queryRunner, path.join(__dirname, '0002-identity-models', 'indexes.sql'));
    await runSqlFile(queryRunner, path.join(__dirname, '0002-identity-models', 'api-key-usage.sql'));
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      'drop table telemetry.api_key_usage, read_models.users, read_models.user_counters, read_models.sessions, ' +
        'read_models.api_keys, read_models.oauth_clients, read_models.secrets',
    );
  }
}
