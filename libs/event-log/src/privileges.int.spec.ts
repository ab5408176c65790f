import { createHash } from 'node:crypto';
import type { DatabaseUser } from '@ao/testing';
import type { Pool } from 'pg';
import { logSubject, type LogSubject } from './log-subject.testing';
import { freshStream, unitOf } from './unit.testing';

/** L5: the log is immutable for every role that a service or an auditor logs in with. */

const USERS: readonly DatabaseUser[] = [
  'gateway',
  'registry',
  'discovery',
  'tasks',
  'identity',
  'notifications',
  'workflows',
  'auditor',
];

const TABLES = ['events', 'commits', 'commands', 'seals'] as const;

const INSERT_EVENT = `insert into event_log.events
  select position + 1000, stream_id, category, version + 1000, type, schema_version, data, metadata, recorded_at
    from event_log.events limit 1`;

const FORBIDDEN: readonly string[] = [
  ...TABLES.flatMap((table) => [
    `delete from event_log.${table}`,
    `truncate event_log.${table}`,
    `alter table event_log.${table} disable trigger all`,
    `alter table event_log.${table} add column more text`,
    `drop table event_log.${table}`,
    `drop trigger append_only on event_log.${table}`,
    `create index on event_log.${table} ((1))`,
  ]),
  `update event_log.events set data = '{}'`,
  `update event_log.events set recorded_at = now()`,
  `update event_log.commits set hash = prev_hash`,
  `update event_log.commands set result = '{}'`,
  INSERT_EVENT,
  INSERT_EVENT.replace('select', 'overriding system value select'),
  `insert into event_log.commits select last_position + 1, first_position, committed_at, prev_hash, hash, event_hashes from event_log.commits limit 1`,
  `insert into event_log.commands select gen_random_uuid(), command_hash, position, recorded_at, result from event_log.commands limit 1`,
  `merge into event_log.events e using (select 1) s on true when matched then delete`,
  `select * from event_log.events for update`,
  `copy event_log.events from program 'true'`,
  `copy event_log.events to program 'cat'`,
  `copy event_log.events from '/dev/null'`,
  `set session_replication_role = replica`,
  `set role ao_owner`,
  `set session authorization ao_owner`,
  `select event_log.prune_commands('0 seconds')`,
  `create or replace function event_log.append() returns void language sql as ''`,
  `alter function event_log.refuse_change() owner to current_user`,
  `alter role current_user superuser`,
  `create table event_log.mine (id int)`,
  `create table public.mine (id int)`,
  `create temporary table events (id int)`,
  `select lo_import('/etc/hostname')`,
];

/** Of every table of the log, row by row. */
async function digest(admin: Pool): Promise<string> {
  const hash = createHash('sha256');
  for (const table of TABLES) {
    const { rows } = await admin.query<{ row: string }>(`select t::text as row from event_log.${table} t order by 1`);
    for (const { row } of rows) hash.update(`${table} ${row}\n`);
  }
  return hash.digest('hex');
}

/** Runs everything that must be refused as this user; returns what was not refused with 42501. */
async function notRefused(pool: Pool): Promise<string[]> {
  const done: string[] = [];
  for (const statement of FORBIDDEN) {
    const code = await pool.query(statement).then(
      () => 'done',
      (error: { code?: string }) => error.code,
    );
    if (code !== '42501') done.push(`${code}: ${statement}`);
  }
  return done;
}

let subject: LogSubject;
let before: string;
beforeAll(async () => {
  subject = await logSubject();
  const log = subject.open();
  await Promise.all(Array.from({ length: 5 }, () => log.append(unitOf(freshStream(), 0, 2))));
});
afterAll(() => subject.close());
beforeEach(async () => {
  before = await digest(subject.admin);
});

it.each(USERS)('should refuse every change to %s', async (user) => {
  expect(await notRefused(subject.poolAs(user))).toEqual([]);
  expect(await digest(subject.admin)).toBe(before);
});

it('should let services append and auditors only read', async () => {
  for (const user of USERS.filter((name) => name !== 'auditor'))
    expect(await subject.open({ user }).append(unitOf(freshStream(), 0))).toMatchObject({ kind: 'appended' });
  const auditor = subject.open({ user: 'auditor' });
  await expect(auditor.append(unitOf(freshStream(), 0))).rejects.toThrow(/permission denied/);
  expect((await auditor.read({})).length).toBeGreaterThan(0);
});

it('should refuse changes even to the owner and the superuser', async () => {
  for (const statement of [
    `update event_log.events set data = '{}'`,
    'delete from event_log.events',
    'truncate event_log.events',
    'update event_log.commits set hash = prev_hash',
    'delete from event_log.commits',
    'truncate event_log.commits cascade',
    'delete from event_log.seals',
    `update event_log.commands set result = '{}'`,
    `set session_replication_role = replica; delete from event_log.events`,
  ])
    await expect(subject.admin.query(statement)).rejects.toMatchObject({ code: '42501' });
  expect(await digest(subject.admin)).toBe(before);
});

it('should not let a caller put functions or tables of its own in the way of the append', async () => {
  // No temporary tables, no schema of one's own: nothing that could come first in a search path.
  const pool = subject.poolAs('tasks');
  await expect(pool.query('create schema mine')).rejects.toMatchObject({ code: '42501' });
  const { rows } = await pool.query<{ config: string[] }>(
    `select proconfig as config from pg_proc where pronamespace = 'event_log'::regnamespace and prosecdef`,
  );
  expect(rows.length).toBeGreaterThan(0);
  for (const { config } of rows) expect(config[0]).toMatch(/^search_path=pg_catalog, event_log, pg_temp$/);
});

it('should let the owner alone prune old answers', async () => {
  const kept = async () =>
    (await subject.admin.query<{ n: number }>('select count(*)::int as n from event_log.commands')).rows[0]!.n;
  const all = await kept();
  const { rows } = await subject.admin.query(`select event_log.prune_commands('1 hour') as pruned`);
  expect(rows).toEqual([{ pruned: 0 }]);
  await subject.admin.query(`select event_log.prune_commands('0 seconds', 3)`);
  expect(await kept()).toBe(all - 3);
});

it('should notice a role that was granted UPDATE', async () => {
  await subject.admin.query(
    'grant update on event_log.events to ao_service; alter table event_log.events disable trigger all',
  );
  const changed = await notRefused(subject.poolAs('tasks'));
  expect(changed).toContain(`done: update event_log.events set data = '{}'`);
  expect(await digest(subject.admin)).not.toBe(before);
});
