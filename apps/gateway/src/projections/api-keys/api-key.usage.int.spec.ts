import { createPool } from '@ao/event-log';
import { newId } from '@ao/kernel';
import { testDatabase, type TestDatabase } from '@ao/testing';
import type { Pool } from 'pg';
import { ApiKeyUsage } from './api-key.usage';

describe('the use of API keys', () => {
  let database: TestDatabase;
  let pool: Pool;
  const errors: unknown[] = [];
  const clock = { now: () => now };
  let now = Date.UTC(2026, 0, 1);

  beforeAll(async () => {
    database = await testDatabase();
    pool = createPool(database.urlFor('gateway'), { applicationName: 'usage', max: 2 });
  });
  afterAll(async () => {
    await pool?.end();
    await database?.drop();
  });

  const lastUse = async (id: string) =>
    (
      await pool.query<{ last_used_at: Date }>(
        'select last_used_at from telemetry.api_key_usage where api_key_id = $1',
        [id],
      )
    ).rows[0]?.last_used_at.getTime();

  it('should be written by the gateway, many uses as one, and never run backwards', async () => {
    const statements: unknown[] = [];
    const counting = { query: (query: never) => (statements.push(query), pool.query(query)) } as unknown as Pool;
    const usage = new ApiKeyUsage({ pool: counting, clock, onError: (error) => errors.push(error) });
    const [first, second] = [newId(), newId()];
    for (let use = 0; use < 100; use += 1) {
      now += 10;
      usage.used(first);
      usage.used(second);
    }
    await usage.close();
    expect(errors).toEqual([]);
    expect(statements).toHaveLength(1);
    expect([await lastUse(first), await lastUse(second)]).toEqual([now, now]);
    const latest = now;
    now -= 5_000;
    usage.used(first);
    await usage.close();
    expect(await lastUse(first)).toBe(latest);
  });

  it('should cost a request nothing while Postgres is away', async () => {
    const away = { query: () => Promise.reject(new Error('away')) } as unknown as Pool;
    const usage = new ApiKeyUsage({ pool: away, clock, onError: (error) => errors.push(error) });
    usage.used(newId());
    await usage.close();
    expect(errors).toHaveLength(1);
  });
});
