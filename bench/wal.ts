import type { Pool } from 'pg';

/**
 * A server that has run for a while writes into WAL files it used before. A fresh one would fill each new file of 16 MB with
 * zeros first, 60 ms long and sooner for whoever writes more: so write 1.2 GB of WAL, whose files the checkpoints give back.
 * The server is to keep them: `min_wal_size`.
 */
export async function useWalAgain(pool: Pool): Promise<void> {
  await unhurried(
    pool,
    'create table bench_wal as select i, repeat(md5(i::text), 30) as text from generate_series(1, 1200000) i',
  );
  await unhurried(pool, 'checkpoint');
  await unhurried(pool, 'drop table bench_wal');
  await unhurried(pool, 'checkpoint');
}

/** A statement that may take longer than a service would wait. */
export async function unhurried(pool: Pool, text: string): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('set statement_timeout = 0');
    await client.query({ text, query_timeout: 600_000 } as never);
    await client.query('reset statement_timeout');
  } finally {
    client.release();
  }
}
