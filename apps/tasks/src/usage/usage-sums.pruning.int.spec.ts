import { testDatabase, type TestDatabase } from '@ao/testing';
import type { Pool } from 'pg';
import { firstDayCounted, usageSumsPruning } from './usage-sums.pruning';

describe('the pruning of sums of usage', () => {
  let database: TestDatabase;
  let pool: Pool;
  beforeAll(async () => {
    database = await testDatabase();
    pool = database.pool('tasks');
  });
  afterAll(() => database?.drop());

  const days = async () =>
    (await pool.query<{ day: string }>('select day from tasks.usage_sums order by day')).rows.map(({ day }) => day);

  it('should leave what spending is counted from, and take all that is older, however much that is', async () => {
    const insert = `insert into tasks.usage_sums (id, document, position, day)
                    select $1 || number, '{}', number, $1 from generate_series(1, $2) as number`;
    await pool.query(insert, ['2026-09-30', 12_000]);
    for (const day of ['2026-10-01', '2026-10-31', '2026-11-01', '2026-11-02']) await pool.query(insert, [day, 1]);
    const errors: unknown[] = [];
    const pruneAt = async (time: string) => {
      const clock = { now: () => Date.parse(time) };
      await usageSumsPruning({ pool, clock, onError: (error) => errors.push(error) }).prune();
      return days();
    };
    // It may be October still where the budgets' time zone is.
    const october = ['2026-10-01', '2026-10-31', '2026-11-01', '2026-11-02'];
    expect(await pruneAt('2026-11-02T23:00:00Z')).toEqual(october);
    expect(await pruneAt('2026-11-03T01:00:00Z')).toEqual(['2026-11-01', '2026-11-02']);
    expect(await pruneAt('2026-11-30T23:59:59Z')).toEqual(['2026-11-01', '2026-11-02']);
    expect(errors).toEqual([]);
  });

  it('should say what went wrong and try again the next time', async () => {
    const errors: unknown[] = [];
    const broken = { query: () => Promise.reject(new Error('away')) } as unknown as Pool;
    const pruning = usageSumsPruning({ pool: broken, clock: Date, onError: (error) => errors.push(error) });
    await pruning.prune();
    await pruning.prune();
    expect(errors).toEqual([new Error('away'), new Error('away')]);
  });

  it.each([
    ['2026-01-01T00:00:00Z', '2025-12-01'],
    ['2026-03-03T00:00:00Z', '2026-03-01'],
    ['2026-03-31T00:00:00Z', '2026-03-01'],
  ])('should count from the first of a month: at %s from %s', (now, first) => {
    expect(firstDayCounted(Date.parse(now))).toBe(first);
  });
});
