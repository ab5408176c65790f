import path from 'node:path';
import type { DeadLetterFilter } from '@ao/contracts';
import { sqlFile } from '@ao/event-log';
import type { Pool } from 'pg';
import { MAX_COUNTED } from './task.queries';
import type { TaskReadModel } from './task.read-model';

const sql = (name: string) => sqlFile(path.join(__dirname, 'sql', `${name}.sql`));
const LIST = sql('list-dead-letters');
const COUNT = sql('count-dead-letters');
const STATISTICS = sql('dead-letter-statistics');

export const DEAD_LETTER_AGES = ['hour', 'day', 'week', 'older'] as const;
/** At most an hour, a day, a week old, or older. */
export type DeadLetterAge = (typeof DEAD_LETTER_AGES)[number];

/** Dead letters that have a class, a type and an age in common. */
export interface DeadLetterGroup {
  readonly class: string;
  readonly type: string;
  readonly age: DeadLetterAge;
  readonly count: number;
  readonly oldest: Date;
  readonly newest: Date;
}

/** Those reads of the model `tasks` that concern dead letters. */
export class DeadLetterQueries {
  constructor(private readonly pool: Pool) {}

  /** Newest first; `total` is counted to a bound. */
  async list(
    filter: DeadLetterFilter,
    page: { readonly limit: number; readonly offset: number },
  ): Promise<{ deadLetters: TaskReadModel[]; total: number }> {
    const values = [filter.failure_class, filter.type, filter.agent_id, filter.since];
    const [found, counted] = await Promise.all([
      this.pool.query<{ document: TaskReadModel }>({
        name: 'list_dead_letters',
        text: LIST,
        values: [...values, page.limit, page.offset],
      }),
      this.pool.query<{ total: number }>({
        name: 'count_dead_letters',
        text: COUNT,
        values: [...values, MAX_COUNTED],
      }),
    ]);
    return { deadLetters: found.rows.map(({ document }) => document), total: counted.rows[0]?.total ?? 0 };
  }

  /** `now` in ISO 8601, for the ages. */
  async statistics(now: string): Promise<DeadLetterGroup[]> {
    const { rows } = await this.pool.query<DeadLetterGroup>({
      name: 'dead_letter_statistics',
      text: STATISTICS,
      values: [now],
    });
    return rows;
  }
}
