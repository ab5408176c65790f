import type { KeyObject } from 'node:crypto';
import type { Pool, PoolClient } from 'pg';
import type { Position } from '../types';
import { signSeal } from './seal-key';

export interface SealerOptions {
  readonly pool: Pool;
  readonly privateKey: KeyObject;
  /** Milliseconds between seals; default 60,000. */
  readonly intervalMs?: number;
  readonly onSeal?: (position: Position) => void;
  readonly onError?: (error: Error) => void;
}

const LOCK = '4711200100000003';

/** Signs the chain's present end. Undefined when nothing was appended since the last seal, or another process seals now. */
export async function seal(pool: Pool, privateKey: KeyObject): Promise<Position | undefined> {
  const client = await pool.connect();
  let failed: Error | undefined;
  try {
    await client.query('begin');
    const end = (await tryLock(client)) ? await unsealedEnd(client) : undefined;
    if (end) {
      const { last_position, hash, sealed_us, key_id, signature } = signSeal(
        privateKey,
        end.last_position,
        end.hash,
        end.now,
      );
      await client.query(
        `select event_log.add_seal($1::bigint, decode($2, 'hex'), $3::bigint, $4, decode($5, 'hex'))`,
        [last_position, hash, sealed_us, key_id, signature],
      );
    }
    await client.query('commit');
    return end && Number(end.last_position);
  } catch (error) {
    failed = error as Error;
    throw error;
  } finally {
    client.release(failed);
  }
}

async function tryLock(client: PoolClient): Promise<boolean> {
  const { rows } = await client.query<{ taken: boolean }>(`select pg_try_advisory_xact_lock(${LOCK}) as taken`);
  return rows[0]!.taken;
}

/** The chain's end, if it is not sealed. A statement after the one that took the lock: it sees the seal of whoever had it before. */
async function unsealedEnd(client: PoolClient) {
  const { rows } = await client.query<{ last_position: string; hash: string; now: string }>(
    `select c.last_position::text, encode(c.hash, 'hex') as hash,
            (extract(epoch from clock_timestamp()) * 1000000)::bigint::text as now
       from event_log.commits c
      where c.last_position = (select max(last_position) from event_log.commits)
        and c.last_position > coalesce((select max(last_position) from event_log.seals), 0)`,
  );
  return rows[0];
}

/**
 * Seals now and every so often. Any number of processes may run it: an advisory lock lets one of them seal at a time, and
 * a moment with nothing new is skipped.
 */
export function startSealer(options: SealerOptions): { stop(): Promise<void> } {
  const { pool, privateKey, intervalMs = 60_000, onSeal, onError } = options;
  const once = async () => {
    try {
      const position = await seal(pool, privateKey);
      if (position !== undefined) onSeal?.(position);
    } catch (error) {
      onError?.(error as Error);
    }
  };
  let running = once();
  const timer = setInterval(() => {
    running = running.then(once);
  }, intervalMs);
  return {
    async stop() {
      clearInterval(timer);
      await running;
    },
  };
}
