import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Pool } from 'pg';

const APPEND = path.join(__dirname, 'migrations', '0002-append-shared-checks', 'append.sql');

/**
 * Replaces event_log.append by one with a fault, to show that a test would notice it. A change whose text is no longer in
 * the function is an error: a mutant that changes nothing proves nothing.
 */
export async function mutateAppend(admin: Pool, changes: readonly (readonly [from: string, to: string])[]) {
  let sql = readFileSync(APPEND, 'utf8');
  for (const [from, to] of changes) {
    if (!sql.includes(from)) throw new Error(`event_log.append no longer holds the text of this mutant: ${from}`);
    sql = sql.replaceAll(from, to);
  }
  await admin.query(sql);
}

/** Looks at no versions (L4): whoever comes last wins as well. */
export const WITHOUT_VERSION_CHECK = [
  ['coalesce(bool_or(s.expected <> v.version), false) as stale', 'false as stale'],
] as const;

/** Does not look for the command's first answer, and keeps none (L3). */
export const WITHOUT_COMMANDS = [
  ['or exists (select from event_log.commands c where c.command_id = any(command_ids))', ''],
  ['     where coalesce(ok[u.u], true)\n  )\n  insert', '     where false\n  )\n  insert'],
] as const;

/** Takes the server's clock as it comes (L7). */
export const WITHOUT_MONOTONIC_TIME = [['greatest(c.committed_at, clock_timestamp())', 'clock_timestamp()']] as const;

/** A server clock that runs wrong by the session's setting `test.skew`; no fault by itself. */
export const SKEWED_CLOCK = [
  ['clock_timestamp()', "(clock_timestamp() + coalesce(current_setting('test.skew', true), '0')::interval)"],
] as const;

/** Leaves durability to the session (L1). */
export const WITHOUT_DURABLE_COMMIT = [["current_setting('synchronous_commit') = 'off'", 'false']] as const;
