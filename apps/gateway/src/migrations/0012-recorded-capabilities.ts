import path from 'node:path';
import { runSqlFile } from '@ao/event-log';
import { documentTableSql } from '@ao/projections';
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class RecordedCapabilities1767225600012 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      documentTableSql('read_models.recorded_capabilities', [
        'agent_id text collate "C" not null',
        'name text collate "C" not null',
      ]),
    );
    for (const file of ['indexes', 'agents-anew']) {
      await runSqlFile(queryRunner, path.join(__dirname, '0012-recorded-capabilities', `${file}.sql`));
    }
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('drop table read_models.recorded_capabilities');
  }
}
