import type { TriggerCause, TriggerHistoryEntry, TriggerOutcome, TriggerReason, TriggerTerms } from '@ao/contracts';
import { MAX_TRIGGER_HISTORY } from '@ao/contracts';
import { isoTime } from '@ao/kernel';
import type { ClientBase, Pool } from 'pg';

export interface StoredTrigger {
  readonly trigger_id: string;
  readonly terms: TriggerTerms;
  /** ISO 8601; null: it is disabled. */
  readonly enabled_at: string | null;
  readonly revision: number;
}

const COLUMNS = 'trigger_id, terms, enabled_at, revision::float8 as revision';
interface Row extends Omit<StoredTrigger, 'enabled_at'> {
  readonly enabled_at: Date | null;
}
const storedOf = <R extends Row>({ enabled_at, ...row }: R) => ({
  ...row,
  enabled_at: enabled_at && isoTime(enabled_at.getTime()),
});

export async function readTriggers(client: ClientBase): Promise<StoredTrigger[]> {
  const { rows } = await client.query<Row>({
    name: 'triggers_read',
    text: `select ${COLUMNS} from workflows.triggers order by trigger_id`,
  });
  return rows.map(storedOf);
}

export interface LockedTrigger extends StoredTrigger {
  readonly is_met: boolean;
  readonly condition_error: string | null;
}

/** Locked until the end of the transaction, so that a change of it waits. */
export async function lockTrigger(client: ClientBase, triggerId: string): Promise<LockedTrigger | undefined> {
  const { rows } = await client.query<Row & Pick<LockedTrigger, 'is_met' | 'condition_error'>>({
    name: 'trigger_lock',
    text: `select ${COLUMNS}, is_met, condition_error from workflows.triggers where trigger_id = $1 for update`,
    values: [triggerId],
  });
  return rows[0] && storedOf(rows[0]);
}

export async function putTrigger(client: ClientBase, trigger: StoredTrigger): Promise<void> {
  const { trigger_id, terms, enabled_at, revision } = trigger;
  await client.query({
    name: 'trigger_put',
    text: `insert into workflows.triggers (trigger_id, terms, enabled_at, revision) values ($1, $2, $3, $4)
           on conflict (trigger_id) do update set terms = excluded.terms, enabled_at = excluded.enabled_at,
             revision = excluded.revision, is_met = false, condition_error = null`,
    values: [trigger_id, JSON.stringify(terms), enabled_at, revision],
  });
}

/** With all that is kept of it. */
export async function deleteTrigger(client: ClientBase, triggerId: string): Promise<void> {
  for (const table of ['triggers', 'trigger_windows', 'trigger_history'])
    await client.query(`delete from workflows.${table} where trigger_id = $1`, [triggerId]);
}

export async function saveJudgement(
  client: ClientBase,
  triggerId: string,
  { is_met, condition_error }: Pick<LockedTrigger, 'is_met' | 'condition_error'>,
): Promise<void> {
  await client.query({
    name: 'trigger_judged',
    text: 'update workflows.triggers set is_met = $2, condition_error = $3 where trigger_id = $1',
    values: [triggerId, is_met, condition_error],
  });
}

/** Counts one firing, unless that is one too many. A window begins with its first firing. */
export async function admit(
  client: ClientBase,
  triggerId: string,
  { max, seconds }: NonNullable<TriggerTerms['throttle']>,
  at: string,
): Promise<boolean> {
  const { rowCount } = await client.query({
    name: 'trigger_admit',
    text: `insert into workflows.trigger_windows as w (trigger_id, started_at, fired) values ($1, $2, 1)
           on conflict (trigger_id) do update set
             started_at = case when w.started_at <= $2::timestamptz - $4 * interval '1 second' then $2 else w.started_at end,
             fired = case when w.started_at <= $2::timestamptz - $4 * interval '1 second' then 1 else w.fired + 1 end
           where w.fired < $3 or w.started_at <= $2::timestamptz - $4 * interval '1 second'`,
    values: [triggerId, at, max, seconds],
  });
  return rowCount === 1;
}

/** Whether it is being carried out, or was. */
export async function isAdmitted(client: ClientBase, firingId: string): Promise<boolean> {
  const { rowCount } = await client.query({
    name: 'trigger_admitted',
    text: 'select from workflows.trigger_history where firing_id = $1',
    values: [firingId],
  });
  return rowCount === 1;
}

export interface NewEntry {
  readonly trigger_id: string;
  readonly firing_id: string | null;
  readonly outcome: TriggerHistoryEntry['outcome'];
  readonly reason: TriggerReason | null;
  readonly detail: string | null;
  readonly cause: TriggerCause;
  readonly at: string;
}

/** Adds to the history, and drops what is too much of it. Of a firing there is one entry. */
export async function addEntries(client: ClientBase | Pool, entries: readonly NewEntry[]): Promise<void> {
  if (entries.length === 0) return;
  await client.query({
    name: 'trigger_history_add',
    text: `insert into workflows.trigger_history (trigger_id, firing_id, outcome, reason, detail, cause, at)
           select trigger_id, firing_id, outcome, reason, detail, cause, at
             from json_to_recordset($1::json) as r(trigger_id uuid, firing_id uuid, outcome text, reason text, detail text,
                                                   cause jsonb, at timestamptz)
           on conflict do nothing`,
    values: [JSON.stringify(entries)],
  });
  await client.query({
    name: 'trigger_history_prune',
    text: `delete from workflows.trigger_history h
            using unnest($1::uuid[]) as t(id)
            where h.trigger_id = t.id
              and h.entry_id <= (select entry_id from workflows.trigger_history
                                  where trigger_id = t.id order by entry_id desc offset $2 limit 1)`,
    values: [[...new Set(entries.map(({ trigger_id }) => trigger_id))], MAX_TRIGGER_HISTORY],
  });
}

export interface EndedFiring {
  readonly firing_id: string;
  readonly outcome: 'fired' | 'failed';
  readonly reason: TriggerReason | null;
  readonly detail: string | null;
  readonly made: TriggerOutcome | null;
}

export async function endEntry(client: ClientBase, firing: EndedFiring): Promise<void> {
  const { firing_id, outcome, reason, detail, made } = firing;
  await client.query({
    name: 'trigger_history_end',
    text: `update workflows.trigger_history set outcome = $2, reason = $3, detail = $4, made = $5 where firing_id = $1`,
    values: [firing_id, outcome, reason, detail, made && JSON.stringify(made)],
  });
}

interface EntryRow extends Omit<TriggerHistoryEntry, 'at'> {
  readonly at: Date;
}
const ENTRY = 'entry_id::float8 as entry_id, outcome, reason, detail, firing_id, cause, made, at';
const entryOf = ({ at, ...row }: EntryRow): TriggerHistoryEntry => ({ ...row, at: isoTime(at.getTime()) });

export async function entryOfFiring(pool: Pool, firingId: string): Promise<TriggerHistoryEntry | undefined> {
  const { rows } = await pool.query<EntryRow>({
    name: 'trigger_history_of_firing',
    text: `select ${ENTRY} from workflows.trigger_history where firing_id = $1`,
    values: [firingId],
  });
  return rows[0] && entryOf(rows[0]);
}

/** Newest first. */
export async function listEntries(
  pool: Pool,
  filter: { trigger_id: string; outcome?: string; limit: number; offset: number },
): Promise<{ entries: TriggerHistoryEntry[]; total: number }> {
  const { trigger_id, outcome, limit, offset } = filter;
  const [{ rows }, count] = await Promise.all([
    pool.query<EntryRow>({
      name: 'trigger_history_list',
      text: `select ${ENTRY} from workflows.trigger_history 
              where trigger_id = $1 and ($2::text is null or outcome = $2)
              order by entry_id desc limit $3 offset $4`,
      values: [trigger_id, outcome, limit, offset],
    }),
    pool.query<{ total: number }>({
      name: 'trigger_history_count',
      text: `select count(*)::int as total from workflows.trigger_history
              where trigger_id = $1 and ($2::text is null or outcome = $2)`,
      values: [trigger_id, outcome],
    }),
  ]);
  return { entries: rows.map(entryOf), total: count.rows[0]!.total };
}

/** Takes a message that has not been taken yet; those of a week ago are forgotten. */
export async function takeHook(client: ClientBase, firingId: string, at: string): Promise<boolean> {
  await client.query({
    name: 'trigger_hooks_sweep',
    text: `delete from workflows.trigger_hooks where at < $1::timestamptz - interval '7 days'`,
    values: [at],
  });
  const { rowCount } = await client.query({
    name: 'trigger_hook_take',
    text: 'insert into workflows.trigger_hooks (firing_id, at) values ($1, $2) on conflict do nothing',
    values: [firingId, at],
  });
  return rowCount === 1;
}
