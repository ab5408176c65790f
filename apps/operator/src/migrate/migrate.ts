import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Client } from 'pg';
import { DataSource } from 'typeorm';
import { migrationSets, type MigrationSet } from './migration-folders';
import { scramVerifier } from './scram-verifier';

export interface MigrateOptions {
  /** A role that may create roles and schemas: the superuser, or a managed database's administrator. */
  readonly databaseUrl: string;
  /** By role name, `ao_tasks` for example. A role without one keeps the password it has. */
  readonly passwords: Readonly<Record<string, string>>;
  /** The folder of all apps. */
  readonly apps: string;
  readonly report: (line: string) => void;
}

/** Held for the whole run: of two migrations started at once the second waits, and then finds nothing to do. */
const LOCK = '4711200100000002';

/**
 * Brings the database to this release: roles, schemas, then each schema's migrations, every one in its own transaction.
 * May be run again at any time, also after a run that was killed.
 */
export async function migrate(options: MigrateOptions): Promise<void> {
  const admin = new Client({
    connectionString: options.databaseUrl,
    application_name: 'ao-migrate',
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
  });
  admin.on('error', () => undefined);
  await admin.connect();
  try {
    await admin.query(`select pg_advisory_lock(${LOCK})`);
    await retryConcurrent(() => admin.query(sql('roles.sql')));
    await retryConcurrent(() => admin.query(sql('schemas.sql')));
    for (const [role, password] of Object.entries(options.passwords)) {
      const verifier = admin.escapeLiteral(scramVerifier(password));
      await retryConcurrent(() => admin.query(`alter role ${admin.escapeIdentifier(role)} password ${verifier}`));
    }
    for (const set of await migrationSets(options.apps)) await runMigrations(options, set);
  } finally {
    await admin.end();
  }
}

async function runMigrations({ databaseUrl, report }: MigrateOptions, { schema, migrations }: MigrationSet) {
  const source = await new DataSource({
    type: 'postgres',
    url: databaseUrl,
    schema,
    applicationName: 'ao-migrate',
    migrations: [...migrations],
    migrationsTableName: 'migrations',
    migrationsTransactionMode: 'each',
    installExtensions: false,
    logging: false,
    // Everything a migration makes belongs to ao_owner, whoever runs it.
    extra: { options: '-c role=ao_owner', max: 2 },
  }).initialize();
  try {
    const done = await source.runMigrations();
    for (const migration of done) report(`${schema}: ${migration.name}`);
    if (done.length === 0) report(`${schema}: up to date`);
  } finally {
    await source.destroy();
  }
}

const sql = (file: string) => readFileSync(path.join(__dirname, file), 'utf8');

/** Roles belong to the cluster: a migration of another database of it may change the same row at the same moment. */
async function retryConcurrent(work: () => Promise<unknown>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await work();
      return;
    } catch (error) {
      const concurrent = /tuple concurrently|concurrently updated/.test((error as Error).message);
      if (!concurrent || attempt === 10) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20 * attempt));
    }
  }
}
