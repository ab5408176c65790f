import type { Pool, PoolClient } from 'pg';
import type { EventReader, Position, RecordedEvent } from '@ao/event-log';
import { applyBatch, type ProjectionTables } from './apply-batch';
import { createDocumentCache } from './document-cache';
import { tableName, type Projection } from './projection';
import { shadowOf } from './shadow-table';

export interface RebuildOptions {
  /** Of a role that owns the projection's tables. */
  readonly pool: Pool;
  readonly log: Pick<EventReader, 'read' | 'head'>;
  /** Where the projection's checkpoint lives (`createSubscriptions({schema})`). */
  readonly schema: string;
  /** Events per transaction; default 5,000. */
  readonly batchSize?: number;
  /** Told after each batch. */
  readonly onProgress?: (position: Position, head: Position) => void;
}

export interface Rebuilt {
  /** The new tables hold everything up to here. */
  readonly position: Position;
  readonly events: number;
  readonly seconds: number;
}

/** The switch catches up on what is left with the live projection held back, so little may be left. */
const FEW = 500;
const SWITCH_ATTEMPTS = 20;
const CACHED_DOCUMENTS = 20_000;

/**
 * Builds a projection's tables anew from position 0 beside the live ones, then exchanges them and moves the checkpoint in
 * one transaction. Readers see the old rows or the new ones; the live projection goes on meanwhile and continues on the
 * new tables; parked events of the projection are in the new tables, so they are forgotten.
 * @throws when another rebuild of it runs, when an event cannot be folded, or when the tables belong to a newer version;
 *   the live tables are untouched then
 */
export async function rebuildProjection<Document extends object>(
  projection: Projection<Document>,
  options: RebuildOptions,
): Promise<Rebuilt> {
  const { pool, log } = options;
  const started = performance.now();
  const batchSize = options.batchSize ?? 5_000;
  const shadows = [shadowOf(projection.table), ...(projection.counters ? [shadowOf(projection.counters.table)] : [])];
  const tables: ProjectionTables = {
    documents: shadows[0]!.sql,
    ...(shadows[1] && { counters: shadows[1].sql }),
  };
  const cache = createDocumentCache<Document>(CACHED_DOCUMENTS);
  let position: Position = 0;
  let events = 0;

  async function fold(batch: readonly RecordedEvent[], client: PoolClient): Promise<void> {
    cache.propose(await applyBatch(projection, tables, batch, client, cache));
    cache.accept();
    events += batch.length;
  }

  /** Folds everything up to `upTo`; the next page is read while one is folded. */
  async function catchUp(upTo: Position, apply: (batch: readonly RecordedEvent[]) => Promise<void>): Promise<void> {
    const page = (after: Position) => log.read({ categories: projection.categories, after, upTo, limit: batchSize });
    if (position >= upTo) return;
    let coming = page(position);
    for (;;) {
      const batch = await coming;
      const last = batch.length < batchSize ? upTo : batch[batch.length - 1]!.position;
      if (last < upTo) {
        coming = page(last);
        coming.catch(() => undefined); // awaited in the next round
      }
      if (batch.length > 0) await apply(batch);
      position = last;
      options.onProgress?.(position, upTo);
      if (position >= upTo) return;
    }
  }

  const client = await pool.connect();
  try {
    await lockRebuild(client, projection);
    try {
      await refuseNewer(client, projection, options.schema);
      for (const shadow of shadows) await shadow.create(client);
      const inOwnTransaction = (batch: readonly RecordedEvent[]) =>
        transaction(client, async () => {
          // The switch's commit makes all of it durable; until then a crash only costs the shadow.
          await client.query('set local synchronous_commit = off');
          await fold(batch, client);
        });
      await catchUp(await log.head(), inOwnTransaction);
      await client.query('set statement_timeout = 0');
      for (const shadow of shadows) await shadow.complete(client);
      for (let attempt = 1; ; attempt += 1) {
        for (let head = await log.head(); head - position > FEW; head = await log.head())
          await catchUp(head, inOwnTransaction);
        try {
          await transaction(client, () => exchange());
          break;
        } catch (error) {
          // Held up by readers that will not end, or crossed by one that wants both tables: let them pass.
          const code = (error as { code?: unknown }).code;
          if (attempt === SWITCH_ATTEMPTS || (code !== '55P03' && code !== '40P01')) throw error;
          cache.clear();
        }
      }
    } catch (error) {
      for (const shadow of shadows) await shadow.drop(client).catch(() => undefined);
      throw error;
    }
    return { position, events, seconds: (performance.now() - started) / 1000 };
  } finally {
    // At once: the server ends the session, with its settings and its lock, some time after it was left.
    await unlockRebuild(client, projection).catch(() => undefined);
    client.release(true);
  }

  async function exchange(): Promise<void> {
    const checkpoints = `${tableName(`${options.schema}.subscription_checkpoints`).sql}`;
    await client.query(`set local lock_timeout = '2s'`);
    // The live projection takes this row first as well: from here on it waits, and finds another generation afterwards.
    const { rows } = await client.query<{ position: string | number }>(
      `select position from ${checkpoints} where subscription = $1 for update`,
      [projection.name],
    );
    await refuseNewer(client, projection, options.schema);
    const before = position;
    try {
      await catchUp(Number(rows[0]?.position ?? 0), (batch) => fold(batch, client));
      for (const shadow of shadows) await shadow.takePlace(client);
      await client.query(
        `insert into ${checkpoints} as c (subscription, position, version) values ($1, $2, $3)
         on conflict (subscription) do update
           set position = excluded.position, version = excluded.version,
               generation = c.generation + 1, updated_at = clock_timestamp()`,
        [projection.name, position, projection.version],
      );
      await client.query(
        `delete from ${tableName(`${options.schema}.parked_events`).sql} where subscription = $1 and position <= $2`,
        [projection.name, position],
      );
    } catch (error) {
      position = before;
      throw error;
    }
  }
}

async function lockRebuild(client: PoolClient, projection: Pick<Projection, 'name' | 'table'>): Promise<void> {
  const { rows } = await client.query<{ taken: boolean }>(
    'select pg_try_advisory_lock(hashtextextended($1, 4711)) as taken',
    [`rebuild ${projection.table}`],
  );
  if (!rows[0]!.taken) throw new Error(`${projection.name} is being rebuilt by another process already`);
}

async function unlockRebuild(client: PoolClient, projection: Pick<Projection, 'name' | 'table'>): Promise<void> {
  await client.query('select pg_advisory_unlock(hashtextextended($1, 4711))', [`rebuild ${projection.table}`]);
}

async function refuseNewer(
  client: PoolClient,
  projection: Pick<Projection, 'name' | 'version'>,
  schema: string,
): Promise<void> {
  const { rows } = await client.query<{ version: number }>(
    `select version from ${tableName(`${schema}.subscription_checkpoints`).sql} where subscription = $1`,
    [projection.name],
  );
  const found = rows[0]?.version ?? 0;
  if (found > projection.version)
    throw new Error(
      `${projection.name} stands at version ${found}, which a newer release made; this one has version ${projection.version}`,
    );
}

async function transaction(client: PoolClient, work: () => Promise<void>): Promise<void> {
  await client.query('begin isolation level read committed');
  try {
    await work();
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
}
