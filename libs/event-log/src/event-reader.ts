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
  async function events(name: string, text: string, values: unknown[]): Promise<RecordedEvent[]> {
    const rows = await ask<LogRow>(pool, { name, text, values, ...AS_TEXT });
    const read = eventsOfRows(rows);
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
          : events(`log_read_${categories.length}`, mergedCategories(categories.length), [
              after,
              upTo,
              bounded(limit),
              ...categories,
            ]),

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

/**
 * One walk along (category, position) for each category, merged by position (MergeAppend): reads `limit` rows in all, not
 * per category, and nothing of other categories. `category = any(…)` would sort everything that is left of the log.
 */
export function mergedCategories(count: number): string {
  const walks = Array.from(
    { length: count },
    (_, index) => `select * from event_log.events where category = $${index + 4} and position > $1 and position <= $2`,
  );
  return `select ${COLUMNS} from (${walks.join(' union all ')}) e order by e.position limit $3`;
}

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
