import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { rolePasswords, startPostgres, type RunningPostgres } from '@ao/embedded';
import type { Pool } from 'pg';
import { createEventLog, type EventLog } from './event-log';
import { createPool } from './pool';
import { mutateAppend } from './mutants.testing';
import { InvalidUnitError, OutcomeUnknownError, type AppendUnit } from './types';
import { freshStream, unitOf } from './unit.testing';

/**
 * Writers append and note every answer while Postgres is killed again and again; afterwards the notes are held against the
 * log. On a server of its own with fsync on, as in production.
 *
 * kill -9 leaves the operating system's page cache alive, so this shows what Postgres promises (a commit is in the kernel
 * before it is acknowledged), not what the disk does when the power fails.
 */
export interface CampaignOptions {
  readonly kills: number;
  readonly writers: number;
  /** Milliseconds of writing between two faults, drawn between half and all of it. */
  readonly calmMs: number;
  readonly seed: number;
  readonly faults?: readonly Fault[];
  /** How long a writer asks for a lost append; default 2,000 ms, mostly long enough for the restart. */
  readonly resolveMs?: number;
  /** Changes of event_log.append, for mutants. */
  readonly mutation?: readonly (readonly [string, string])[];
  /** Further settings of the server. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Wraps how a unit is appended, for mutants. */
  readonly appendWith?: (log: EventLog, unit: AppendUnit) => Promise<{ kind: string }>;
  readonly report?: (line: string) => void;
}

/** The postmaster with kill -9; `immediate` shutdown; one backend with kill -9 (Postgres then restarts by itself). */
export type Fault = 'kill' | 'immediate' | 'backend';

export interface CampaignResult {
  readonly sent: number;
  readonly acknowledged: number;
  readonly unknown: number;
  readonly unavailable: number;
  /** Acknowledged, but not in the log. */
  readonly lost: number;
  /** In the log with some of their events only. */
  readonly partial: number;
  /** Commands whose retry did not get its first answer, or that are in the log twice. */
  readonly duplicated: number;
  readonly retried: number;
}

const PASSWORD = 'campaign';

/** A migrated cluster, stopped: each campaign runs on a copy of it. */
export interface CampaignGround {
  readonly folder: string;
  remove(): void;
}

export async function prepareCampaigns(): Promise<CampaignGround> {
  const folder = mkdtempSync(path.join(tmpdir(), 'ao-crash-'));
  // As root, Postgres runs as another user, who must be able to enter.
  chmodSync(folder, 0o755);
  const dataDir = path.join(folder, 'prepared');
  const postgres = await startPostgres({ dataDir, password: PASSWORD, endWithParent: true });
  try {
    await migrateDatabase(postgres.adminUrl);
  } finally {
    await postgres.stop();
  }
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

export async function crashCampaign(ground: CampaignGround, options: CampaignOptions): Promise<CampaignResult> {
  const { report = () => undefined, seed, settings = {} } = options;
  const random = seededRandom(seed);
  const dataDir = path.join(ground.folder, `run-${Math.trunc(performance.now() * 1_000)}`);
  // Kept as it is (owner and mode): as root, Postgres runs as another user.
  const copy = spawnSync('cp', ['-aL', path.join(ground.folder, 'prepared'), dataDir], { encoding: 'utf8' });
  if (copy.status !== 0) throw new Error(`the prepared cluster cannot be copied: ${copy.stderr}`);
  const start = (port?: number) => startPostgres({ dataDir, password: PASSWORD, settings, port, endWithParent: true });
  let postgres = await start();
  let writing: Writing | undefined;
  try {
    if (options.mutation) await withAdmin(postgres, (admin) => mutateAppend(admin, options.mutation!));
    const journal = createJournal();
    writing = startWriters(postgres.urlFor('ao_tasks', PASSWORD, 'postgres'), options, journal);
    const faults = options.faults ?? ['kill', 'kill', 'immediate', 'backend'];
    for (let kill = 1; kill <= options.kills; kill += 1) {
      const before = journal.acknowledged.size;
      await delay(options.calmMs * (0.5 + random() / 2));
      const fault = faults[Math.floor(random() * faults.length)]!;
      if (fault === 'backend') await killBackend(postgres, random);
      else {
        await (fault === 'kill' ? postgres.kill() : postgres.stop('immediate'));
        postgres = await start(postgres.port);
      }
      report(`${kill}/${options.kills} ${fault}: ${journal.acknowledged.size - before} acknowledged since the last`);
    }
    await delay(options.calmMs);
    await writing.stop();
    return await judge(postgres, journal, random);
  } finally {
    await writing?.stop();
    await postgres.stop('immediate');
    rmSync(dataDir, { recursive: true, force: true });
  }
}

interface Writing {
  /** Resolves when the last append is answered; may be called again. */
  stop(): Promise<void>;
}

interface Journal {
  readonly sent: Map<string, AppendUnit>;
  readonly acknowledged: Set<string>;
  readonly unknown: Set<string>;
  unavailable: number;
}
const createJournal = (): Journal => ({ sent: new Map(), acknowledged: new Set(), unknown: new Set(), unavailable: 0 });

/** Two logs (as two processes), each with half of the writers; every unit has several events on a stream of its own. */
function startWriters(url: string, options: CampaignOptions, journal: Journal): Writing {
  const append = options.appendWith ?? ((log, unit) => log.append(unit));
  const pools = [0, 1].map(() => createPool(url, { applicationName: 'campaign', max: 4 }));
  const logs = pools.map((pool) => createEventLog({ pool, limits: { resolveMs: options.resolveMs ?? 2_000 } }));
  let stopped = false;
  const writers = Array.from({ length: options.writers }, async (_, writer) => {
    while (!stopped) {
      const unit = unitOf(freshStream(), 0, 4);
      const id = unit.metadata.command_id;
      journal.sent.set(id, unit);
      try {
        await append(logs[writer % logs.length]!, unit);
        journal.acknowledged.add(id);
      } catch (error) {
        if (error instanceof InvalidUnitError) throw error;
        if (error instanceof OutcomeUnknownError) journal.unknown.add(id);
        else journal.unavailable += 1;
        await delay(20);
      }
    }
  });
  let ended: Promise<void> | undefined;
  const end = async () => {
    stopped = true;
    await Promise.all(writers);
    await Promise.all(logs.map((log) => log.close()));
    await Promise.all(pools.map((pool) => pool.end()));
  };
  return { stop: () => (ended ??= end()) };
}

async function judge(postgres: RunningPostgres, journal: Journal, random: () => number): Promise<CampaignResult> {
  const found = await withAdmin(postgres, countsByCommand);
  let lost = 0;
  let partial = 0;
  for (const id of journal.acknowledged) if (!found.has(id)) lost += 1;
  for (const [id, events] of found) if (events !== journal.sent.get(id)!.streams[0]!.events.length) partial += 1;

  // All that are unknown and a tenth of the others, sent again by a process that has just started.
  const again = [...journal.sent.keys()].filter((id) => journal.unknown.has(id) || random() < 0.1);
  const pool = createPool(postgres.urlFor('ao_tasks', PASSWORD, 'postgres'), { applicationName: 'campaign', max: 2 });
  const log = createEventLog({ pool });
  let duplicated = 0;
  const outcomes = await Promise.all(again.map((id) => log.append(journal.sent.get(id)!)));
  outcomes.forEach((outcome, index) => {
    const id = again[index]!;
    const wasThere = found.has(id);
    const right =
      outcome.kind === 'repeated'
        ? wasThere && JSON.stringify(outcome.result) === JSON.stringify(journal.sent.get(id)!.result)
        : outcome.kind === 'appended' && !wasThere;
    if (!right) duplicated += 1;
  });
  await log.close();
  await pool.end();
  const after = await withAdmin(postgres, countsByCommand);
  for (const id of again) if (after.get(id) !== journal.sent.get(id)!.streams[0]!.events.length) duplicated += 1;

  return {
    sent: journal.sent.size,
    acknowledged: journal.acknowledged.size,
    unknown: journal.unknown.size,
    unavailable: journal.unavailable,
    lost,
    partial,
    duplicated,
    retried: again.length,
  };
}

/** How many contiguous events each command has; -1 when they are torn apart. */
async function countsByCommand(admin: Pool): Promise<Map<string, number>> {
  const { rows } = await admin.query<{ id: string; events: number }>(
    `select coalesce(data->>'command_id', metadata->>'command_id') as id,
            (case when max(position) - min(position) = count(*) - 1 and max(version) - min(version) = count(*) - 1
                  then count(*) else -1 end)::int as events
       from event_log.events group by 1`,
  );
  return new Map(rows.map((row) => [row.id, row.events]));
}

async function killBackend(postgres: RunningPostgres, random: () => number): Promise<void> {
  const pids = await withAdmin(postgres, async (admin) => {
    const { rows } = await admin.query<{ pid: number }>(
      `select pid from pg_stat_activity where application_name = 'campaign'`,
    );
    return rows.map((row) => row.pid);
  });
  const pid = pids[Math.floor(random() * pids.length)];
  if (pid !== undefined) process.kill(pid, 'SIGKILL');
  // Postgres ends all sessions and recovers; ready when it lets someone in again.
  await withAdmin(postgres, (admin) => admin.query('select 1'));
}

async function withAdmin<Result>(postgres: RunningPostgres, work: (admin: Pool) => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    const pool = createPool(postgres.adminUrl, { applicationName: 'campaign-admin', max: 1 });
    try {
      return await work(pool);
    } catch (error) {
      if (attempt === 100 || (error as { severity?: string }).severity === 'ERROR') throw error;
      await delay(50);
    } finally {
      await pool.end();
    }
  }
}

/** `npm run migrate`, as a process of its own. */
async function migrateDatabase(adminUrl: string): Promise<void> {
  const root = path.resolve(__dirname, '../../..');
  const roles = ['ao_tasks'];
  const child = spawn(
    process.execPath,
    ['-r', path.join(root, 'scripts/register.cjs'), path.join(root, 'apps/operator/src/migrate.main.ts')],
    {
      cwd: root,
      stdio: ['ignore', 'ignore', 'pipe'],
      env: {
        ...process.env,
        ...rolePasswords(Object.fromEntries(roles.map((role) => [role, PASSWORD]))),
        MIGRATE_DATABASE_URL: adminUrl,
      },
    },
  );
  let said = '';
  child.stderr.on('data', (data: Buffer) => (said += data.toString()));
  const code = await new Promise((resolve) => child.once('close', resolve));
  if (code !== 0) throw new Error(`npm run migrate failed: ${said}`);
}

/** mulberry32: the same faults for the same seed. */
function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const delay = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
