import { spawn } from 'node:child_process';
import path from 'node:path';
import { eventually, testDatabase, type TestDatabase } from '@ao/testing';
import { Client, escapeIdentifier, escapeLiteral } from 'pg';
import { migrate } from './migrate';
import { migrationSets } from './migration-folders';
import { scramVerifier } from './scram-verifier';

const apps = path.resolve(__dirname, '../../..');
let database: TestDatabase;
let said: string[];
beforeEach(async () => {
  database = await testDatabase({ migrated: false });
  said = [];
});
afterEach(() => database.drop());

const run = (passwords: Record<string, string> = {}) =>
  migrate({ databaseUrl: database.adminUrl, passwords, apps, report: (line) => said.push(line) });

/** How often each migration stands in its schema's table. */
async function done(): Promise<Record<string, number>> {
  const pool = database.pool('admin');
  const found: Record<string, number> = {};
  for (const { schema } of await migrationSets(apps)) {
    const { rows } = await pool.query<{ name: string; n: number }>(
      `select name, count(*)::int as n from ${schema}.migrations group by name`,
    );
    for (const { name, n } of rows) found[`${schema}: ${name}`] = n;
  }
  return found;
}
async function all(): Promise<Record<string, number>> {
  const sets = await migrationSets(apps);
  return Object.fromEntries(
    sets.flatMap(({ schema, migrations }) => migrations.map(({ name }) => [`${schema}: ${name}`, 1])),
  );
}

it('should bring an empty database to this release, and find nothing to do the second time', async () => {
  await run();
  expect(said).toContain('event_log: EventLog1767225600001');
  expect(await done()).toEqual(await all());
  said = [];
  await run();
  expect(said.every((line) => line.endsWith('up to date'))).toBe(true);
  expect(await done()).toEqual(await all());
});

it('should run once when two start at the same time', async () => {
  await Promise.all([run(), run()]);
  expect(await done()).toEqual(await all());
});

it('should be run again after it was killed half-way', async () => {
  const root = path.resolve(apps, '..');
  for (const step of ['event_log', 'registry']) {
    const killed = spawn(
      process.execPath,
      ['-r', path.join(root, 'scripts/register.cjs'), path.join(apps, 'operator/src/migrate.main.ts')],
      { cwd: root, env: { ...process.env, MIGRATE_DATABASE_URL: database.adminUrl }, stdio: 'ignore' },
    );
    // As soon as it has begun with the schema.
    await eventually(async () => {
      const { rows } = await database.pool('admin').query('select to_regnamespace($1) is not null as there', [step]);
      expect(rows).toEqual([{ there: true }]);
    });
    killed.kill('SIGKILL');
    await new Promise((resolve) => killed.once('close', resolve));
  }
  await run();
  expect(await done()).toEqual(await all());
});

it('should let each role into its own schemas only', async () => {
  await run();
  const pool = database.pool('admin');
  const own = {
    ao_gateway: 'read_models',
    ao_registry: 'registry',
    ao_discovery: 'discovery',
    ao_tasks: 'tasks',
    ao_identity: 'identity',
    ao_notifications: 'notifications',
    ao_workflows: 'workflows',
  };
  for (const [role, schema] of Object.entries(own)) {
    for (const other of Object.values(own)) {
      const { rows } = await pool.query<{ usage: boolean; create: boolean }>(
        `select has_schema_privilege($1, $2, 'usage') as usage, has_schema_privilege($1, $2, 'create') as create`,
        [role, other],
      );
      // The gateway makes the shadow tables of a rebuild in its own schema.
      expect([role, other, rows[0]]).toEqual([
        role,
        other,
        { usage: other === schema, create: role === 'ao_gateway' && other === schema },
      ]);
    }
  }
  const { rows: owners } = await pool.query<{ owner: string }>(
    `select distinct pg_get_userbyid(c.relowner) as owner from pg_class c
      where c.relnamespace = any ($1::text[]::regnamespace[])`,
    [['event_log', 'telemetry', ...Object.values(own)]],
  );
  expect(owners).toEqual([{ owner: 'ao_owner' }]);
  const { rows: forAll } = await pool.query(
    `select p.oid::regprocedure from pg_proc p where p.pronamespace = 'event_log'::regnamespace
        and has_function_privilege('public', p.oid, 'execute')`,
  );
  expect(forAll).toEqual([]);
});

it('should let a table that a later migration adds be used by its service, and telemetry be read by all', async () => {
  await run();
  const pool = database.pool('admin');
  await pool.query(
    'set role ao_owner; create table tasks.later (id int); create table telemetry.later (id int); reset role',
  );
  const { rows } = await pool.query(
    `select has_table_privilege('ao_tasks', 'tasks.later', 'insert, select, update, delete') as own,
            has_table_privilege('ao_registry', 'tasks.later', 'select') as foreign,
            has_table_privilege('ao_gateway', 'telemetry.later', 'select') as read,
            has_table_privilege('ao_gateway', 'telemetry.later', 'insert') as written`,
  );
  expect(rows).toEqual([{ own: true, foreign: false, read: true, written: false }]);
});

it('should set passwords that Postgres accepts, without telling them to it', async () => {
  const password = 'pässword with "quotes" & \'apostrophes\'';
  expect(scramVerifier(password)).toMatch(/^SCRAM-SHA-256\$4096:[^$]+\$[^:]+:.+$/);
  await run();
  const pool = database.pool('admin');
  // A role of this test alone: the roles of the services are shared by all databases of the run.
  const role = `scram_${database.name}`;
  const roleIdentifier = escapeIdentifier(role);
  const databaseIdentifier = escapeIdentifier(database.name);
  const verifierLiteral = escapeLiteral(scramVerifier(password));
  await pool.query(`create role ${roleIdentifier} login password ${verifierLiteral}`);
  await pool.query(`grant connect on database ${databaseIdentifier} to ${roleIdentifier}`);
  const login = async (as: string) => {
    const url = new URL(database.adminUrl);
    url.username = role;
    url.password = encodeURIComponent(as);
    const client = new Client({ connectionString: url.toString() });
    try {
      await client.connect();
      const { rows } = await client.query('select current_user as me');
      return rows;
    } finally {
      await client.end();
    }
  };
  expect(await login(password)).toEqual([{ me: role }]);
  await expect(login('another')).rejects.toMatchObject({ code: '28P01' });
  await pool.query(`drop owned by ${roleIdentifier}; drop role ${roleIdentifier}`);
});
