import path from 'node:path';
import type { DeadLetterFilter } from '@ao/contracts';
import { sqlFile } from '@ao/event-log';
import type { Pool, PoolClient } from 'pg';

const sql = (name: string) => sqlFile(path.join(__dirname, 'sql', `${name}.sql`));
const ADD = sql('add-dead-letters');
const COUNT = sql('count-dead-letters');
const NEXT = sql('next-dead-letters');

/** A dead letter as its event tells of it. */
export interface NewDeadLetter {
  readonly task_id: string;
  readonly position: number;
  readonly failure_class: string | null;
  /** Null: an event before says so. */
  readonly agent_id: string | null;
  readonly dead_lettered_at: string;
}

/** A stretch of the dead letters, in the order in which they became that. */
export interface Stretch {
  readonly filter: DeadLetterFilter;
  /** Position of the log; what became one later is not meant. */
  readonly until: number;
}

/** Takes the tasks that are none any more off the table, and puts the new ones on it. */
export async function writeDeadLetters(
  client: Pick<PoolClient, 'query'>,
  { added, ended }: { readonly added: readonly NewDeadLetter[]; readonly ended: readonly string[] },
): Promise<void> {
  if (ended.length > 0) {
    await client.query({
      name: 'end_dead_letters',
      text: 'delete from tasks.dead_letters where task_id = any($1::uuid[])',
      values: [ended],
    });
  }
  if (added.length === 0) return;
  await client.query({ name: 'add_dead_letters', text: ADD, values: [JSON.stringify(added)] });
}

/** Reads of `tasks.dead_letters`. */
export class DeadLetterStore {
  constructor(private readonly pool: Pool) {}

  async count(stretch: Stretch): Promise<number> {
    const { rows } = await this.pool.query<{ count: number }>({
      name: 'count_dead_letters',
      text: COUNT,
      values: valuesOf(stretch),
    });
    return rows[0]?.count ?? 0;
  }

  /** The next of them after a position. */
  async next(stretch: Stretch, after: number, limit: number): Promise<{ task_id: string; position: number }[]> {
    const { rows } = await this.pool.query<{ task_id: string; position: string | number }>({
      name: 'next_dead_letters',
      text: NEXT,
      values: [...valuesOf(stretch), after, limit],
    });
    return rows.map(({ task_id, position }) => ({ task_id, position: Number(position) }));
  }
}

function valuesOf({ filter, until }: Stretch): unknown[] {
  return [filter.failure_class, filter.type, filter.agent_id, filter.since, until];
}
