import { randomBytes } from 'node:crypto';
import { Client, Pool, types, type PoolConfig } from 'pg';
import { opened } from './open-resources';
import { TEMPLATE, testPostgres } from './test-postgres';

/** A service's login role (`ao_<service>`), the auditor's, or the superuser. */
export type DatabaseUser =
  'gateway' | 'registry' | 'discovery' | 'tasks' | 'identity' | 'notifications' | 'workflows' | 'auditor' | 'admin';

export interface TestDatabase {
  readonly name: string;
  /** The superuser on this database. */
  readonly adminUrl: string;
  urlFor(user: DatabaseUser): string;
  /** A pool of the harness's own, ended by `drop`; bigint arrives as number. */
  pool(user?: DatabaseUser): Pool;
  /**
   * Ends the pools handed out and drops the database.
   * @throws if somebody else is still connected after 2 s: a connection that was never closed
   */
  drop(): Promise<void>;
}

const LEAK_PATIENCE_MS = 2_000;
const INT8 = 20;

/** A fresh database with the whole migrated schema: a copy of the template, some tens of milliseconds. One per test file. */
export async function testDatabase(options: { migrated?: boolean } = {}): Promise<TestDatabase> {
  const { port, adminUrl: serverUrl, passwords, failure } = testPostgres();
  const migrated = options.migrated ?? true;
  if (migrated && failure !== undefined) throw new Error(failure);

  const name = `test_${randomBytes(6).toString('hex')}`;
  await onServer(serverUrl, async (admin) => {
    await admin.query(`create database ${name} template ${migrated ? TEMPLATE : 'template0'} strategy file_copy`);
    if (migrated) await copyGrants(admin, name);
  });
  const pools: Pool[] = [];
  const urlFor = (user: DatabaseUser) => {
    const url = new URL(serverUrl);
    url.pathname = `/${name}`;
    if (user !== 'admin') {
      const role = `ao_${user}`;
      url.username = role;
      url.password = passwords[role] ?? '';
    }
    return url.toString();
  };
  const remove = async () => {
    await Promise.allSettled(pools.splice(0).map((pool) => pool.end()));
    return onServer(serverUrl, async (admin) => {
      const left = await leftConnections(admin, name);
      await admin.query(`drop database if exists ${name} with (force)`);
      return left;
    });
  };
  const closed = opened(`database ${name} on port ${port}`, remove);
  return {
    name,
    adminUrl: urlFor('admin'),
    urlFor,
    pool: (user = 'admin') => {
      const pool = new Pool({ ...poolConfig(urlFor(user)), application_name: `test-${user}` });
      pool.on('error', () => undefined);
      pools.push(pool);
      return pool;
    },
    drop: async () => {
      closed();
      const left = await remove();
      if (left.length > 0) {
        throw new Error(`This test file left ${left.length} connection(s) open:\n  ${left.join('\n  ')}`);
      }
    },
  };
}

/** A copy of a database has its contents, but not the grants on the database itself (who may connect). */
async function copyGrants(admin: Client, name: string): Promise<void> {
  await admin.query(
    `update pg_database set datacl = (select datacl from pg_database where datname = '${TEMPLATE}') where datname = $1`,
    [name],
  );
}

function poolConfig(connectionString: string): PoolConfig {
  const parsers = {
    getTypeParser: (oid: number, format?: 'text' | 'binary') =>
      oid === INT8 && format !== 'binary' ? Number : types.getTypeParser(oid, format as 'text'),
  };
  return {
    connectionString,
    max: 10,
    connectionTimeoutMillis: 5_000,
    query_timeout: 60_000,
    types: parsers as unknown as NonNullable<PoolConfig['types']>,
  };
}

/** Who is still connected after some patience: a connection that is being closed takes a moment to vanish. */
async function leftConnections(admin: Client, name: string): Promise<string[]> {
  const deadline = performance.now() + LEAK_PATIENCE_MS;
  for (;;) {
    const { rows } = await admin.query<{ who: string }>(
      `select format('%s as %s, %s, last: %s', coalesce(nullif(application_name, ''), '(unnamed)'), usename, state, left(query, 120)) as who
         from pg_stat_activity where datname = $1 and backend_type = 'client backend'`,
      [name],
    );
    if (rows.length === 0 || performance.now() > deadline) return rows.map((row) => row.who);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function onServer<T>(connectionString: string, work: (admin: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString, application_name: 'test-harness', connectionTimeoutMillis: 10_000 });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
