import type { ClientBase } from 'pg';

/** A command that falls due. */
export interface DueCommand {
  /** Names it: scheduling the same id again moves it. */
  readonly timer_id: string;
  /** ISO 8601 UTC, to the millisecond. */
  readonly due_at: string;
  /** Tells the handler what to do. */
  readonly kind: string;
  /** JSON. */
  readonly payload: unknown;
}

function table(schema: string): string {
  if (!/^[a-z_][a-z0-9_]{0,62}$/.test(schema)) throw new Error(`'${schema}' is not a plain lower-case SQL name`);
  return `"${schema}".timers`;
}

/** The table of a service's due commands, in its own schema; one of its migrations runs this. */
export function timersTableSql(schema: string): string {
  return `
create table if not exists ${table(schema)} (
  timer_id text primary key,
  due_at timestamptz not null,
  kind text not null,
  payload json not null
);
create index if not exists timers_due on ${table(schema)} (due_at);
`;
}

/** The statements of `Timers`, each one round trip for any number of timers. */
export function timerStatements(schema: string) {
  const timers = table(schema);
  return {
    async schedule(client: ClientBase, commands: readonly DueCommand[]): Promise<void> {
      if (commands.length === 0) return;
      // The last one wins where an id comes twice; what stays the same stays untouched, so that it does not fire twice.
      const rows = [...new Map(commands.map((command) => [command.timer_id, command])).values()];
      await client.query({
        name: `${schema}_timers_schedule`,
        text: `insert into ${timers} as t (timer_id, due_at, kind, payload)
               select timer_id, due_at, kind, coalesce(payload, 'null')
                 from json_to_recordset($1::json) as r(timer_id text, due_at timestamptz, kind text, payload json)
               on conflict (timer_id) do update
                 set due_at = excluded.due_at, kind = excluded.kind, payload = excluded.payload
               where (t.due_at, t.kind, t.payload::text) is distinct from
                     (excluded.due_at, excluded.kind, excluded.payload::text)`,
        values: [JSON.stringify(rows)],
      });
    },
    async move(client: ClientBase, moves: readonly Pick<DueCommand, 'timer_id' | 'due_at'>[]): Promise<void> {
      if (moves.length === 0) return;
      await client.query({
        name: `${schema}_timers_move`,
        text: `update ${timers} t set due_at = r.due_at
                 from json_to_recordset($1::json) as r(timer_id text, due_at timestamptz)
                where t.timer_id = r.timer_id and t.due_at is distinct from r.due_at`,
        values: [JSON.stringify([...new Map(moves.map((move) => [move.timer_id, move])).values()])],
      });
    },
    async cancel(client: ClientBase, timerIds: readonly string[]): Promise<void> {
      if (timerIds.length === 0) return;
      await client.query({
        name: `${schema}_timers_cancel`,
        text: `delete from ${timers} where timer_id = any($1)`,
        values: [timerIds],
      });
    },
    /** The timers that are due by Postgres' time, oldest first, and how long until the next one is, in milliseconds. */
    due: {
      name: `${schema}_timers_due`,
      text: `with now as materialized (select clock_timestamp() as now),
             due as (
               select timer_id, due_at, kind, payload, t.xmin::text as revision
                 from ${timers} t, now
                where due_at <= now.now and timer_id <> all($1::text[])
                order by due_at, timer_id limit $2
             )
             select (select json_agg(json_build_object(
                       'timer_id', timer_id,
                       'due_at', to_char(due_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
                       'kind', kind, 'payload', payload, 'revision', revision) order by due_at, timer_id)
                       from due) as due,
                    to_char(now.now at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as now,
                    extract(epoch from (select min(due_at) from ${timers} where due_at > now.now) - now.now)::float8 * 1000
                      as next_in
               from now`,
    },
    /** Deletes what is still as it was when it fired; what was moved meanwhile fires again. */
    done: {
      name: `${schema}_timers_done`,
      text: `delete from ${timers} t using unnest($1::text[], $2::text[]) as d(timer_id, revision)
              where t.timer_id = d.timer_id and t.xmin::text = d.revision`,
    },
  };
}
