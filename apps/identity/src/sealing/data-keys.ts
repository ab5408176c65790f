import type { KeyStore, SubjectKey } from '@ao/sealing';
import type { Pool, PoolClient } from 'pg';

const FIND = 'select subject, kek_id, wrapped from identity.data_keys where subject = any($1)';
const ADD = 'insert into identity.data_keys (subject, kek_id, wrapped) values ($1, $2, $3) on conflict do nothing';
const DESTROY = `
  insert into identity.data_keys (subject, kek_id, wrapped, destroyed_at) values ($1, '', null, clock_timestamp())
  on conflict (subject) do update set wrapped = null, destroyed_at = clock_timestamp()
    where data_keys.destroyed_at is null`;
const OUTDATED = `
  select subject, kek_id, wrapped from identity.data_keys
   where wrapped is not null and kek_id <> $1 and subject > $2
   order by subject limit $3`;
const REWRAP = 'update identity.data_keys set kek_id = $3, wrapped = $4 where subject = $1 and wrapped = $2';

/** Wrapped keys in `identity.data_keys`. */
export function dataKeys(pool: Pool): KeyStore {
  const find = async (subjects: readonly string[]) => (await pool.query<SubjectKey>(FIND, [subjects])).rows;
  return {
    find,
    add: async (subject, { kek_id, wrapped }) => {
      await pool.query(ADD, [subject, kek_id, wrapped]);
      // A statement of its own: it sees the row that was there first.
      return (await find([subject]))[0]!;
    },
    destroy: (subject) => destroyDataKey(pool, subject),
    outdated: async (kekId, after, limit) =>
      (await pool.query<SubjectKey & { wrapped: Buffer }>(OUTDATED, [kekId, after, limit])).rows,
    rewrap: async (subject, from, to) =>
      ((await pool.query(REWRAP, [subject, from.wrapped, to.kek_id, to.wrapped])).rowCount ?? 0) > 0,
  };
}

/** For good; as part of a transaction where that is what is given. */
export async function destroyDataKey(connection: Pool | PoolClient, subject: string): Promise<void> {
  await connection.query(DESTROY, [subject]);
}
