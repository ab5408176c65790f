import type { ClientBase, Pool, QueryConfig } from 'pg';
import type { EventMetadata } from '@ao/kernel';
import type { Position, RecordedEvent } from './types';

/** A row of the log as Postgres sent it: the text of each column, not parsed yet. */
export type LogRow = readonly [
  position: string,
  stream_id: string,
  category: string,
  version: string,
  type: string,
  schema_version: string,
  data: string,
  metadata: string,
  recorded_at: string,
];

const COLUMNS =
  'e.position, e.stream_id, e.category, e.version, e.type, e.schema_version, e.data, e.metadata, ' +
  "e.recorded_at at time zone 'UTC' as recorded_at";

/** Every row between two positions that are near each other: one walk along the primary key. */
const NEAR = `select ${COLUMNS} from event_log.events e
  where e.position > $2 and e.position <= $3 and e.category = any($1)
  order by e.position limit $4`;

/** Far behind with one category: along its own index, so that a rare category costs nothing for the rest of the log. */
const FAR_ONE = `select ${COLUMNS} from event_log.events e
  where e.category = ($1::text[])[1] and e.position > $2 and e.position <= $3
  order by e.position limit $4`;

/** Far behind with several: the first of each category, merged. `= any` over the index would sort all that is left of the log. */
const FAR_MANY = `select ${COLUMNS} from unnest($1::text[]) c(name) cross join lateral (
    select * from event_log.events n
     where n.category = c.name and n.position > $2 and n.position <= $3
     order by n.position limit $4
  ) e order by e.position limit $4`;

const AT_POSITIONS = `select ${COLUMNS} from event_log.events e where e.position = any($1) order by e.position`;

/** Rows as texts: JSON and numbers are parsed where an event is used, not in the driver. */
const AS_TEXT = { getTypeParser: () => (text: string) => text } as unknown as QueryConfig['types'];

/** Rows of the categories with `after < position <= upTo`, at most `limit`, in position order. */
export async function readRows(
  pool: Pool,
  categories: readonly string[],
  after: Position,
  upTo: Position,
  limit: number,
): Promise<LogRow[]> {
  const [name, text] =
    upTo - after <= 4 * limit
      ? ['tail_near', NEAR]
      : categories.length === 1
        ? ['tail_far_one', FAR_ONE]
        : ['tail_far_many', FAR_MANY];
  const values = [categories, after, upTo, limit];
  const { rows } = await pool.query<LogRow[]>({ name, text, values, rowMode: 'array', types: AS_TEXT } as never);
  return rows as unknown as LogRow[];
}

/** The rows at these positions, in position order. */
export async function readRowsAt(client: ClientBase | Pool, positions: readonly Position[]): Promise<LogRow[]> {
  const query = { name: 'tail_at', text: AT_POSITIONS, values: [positions], rowMode: 'array', types: AS_TEXT };
  const { rows } = await client.query<LogRow[]>(query as never);
  return rows as unknown as LogRow[];
}

/** The position of the last event: a commit's row becomes visible together with its events. */
export async function readHead(pool: Pool): Promise<Position> {
  const { rows } = await pool.query<{ head: string }>({
    name: 'tail_head',
    text: 'select last_position as head from event_log.commits order by last_position desc limit 1',
  });
  return Number(rows[0]?.head ?? 0);
}

/** The size of a row's texts, roughly the memory it holds in bytes. */
export function sizeOfRow(row: LogRow): number {
  return row[6].length + row[7].length + row[1].length + 64;
}

/** The event as it was written, not upcast. */
export function eventOfRow(row: LogRow): RecordedEvent {
  return {
    position: Number(row[0]),
    stream_id: row[1],
    category: row[2],
    version: Number(row[3]),
    type: row[4],
    schema_version: Number(row[5]),
    data: JSON.parse(row[6]) as unknown,
    metadata: JSON.parse(row[7]) as EventMetadata,
    recorded_at: isoOf(row[8]),
  };
}

/** `2026-01-02 03:04:05.06` in UTC as ISO 8601 with six digits; Postgres leaves trailing zeros out. */
function isoOf(text: string): string {
  const fraction = text.length > 20 ? text.slice(20) : '';
  return `${text.slice(0, 10)}T${text.slice(11, 19)}.${fraction.padEnd(6, '0')}Z`;
}
