import type { ClientBase, Pool } from 'pg';
import { categoriesQuery } from './event-reader';
import { AS_TEXT, COLUMNS, type LogRow } from './event-row';
import type { Selection } from './selection';
import type { Position } from './types';

/** Every row between two positions that are near each other: one walk along the primary key. */
const NEAR = `select ${COLUMNS} from event_log.events e
  where e.position > $1 and e.position <= $2
    and (e.category = any($4) or (e.category = any($5) and e.type = any($6)))
  order by e.position limit $3`;

export interface TailPage {
  readonly rows: readonly LogRow[];
  /** There are no others of the selection up to here. */
  readonly upTo: Position;
}

/**
 * Rows of the selection with `after < position <= upTo`, at most `limit`, in position order. Near the end of the log it
 * walks along the positions; far behind, along each category, so that a rare one costs nothing for the rest of the log.
 */
export async function readRows(
  pool: Pool,
  selection: Selection,
  after: Position,
  upTo: Position,
  limit: number,
): Promise<TailPage> {
  const { categories } = selection;
  if (categories.length === 0) return { rows: [], upTo };
  const query =
    upTo - after <= 4 * limit
      ? { name: 'tail_near', text: NEAR, values: [after, upTo, limit, ...selectionArrays(selection)] }
      : categoriesQuery(categories, after, upTo, limit);
  const { rows } = (await pool.query({ ...query, ...AS_TEXT } as never)) as unknown as { rows: LogRow[] };
  return {
    rows: selection.isWhole ? rows : rows.filter((row) => selection.has({ category: row[2], type: row[4] })),
    upTo: rows.length === limit ? Number(rows[limit - 1]![0]) : upTo,
  };
}

/** The categories that are wanted whole; the others, and the types that are wanted of these. */
function selectionArrays(selection: Selection): [string[], string[], string[]] {
  const [whole, others, types] = [new Set<string>(), new Set<string>(), new Set<string>()];
  for (const [category, type] of selection.pieces()) {
    if (type === null) whole.add(category);
    else {
      others.add(category);
      types.add(type);
    }
  }
  return [[...whole], [...others], [...types]];
}

/** The rows at these positions, in position order. */
export async function readRowsAt(client: ClientBase | Pool, positions: readonly Position[]): Promise<LogRow[]> {
  const text = `select ${COLUMNS} from event_log.events e where e.position = any($1) order by e.position`;
  const { rows } = await client.query({ name: 'tail_at', text, values: [positions], ...AS_TEXT } as never);
  return rows as unknown as LogRow[];
}

/** The position of the last event: a commit's row becomes visible together with its events. */
export async function readHead(pool: Pool): Promise<Position> {
  const { rows } = await pool.query<{ head: string | number }>({
    name: 'tail_head',
    text: 'select last_position as head from event_log.commits order by last_position desc limit 1',
  });
  return Number(rows[0]?.head ?? 0);
}

/** The size of a row's texts, roughly the memory it holds in bytes. */
export function sizeOfRow(row: LogRow): number {
  return row[6].length + row[7].length + row[1].length + 64;
}
