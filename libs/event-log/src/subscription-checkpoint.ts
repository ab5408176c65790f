import type { Pool, PoolClient, QueryResult } from 'pg';
import { faultOf } from './subscription-faults';
import { identifier } from './subscription-tables';
import type { Position } from './types';

export interface Checkpoint {
  readonly position: Position;
  /** Of the code whose state stands at this position. */
  readonly version: number;
  /** Grows when the state was exchanged under its owner. */
  readonly generation: number;
}

/** The checkpoint is not where this process left it: another one is active, or the state was rebuilt. */
export class SupersededError extends Error {
  constructor(
    name: string,
    readonly expected: Checkpoint,
    readonly found: Checkpoint | undefined,
  ) {
    super(
      `the checkpoint of ${name} was expected at ${describe(expected)}, but is at ${found ? describe(found) : 'nothing'}`,
    );
    this.name = 'SupersededError';
  }
}

/** What the handler itself threw, told apart from faults of the transaction around it. */
export class HandlerError extends Error {
  constructor(override readonly cause: unknown) {
    super('the handler failed');
    this.name = 'HandlerError';
  }
}

export interface CheckpointStore {
  /** The checkpoint as it is, or undefined before the first start. */
  read(): Promise<Checkpoint | undefined>;
  /** The checkpoint, made at position 0 with this version when there is none. */
  open(version: number): Promise<Checkpoint>;
  /**
   * Runs `work` and moves the checkpoint to the position it returns, both or neither. The row is locked and compared first, so work that
   * another process has done meanwhile is never done twice.
   * @throws SupersededError; whatever `work` throws; faults of the connection
   */
  commit(expected: Checkpoint, work: (transaction: PoolClient) => Promise<Position>): Promise<void>;
}

export function checkpointStore(pool: Pool, schema: string, name: string): CheckpointStore {
  const table = `${identifier(schema)}.subscription_checkpoints`;
  const select = `select position, version, generation from ${table} where subscription = `;

  return {
    async read() {
      const { rows } = await pool.query<Row>(`${select}$1`, [name]);
      return rows[0] && checkpointOf(rows[0]);
    },
    async open(version) {
      await pool.query(
        `insert into ${table} (subscription, position, version) values ($1, 0, $2) on conflict (subscription) do nothing`,
        [name, version],
      );
      const { rows } = await pool.query<Row>(`${select}$1`, [name]);
      return checkpointOf(rows[0]!);
    },
    async commit(expected, work) {
      await inTransaction(pool, async (client) => {
        const literal = client.escapeLiteral(name);
        // One message: begin, bound how long a frozen process may hold the row, lock, compare.
        const begun = (await client.query(
          'begin isolation level read committed; ' +
            "set local idle_in_transaction_session_timeout = '5s'; " +
            `${select}${literal} for update`,
        )) as unknown as QueryResult<Row>[];
        const row = begun[2]?.rows[0];
        const found = row && checkpointOf(row);
        if (
          !found ||
          found.position !== expected.position ||
          found.version !== expected.version ||
          found.generation !== expected.generation
        ) {
          throw new SupersededError(name, expected, found);
        }
        const next = await work(client);
        await client.query(
          `update ${table} set position = ${Math.trunc(next)}, updated_at = clock_timestamp() where subscription = ${literal}; commit`,
        );
      });
    },
  };
}

/** Lends a client to `work`, which begins and commits by itself; rolls back what it left open. */
async function inTransaction(pool: Pool, work: (client: PoolClient) => Promise<void>): Promise<void> {
  const client = await pool.connect();
  let broken = false;
  const onError = () => (broken = true);
  client.on('error', onError);
  try {
    await work(client);
  } catch (error) {
    broken ||= faultOf(error instanceof HandlerError ? error.cause : error) === 'unavailable';
    if (!broken) await client.query('rollback').catch(() => (broken = true));
    throw error;
  } finally {
    client.off('error', onError);
    client.release(broken);
  }
}

interface Row {
  readonly position: string | number;
  readonly version: number;
  readonly generation: string | number;
}

function checkpointOf(row: Row): Checkpoint {
  return { position: Number(row.position), version: row.version, generation: Number(row.generation) };
}

function describe({ position, version, generation }: Checkpoint): string {
  return `position ${position} (version ${version}, generation ${generation})`;
}
