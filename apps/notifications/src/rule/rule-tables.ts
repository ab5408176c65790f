import { isoTime } from '@ao/kernel';
import type { RuleTerms } from '@ao/contracts';
import type { ClientBase, Pool } from 'pg';
import { NO_STATE, type KeyState } from './fire';

export interface StoredRule {
  readonly rule_id: string;
  readonly terms: RuleTerms;
}

export async function readRules(client: ClientBase): Promise<StoredRule[]> {
  const { rows } = await client.query<StoredRule>({
    name: 'rules_read',
    text: 'select rule_id, terms from notifications.rules order by rule_id',
  });
  return rows;
}

export async function readRule(client: ClientBase | Pool, ruleId: string): Promise<RuleTerms | undefined> {
  const { rows } = await client.query<StoredRule>({
    name: 'rule_read',
    text: 'select rule_id, terms from notifications.rules where rule_id = $1',
    values: [ruleId],
  });
  return rows[0]?.terms;
}

export async function putRule(client: ClientBase, { rule_id, terms }: StoredRule): Promise<void> {
  await client.query({
    name: 'rule_put',
    text: `insert into notifications.rules (rule_id, channels, terms) values ($1, $2, $3)
           on conflict (rule_id) do update set channels = excluded.channels, terms = excluded.terms`,
    values: [rule_id, terms.channels, JSON.stringify(terms)],
  });
}

export async function deleteRule(client: ClientBase, ruleId: string): Promise<void> {
  await client.query({
    name: 'rule_delete',
    text: 'delete from notifications.rules where rule_id = $1',
    values: [ruleId],
  });
}

/** How many rules send to a channel, some milliseconds after what the log says. */
export async function countRulesOfChannel(client: Pick<Pool, 'query'>, channelId: string): Promise<number> {
  const { rows } = await client.query<{ count: number }>({
    name: 'rules_of_channel',
    text: 'select count(*)::int as count from notifications.rules where channels @> array[$1::uuid]',
    values: [channelId],
  });
  return rows[0]!.count;
}

/** A rule and a key of its groups. */
export interface StateKey {
  readonly rule_id: string;
  readonly key: string;
}

export type StoredState = StateKey & { readonly state: KeyState };

/** Locked until the end of the transaction, in one order; a key without a row has none. */
export async function lockStates(client: ClientBase, keys: readonly StateKey[]): Promise<StoredState[]> {
  if (keys.length === 0) return [];
  const { rows } = await client.query<StoredState>({
    name: 'rule_states_lock',
    text: `select s.rule_id, s.key, s.state from notifications.rule_states s
             join json_to_recordset($1::json) as r(rule_id uuid, key text) using (rule_id, key)
            order by s.rule_id, s.key for update of s`,
    values: [JSON.stringify(keys)],
  });
  return rows;
}

export type StateChange = StoredState & {
  /** Milliseconds; undefined: it says nothing now. */ readonly expires: number | undefined;
};

export async function saveStates(client: ClientBase, changes: readonly StateChange[]): Promise<void> {
  const kept = changes.filter(({ expires }) => expires !== undefined);
  const gone = changes.filter(({ expires }) => expires === undefined);
  if (kept.length > 0) {
    const rows = kept.map(({ rule_id, key, state, expires }) => ({
      rule_id,
      key,
      state,
      expires_at: isoTime(expires!),
    }));
    await client.query({
      name: 'rule_states_save',
      text: `insert into notifications.rule_states (rule_id, key, state, expires_at)
             select rule_id, key, state, expires_at
               from json_to_recordset($1::json) as r(rule_id uuid, key text, state jsonb, expires_at timestamptz)
             on conflict (rule_id, key) do update set state = excluded.state, expires_at = excluded.expires_at`,
      values: [JSON.stringify(rows)],
    });
  }
  if (gone.length > 0) {
    await client.query({
      name: 'rule_states_forget',
      text: `delete from notifications.rule_states s using json_to_recordset($1::json) as r(rule_id uuid, key text)
              where (s.rule_id, s.key) = (r.rule_id, r.key)`,
      values: [JSON.stringify(gone.map(({ rule_id, key }) => ({ rule_id, key })))],
    });
  }
}

/** Of a rule that says nothing any more: its open groups go with it. */
export async function dropStates(client: ClientBase, ruleId: string): Promise<void> {
  await client.query({
    name: 'rule_states_drop',
    text: 'delete from notifications.rule_states where rule_id = $1',
    values: [ruleId],
  });
}

/** @param before time of the log: none of what is yet to be handled is older */
export async function sweepStates(client: ClientBase, before: string): Promise<void> {
  await client.query({
    name: 'rule_states_sweep',
    text: 'delete from notifications.rule_states where expires_at < $1',
    values: [before],
  });
}

export const stateOf = (stored: StoredState | undefined): KeyState => stored?.state ?? NO_STATE;
