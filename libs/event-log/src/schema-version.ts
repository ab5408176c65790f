import type { Pool } from 'pg';
import { LogUnavailableError } from './types';

/** Timestamp in the name of the log's newest migration class: the schema this release needs. */
const NEWEST_MIGRATION = 1767225600002;

/** Whether the migrations of a schema (see `npm run migrate`) have reached the one with this timestamp. */
export async function isMigrated(pool: Pool, schema: string, timestamp: number): Promise<boolean> {
  try {
    const { rows } = await pool.query<{ newest: string | number | null }>(
      `select max(timestamp) as newest from "${schema.replaceAll('"', '""')}".migrations`,
    );
    return Number(rows[0]?.newest ?? 0) >= timestamp;
  } catch (error) {
    const code = (error as { code?: string }).code;
    // No such schema or table yet, or made but not granted yet: the migration is on its way.
    if (code === '42P01' || code === '3F000' || code === '42501') return false;
    throw error;
  }
}

/** Waits until `npm run migrate` has brought a service's own schema to the migration with this timestamp. */
export async function waitForMigration(
  pool: Pool,
  service: string,
  timestamp: number,
  log: { warn(message: string): void },
): Promise<void> {
  for (let looks = 0; !(await isMigrated(pool, service, timestamp)); looks += 1) {
    if (looks % 25 === 0) log.warn(`${service} waits for its migrations (npm run migrate)`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/**
 * Waits until the database has the log's schema and the log can be trusted.
 * @throws Error when the server would acknowledge appends before they are durable
 * @throws LogUnavailableError when `timeoutMs` passes first
 */
export async function waitForLog(pool: Pool, timeoutMs: number): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  let reason = 'its migrations have not run (npm run migrate)';
  let cause: unknown;
  for (;;) {
    try {
      await refuseLossyCommit(pool);
      if (await isMigrated(pool, 'event_log', NEWEST_MIGRATION)) return;
    } catch (error) {
      if (error instanceof LossyCommitError) throw error;
      cause = error;
      reason = (error as Error).message;
    }
    if (performance.now() > deadline) throw new LogUnavailableError(`the event log is not ready: ${reason}`, cause);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

class LossyCommitError extends Error {}

/** `off` acknowledges commits that a crash then takes back; every other value waits for the disk. */
async function refuseLossyCommit(pool: Pool): Promise<void> {
  const { rows } = await pool.query<{ value: string }>(`select current_setting('synchronous_commit') as value`);
  if (rows[0]?.value === 'off') {
    throw new LossyCommitError(
      'Postgres runs with synchronous_commit=off, so an acknowledged event could be lost in a crash. ' +
        'Set synchronous_commit=on for the server, the database and the role of this service.',
    );
  }
}
