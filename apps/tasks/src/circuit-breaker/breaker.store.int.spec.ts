import { newId } from '@ao/kernel';
import { testDatabase, type TestDatabase } from '@ao/testing';
import type { Pool } from 'pg';
import { loadTallies, storeTallies } from './breaker.store';
import { EMPTY_TALLY, counted, type Tally } from './tally';

const HOUR = 3_600_000;
const NOW = Date.parse('2026-01-03T00:00:00.000Z');

let database: TestDatabase;
let pool: Pool;
beforeAll(async () => {
  database = await testDatabase();
  pool = database.pool('tasks');
});
afterAll(() => database?.drop());

const store = (tallies: Record<string, Tally>, now: number) =>
  storeTallies(pool, new Map(Object.entries(tallies)), Object.keys(tallies), now);

describe('the tallies of breakers', () => {
  it('should be kept, replaced, and gone when they say nothing', async () => {
    const [one, two] = [newId(), newId()];
    const tally = counted(EMPTY_TALLY, NOW, true, 60);
    const probing = { ...EMPTY_TALLY, probes: [newId()] };
    await store({ [one]: tally, [two]: probing }, NOW);
    expect(await loadTallies(pool, [one, two, newId()])).toEqual(
      new Map([
        [one, tally],
        [two, probing],
      ]),
    );
    const more = counted(tally, NOW, false, 60);
    await store({ [one]: more, [two]: EMPTY_TALLY }, NOW);
    expect(await loadTallies(pool, [one, two])).toEqual(new Map([[one, more]]));
  });

  it('should be forgotten after a day in which nothing was added', async () => {
    const [old, recent, present] = [newId(), newId(), newId()];
    const tally = counted(EMPTY_TALLY, NOW, true, 60);
    await store({ [old]: tally }, NOW - 25 * HOUR);
    await store({ [recent]: tally }, NOW - 23 * HOUR);
    await store({ [present]: tally }, NOW);
    expect([...(await loadTallies(pool, [old, recent, present])).keys()].sort()).toEqual([recent, present].sort());
  });
});
