import type { ClientBase, Pool } from 'pg';
import { identifier } from './subscription-tables';
import type { Position, RecordedEvent } from './types';

/** An event that its subscription could not handle, or that waits behind such a one of its stream. */
export interface ParkedEvent {
  readonly subscription: string;
  readonly position: Position;
  readonly stream_id: string;
  readonly type: string;
  /** Why it could not be handled; null: it waits behind an earlier event of its stream. */
  readonly error: string | null;
  readonly attempts: number;
  /** ISO 8601 UTC. */
  readonly parked_at: string;
  readonly retry_requested: boolean;
}

const COLUMNS =
  'subscription, position, stream_id, type, error, attempts, ' +
  `to_char(parked_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as parked_at, ` +
  'retry_requested_at is not null as retry_requested';

/** The parked events of a service's subscriptions, in position order. */
export async function listParked(
  client: ClientBase | Pool,
  schema: string,
  filter: { readonly subscription?: string; readonly streamId?: string; readonly limit?: number } = {},
): Promise<ParkedEvent[]> {
  const { rows } = await client.query<Omit<ParkedEvent, 'position'> & { position: string | number }>(
    `select ${COLUMNS} from ${identifier(schema)}.parked_events
      where ($1::text is null or subscription = $1) and ($2::text is null or stream_id = $2)
      order by subscription, position limit $3`,
    [filter.subscription ?? null, filter.streamId ?? null, filter.limit ?? 1_000],
  );
  return rows.map((row) => ({ ...row, position: Number(row.position) }));
}

/**
 * Asks for parked streams to be handled again; the subscription's active replica does it, within about a second, each
 * stream in order from its first parked event.
 * @returns how many parked events were marked
 */
export async function requestParkedRetry(
  client: ClientBase | Pool,
  schema: string,
  filter: { readonly subscription?: string; readonly streamId?: string } = {},
): Promise<number> {
  const { rowCount } = await client.query(
    `update ${identifier(schema)}.parked_events set retry_requested_at = clock_timestamp()
      where ($1::text is null or subscription = $1) and ($2::text is null or stream_id = $2)`,
    [filter.subscription ?? null, filter.streamId ?? null],
  );
  return rowCount ?? 0;
}

/** What the active replica of one subscription does with its parked events. */
export interface ParkedStore {
  /** The streams that wait. */
  streams(): Promise<Set<string>>;
  /** `failure`: of the first event; the others wait behind earlier ones. */
  add(
    client: ClientBase,
    events: readonly RecordedEvent[],
    failure?: { readonly error: string; readonly attempts: number },
  ): Promise<void>;
  /** Streams whose retry was asked for, in the order of their first parked event. */
  wanted(): Promise<string[]>;
  /** The positions of a stream's parked events, ascending, at most 500. */
  positions(streamId: string): Promise<Position[]>;
  remove(client: ClientBase, position: Position): Promise<void>;
  /** The retry failed: its request is withdrawn, the error kept. */
  failedAgain(streamId: string, position: Position, error: string): Promise<void>;
}

export function parkedStore(pool: Pool, schema: string, subscription: string): ParkedStore {
  const table = `${identifier(schema)}.parked_events`;
  return {
    async streams() {
      const { rows } = await pool.query<{ stream_id: string }>(
        `select distinct stream_id from ${table} where subscription = $1`,
        [subscription],
      );
      return new Set(rows.map((row) => row.stream_id));
    },
    async add(client, events, failure) {
      const rows = events.map((event) => ({
        position: event.position,
        stream_id: event.stream_id,
        type: event.type,
        error: failure?.error ?? null,
        attempts: failure?.attempts ?? 0,
      }));
      await client.query(
        `insert into ${table} (subscription, position, stream_id, type, error, attempts)
         select $1, position, stream_id, type, error, attempts
           from json_to_recordset($2) as r(position bigint, stream_id text, type text, error text, attempts integer)`,
        [subscription, JSON.stringify(rows)],
      );
    },
    async wanted() {
      const { rows } = await pool.query<{ stream_id: string }>(
        `select stream_id from ${table} where subscription = $1
          group by stream_id having bool_or(retry_requested_at is not null) order by min(position) limit 1000`,
        [subscription],
      );
      return rows.map((row) => row.stream_id);
    },
    async positions(streamId) {
      const { rows } = await pool.query<{ position: string | number }>(
        `select position from ${table} where subscription = $1 and stream_id = $2 order by position limit 500`,
        [subscription, streamId],
      );
      return rows.map((row) => Number(row.position));
    },
    async remove(client, position) {
      await client.query(`delete from ${table} where subscription = $1 and position = $2`, [subscription, position]);
    },
    async failedAgain(streamId, position, error) {
      await pool.query(
        `update ${table} set retry_requested_at = null,
                error = case when position = $3 then $4 else error end,
                attempts = attempts + case when position = $3 then 1 else 0 end
          where subscription = $1 and stream_id = $2`,
        [subscription, streamId, position, error],
      );
    },
  };
}
