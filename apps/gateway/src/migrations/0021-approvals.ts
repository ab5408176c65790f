import path from 'node:path';
import { runSqlFile } from '@ao/event-log';
import { documentTableSql } from '@ao/projections';
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Approvals1767225600021 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      documentTableSql('read_models.approvals', [
        'status text not null',
        'run_id text',
        'requested_by text',
        'roles text[] not null',
        'users text[] not null',
        'voters text[] not null',
        'allow_self boolean not null',
        'requested_at timestamptz not null',
      ]),
    );
    await queryRunner.query(
      documentTableSql('read_models.code_reviews', [
        'status text not null',
        'agent_id text',
        'requested_by text not null',
        'comment_count integer not null',
        'requested_at timestamptz not null',
      ]),
    );
    await runSqlFile(queryRunner, path.join(__dirname, '0021-approvals', 'indexes.sql'));
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('drop table read_models.approvals, read_models.code_reviews');
  }
}
