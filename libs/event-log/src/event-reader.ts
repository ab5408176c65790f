import type { Pool } from 'pg';
import { AS_TEXT, COLUMNS, eventsOfRows, type LogRow } from './event-row';
import { LogUnavailableError, type EventReader, type Position, type RecordedEvent } from './types';

const MAX_LIMIT = 10_000;
const END: Position = Number.MAX_SAFE_INTEGER;

export interface EventReaderOptions {
  readonly pool: Pool;
  /** Lifts events to the present schema. */
  readonly upcasters?: { upcast(event: RecordedEvent): RecordedEvent };
}

export function createEventReader({ pool, upcasters }: EventReaderOptions): EventReader {
  const events = (name: string, text: string, values: unknown[]) => rowsOf({ name, text, values });

  async function rowsOf(query: NamedQuery): Promise<RecordedEvent[]> {
    const read = eventsOfRows(await ask<LogRow>(pool, { ...query, ...AS_TEXT }));
    return upcasters ? read.map((event) => upcasters.upcast(event)) : read;
  }

  return {
    readStream: (streamId, { fromVersion = 1, upTo = END, limit = MAX_LIMIT } = {}) =>
      events(
        'log_read_stream',
        `select ${COLUMNS} from event_log.events e
          where e.stream_id = $1 and e.version >= $2 and e.position <= $3 order by e.version limit $4`,
        [streamId, fromVersion, upTo, bounded(limit)],
      ),

    read: ({ after = 0, upTo = END, limit = 1_000, categories }) =>
      categories === undefined
        ? events(
            'log_read_all',
            `select ${COLUMNS} from event_log.events e
              where e.position > $1 and e.position <= $2 order by e.position limit $3`,
            [after, upTo, bounded(limit)],
          )
        : categories.length === 0
          ? Promise.resolve([])
          : rowsOf(categoriesQuery(categories, after, upTo, bounded(limit))),

    async head() {
      const rows = await ask<[string]>(pool, {
        name: 'log_head',
        text: 'select last_position from event_log.commits order by last_position desc limit 1',
        values: [],
        ...AS_TEXT,
      });
      return Number(rows[0]?.[0] ?? 0);
    },
  };
}

interface NamedQuery {
  readonly name: string;
  readonly text: string;
  readonly values: unknown[];
}

/**
 * A page of some categories: one walk along (category, position) for each, from where the page starts, merged by position.
 *
 * Row comparisons and the order by category make that index the only way (with `category = $4 and position > $1` the
 * planner may walk the whole log along the primary key for a rare category: 0.9 s at 1,000,000 events against 1 ms).
 * Several categories are merged by position first, from the index alone, so that rows are fetched for `limit` events and
 * not for `limit` of each category.
 */
export function categoriesQuery(
  categories: readonly string[],
  after: Position,
  upTo: Position,
  limit: number,
): NamedQuery {
  return categories.length === 1
    ? { name: 'log_read_one', text: ONE_CATEGORY, values: [after, upTo, limit, categories[0]] }
    : { name: 'log_read_some', text: SOME_CATEGORIES, values: [after, upTo, limit, categories] };
}

const ONE_CATEGORY = `select ${COLUMNS} from event_log.events e
  where (e.category, e.position) > ($4, $1) and (e.category, e.position) <= ($4, $2)
  order by e.category, e.position limit $3`;

const SOME_CATEGORIES = `select ${COLUMNS} from (
    select n.position from unnest($4::text[]) c(category) cross join lateral (
      select e.position from event_log.events e
       where (e.category, e.position) > (c.category, $1) and (e.category, e.position) <= (c.category, $2)
       order by e.category, e.position limit $3
    ) n order by n.position limit $3
  ) p cross join lateral (select * from event_log.events e where e.position = p.position limit 1) e
  order by p.position`;

function bounded(limit: number): number {
  return Math.min(Math.max(1, Math.trunc(limit)), MAX_LIMIT);
}

/** Any failure to read means that the log cannot be asked now: reads have no outcome to lose. */
export async function ask<Row>(pool: Pool, query: object): Promise<Row[]> {
  try {
    const { rows } = await pool.query(query as never);
    return rows as unknown as Row[];
  } catch (error) {
    throw new LogUnavailableError(`the event log cannot be read: ${(error as Error).message}`, error);
  }
}
