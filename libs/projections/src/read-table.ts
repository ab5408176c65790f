import type { Pool } from 'pg';
import { tableName, type Projection } from './projection';

const PAGE = 5_000;

/**
 * Seeds a view that follows the log from there on: the documents of a projection's table, page by page, and the checkpoint they stand at, all of one snapshot. By pages,
 * because what a process once needed in one piece it keeps for good.
 */
export async function readTable<Document extends object>(
  pool: Pool,
  { name, table }: Pick<Projection<Document>, 'name' | 'table'>,
  take: (documents: readonly Document[]) => void,
): Promise<number> {
  const { schema, sql } = tableName(table);
  const client = await pool.connect();
  try {
    await client.query('begin isolation level repeatable read read only');
    const checkpoint = await client.query<{ position: number | null }>(
      `select max(position) as position from "${schema}".subscription_checkpoints where subscription = $1`,
      [name],
    );
    for (let after = ''; ;) {
      const { rows } = await client.query<{ id: string; document: Document }>(
        `select id, document from ${sql} where id > $1 order by id limit ${PAGE}`,
        [after],
      );
      take(rows.map(({ document }) => document));
      const last = rows.at(-1);
      if (!last || rows.length < PAGE) break;
      after = last.id;
    }
    await client.query('commit');
    client.release();
    return Number(checkpoint.rows[0]?.position ?? 0);
  } catch (error) {
    // Whatever state it is in, nobody else gets this connection.
    client.release(true);
    throw error;
  }
}
