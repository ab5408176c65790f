import { testDatabase, type DatabaseUser, type TestDatabase } from '@ao/testing';
import type { Pool } from 'pg';
import { createEventLog, type EventLog, type EventLogOptions } from './event-log';
import { createPool } from './pool';

/** A database of its own, and logs on it as so many processes would have them. */
export interface LogSubject {
  readonly database: TestDatabase;
  /** The superuser. */
  readonly admin: Pool;
  open(options?: Partial<EventLogOptions> & { readonly user?: DatabaseUser; readonly url?: string }): EventLog;
  poolAs(user: DatabaseUser): Pool;
  close(): Promise<void>;
}

export async function logSubject(): Promise<LogSubject> {
  const database = await testDatabase();
  const pools: Pool[] = [];
  const logs: EventLog[] = [];
  const poolOn = (url: string) => {
    const pool = createPool(url, { applicationName: 'event-log-test', max: 4 });
    pools.push(pool);
    return pool;
  };
  return {
    database,
    admin: database.pool('admin'),
    open: ({ user = 'tasks', url, ...options } = {}) => {
      const log = createEventLog({ pool: poolOn(url ?? database.urlFor(user)), ...options });
      logs.push(log);
      return log;
    },
    poolAs: (user) => poolOn(database.urlFor(user)),
    close: async () => {
      await Promise.all(logs.map((log) => log.close()));
      await Promise.all(pools.map((pool) => pool.end()));
      await database.drop();
    },
  };
}
