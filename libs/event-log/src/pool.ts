import pg from 'pg';

export interface PoolOptions {
  /** Connections at most; default 10. */
  readonly max?: number;
  /** Shown in pg_stat_activity. */
  readonly applicationName: string;
  /**
   * Rows are looked for by index wherever there is one. For tables of what is under way: nearly empty but full of dead rows, they
   * look small when a statement is planned, and the plan that reads such a table whole is kept.
   */
  readonly byIndex?: boolean;
  /** Hears of connections that died while nobody used them. */
  readonly onError?: (error: Error) => void;
}

const INT8 = 20;

/** Positions, versions and counts are safe integers, so bigint arrives as a number. */
const parsers = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    oid === INT8 && format !== 'binary' ? Number : pg.types.getTypeParser(oid, format as 'text'),
} as unknown as NonNullable<pg.PoolConfig['types']>;

/**
 * A pool that neither hangs nor crashes: every wait is bounded on the client's side too (a stopped server does not enforce
 * its own timeouts), and a connection that dies while idle is reported instead of ending the process.
 */
export function createPool(databaseUrl: string, options: PoolOptions): pg.Pool {
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    application_name: options.applicationName,
    ...(options.byIndex && { options: '-c enable_seqscan=off' }),
    max: options.max ?? 10,
    types: parsers,
    connectionTimeoutMillis: 3_000,
    query_timeout: 10_000,
    statement_timeout: 10_000,
    idle_in_transaction_session_timeout: 10_000,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 5_000,
  });
  const report = options.onError ?? (() => undefined);
  pool.on('error', report);
  // The pool listens to idle connections only; one that dies while it is checked out must not end the process either.
  pool.on('connect', (client) => client.on('error', report));
  return pool;
}
