import { postgresKeyStore, type KeyStatements, type KeyStore } from '@ao/sealing';
import type { Pool, PoolClient } from 'pg';

const STATEMENTS: KeyStatements = {
  find: 'select subject, kek_id, wrapped from identity.data_keys where subject = any($1)',
  add: 'insert into identity.data_keys (subject, kek_id, wrapped) values ($1, $2, $3) on conflict do nothing',
  outdated: `
    select subject, kek_id, wrapped from identity.data_keys
     where wrapped is not null and kek_id <> $1 and subject > $2
     order by subject limit $3`,
  rewrap: 'update identity.data_keys set kek_id = $3, wrapped = $4 where subject = $1 and wrapped = $2',
};
const DESTROY = `
  insert into identity.data_keys (subject, kek_id, wrapped, destroyed_at) values ($1, '', null, clock_timestamp())
  on conflict (subject) do update set wrapped = null, destroyed_at = clock_timestamp()
    where data_keys.destroyed_at is null`;

/** Wrapped keys in `identity.data_keys`. */
export const dataKeys = (pool: Pool): KeyStore =>
  postgresKeyStore(pool, STATEMENTS, (subject) => destroyDataKey(pool, subject));

/** For good; as part of a transaction where that is what is given. */
export async function destroyDataKey(connection: Pool | PoolClient, subject: string): Promise<void> {
  await connection.query(DESTROY, [subject]);
}
