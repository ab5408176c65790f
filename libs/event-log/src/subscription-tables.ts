/** Quotes a schema or table name that this code was configured with; refuses what is no plain lower-case name. */
export function identifier(name: string): string {
  if (!/^[a-z_][a-z0-9_]{0,62}$/.test(name)) throw new Error(`'${name}' is not a plain lower-case SQL name`);
  return `"${name}"`;
}

/**
 * The tables of a service's owned subscriptions, in its own schema; its first migration runs this.
 *
 * `version` is that of the code which the state belongs to: another version neither reads nor writes it. `generation`
 * grows when the state was exchanged under the owner (a rebuild): the owner then forgets what it keeps in memory.
 */
export function subscriptionTablesSql(schema: string): string {
  const s = identifier(schema);
  return `
create table if not exists ${s}.subscription_checkpoints (
  subscription text primary key,
  position bigint not null,
  version integer not null default 1,
  generation bigint not null default 0,
  updated_at timestamptz not null default clock_timestamp()
) with (fillfactor = 50);

-- Events that could not be handled, and the later ones of their streams, which wait behind them (error is null).
create table if not exists ${s}.parked_events (
  subscription text not null,
  position bigint not null,
  stream_id text not null,
  type text not null,
  error text,
  attempts integer not null default 0,
  parked_at timestamptz not null default clock_timestamp(),
  retry_requested_at timestamptz,
  primary key (subscription, position)
);
create index if not exists parked_events_stream on ${s}.parked_events (subscription, stream_id, position);
`;
}
