import { Client } from 'pg';
import { eventually, testDatabase } from './index';

describe('testDatabase', () => {
  it('should give each caller a database of its own', async () => {
    for (let round = 0; round < 2; round++) {
      const database = await testDatabase({ migrated: false });
      await database.pool().query('create table mine (n bigint); insert into mine values (9007199254740991)');
      const { rows } = await database.pool().query('select n from mine');
      expect(rows).toEqual([{ n: 9007199254740991 }]);
      await database.drop();
    }
  });

  it('should hold the migrated schema, with the grants of production on the database itself', async () => {
    const database = await testDatabase();
    try {
      const { rows } = await database.pool('auditor').query('select count(*) as events from event_log.events');
      expect(rows).toEqual([{ events: 0 }]);
      const grants = await database
        .pool()
        .query('select has_database_privilege($1, current_database(), $2) as granted', ['ao_tasks', 'create']);
      expect(grants.rows).toEqual([{ granted: false }]);
    } finally {
      await database.drop();
    }
  });

  it('rejects a file that leaves a connection open', async () => {
    const database = await testDatabase({ migrated: false });
    const leak = new Client({ connectionString: database.adminUrl, application_name: 'the-leak' });
    leak.on('error', () => undefined);
    await leak.connect();
    await leak.query('select 1');
    await expect(database.drop()).rejects.toThrow(/1 connection.*\n.*the-leak/);
    await leak.end().catch(() => undefined);
  });
});

describe('eventually', () => {
  it('should return as soon as the assertion holds', async () => {
    let tries = 0;
    await eventually(() => expect(++tries).toBe(3), { intervalMs: 1 });
    expect(tries).toBe(3);
  });

  it('rejects with the last error when the time is up', async () => {
    await expect(eventually(() => expect(1).toBe(2), { timeoutMs: 20, intervalMs: 5 })).rejects.toThrow(
      /Expected: 2[\s\S]*still so after/,
    );
  });
});
