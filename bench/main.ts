import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { createEventLog, createPool, type EventLog } from '@ao/event-log';
import { startPostgres } from '@ao/embedded';
import type { Pool } from 'pg';

/**
 * `npm run bench -- log | replay | tasks | http | discovery | heartbeats | live | workflows`: runs bench/<word>.bench.ts, whose function <word>Bench prints JSON
 * lines. Those on the log alone get a Postgres of their own, durable as in production, thrown away afterwards.
 */
export interface BenchDatabase {
  /** The superuser. */
  readonly pool: Pool;
  readonly databaseUrl: string;
  readonly log: EventLog;
}

type Print = (line: object) => void;
type Bench = (options: Partial<BenchDatabase> & { readonly print: Print }) => Promise<void>;

const WORDS = ['log', 'replay', 'tasks', 'http', 'discovery', 'heartbeats', 'live', 'workflows'] as const;
const ON_THE_LOG: readonly string[] = ['log', 'replay'];
const PASSWORD = 'bench';

async function main(): Promise<void> {
  const word = process.argv[2] ?? '';
  if (!(WORDS as readonly string[]).includes(word)) {
    process.stderr.write(`Usage: npm run bench -- ${WORDS.join(' | ')}\n`);
    process.exit(2);
  }
  const module = (await import(path.join(__dirname, `${word}.bench`))) as Record<string, Bench>;
  const bench = module[`${word}Bench`]!;
  let missed = false;
  const print: Print = (line) => {
    if ('reached' in line && line.reached === false) missed = true;
    process.stdout.write(`${JSON.stringify(line)}\n`);
  };
  print({ bench: word, node: process.version, cores: availableParallelism() });
  if (ON_THE_LOG.includes(word)) await onDatabase((database) => bench({ ...database, print }));
  else await bench({ print });
  // A gate that is missed fails the run, so that a script can rely on it.
  process.exitCode = missed ? 1 : 0;
}

async function onDatabase(work: (database: BenchDatabase) => Promise<void>): Promise<void> {
  const folder = path.resolve('.cache', 'bench');
  const dataDir = path.join(folder, `postgres-${process.pid}`);
  mkdirSync(folder, { recursive: true });
  const postgres = await startPostgres({
    dataDir,
    password: PASSWORD,
    settings: { shared_buffers: '256MB', max_wal_size: '4GB', min_wal_size: '2GB' },
    endWithParent: true,
  });
  try {
    migrate(postgres.adminUrl);
    const pool = createPool(postgres.adminUrl, { applicationName: 'bench', max: 8 });
    const log = createEventLog({ pool });
    try {
      await log.ready();
      await work({ pool, log, databaseUrl: postgres.adminUrl });
    } finally {
      await log.close();
      await pool.end();
    }
  } finally {
    await postgres.stop('immediate');
    rmSync(dataDir, { recursive: true, force: true });
  }
}

function migrate(databaseUrl: string): void {
  const program = path.join(__dirname, '../apps/operator/src', `migrate.main${path.extname(__filename)}`);
  const { status, stderr } = spawnSync(process.execPath, [...process.execArgv, program], {
    encoding: 'utf8',
    env: { ...process.env, MIGRATE_DATABASE_URL: databaseUrl },
  });
  if (status !== 0) throw new Error(`npm run migrate failed: ${stderr}`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exit(1);
});
