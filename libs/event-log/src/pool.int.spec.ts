import { testDatabase, type TestDatabase } from '@ao/testing';
import { createPool } from './index';

describe('a pool of connections', () => {
  let database: TestDatabase;

  beforeAll(async () => (database = await testDatabase()));
  afterAll(() => database.drop());

  it.each([
    [undefined, 'on'],
    [true, 'off'],
  ])('should plan by index alone only where it is asked to (%s)', async (byIndex, readsWhole) => {
    const pool = createPool(database.urlFor('tasks'), { applicationName: 'pool-spec', byIndex });
    try {
      const { rows } = await pool.query<{ found: string }>("select current_setting('enable_seqscan') as found");
      expect(rows).toEqual([{ found: readsWhole }]);
    } finally {
      await pool.end();
    }
  });
});
