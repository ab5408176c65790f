import { testDatabase, type TestDatabase } from '@ao/testing';
import type { Pool } from 'pg';
import { embeddingCache } from './embedding-cache';

describe('the cache of embeddings', () => {
  let database: TestDatabase;
  let pool: Pool;
  beforeAll(async () => {
    database = await testDatabase();
    pool = database.pool('discovery');
  });
  afterAll(() => database?.drop());

  const vector = (...values: number[]) => Float32Array.from(values);
  const vectors = (entries: Record<string, Float32Array>) => new Map(Object.entries(entries));

  it('should give back what was kept, bit by bit, and nothing else', async () => {
    const cache = embeddingCache(pool, 'http m-1');
    await cache.keep(vectors({ one: vector(0.1, -1, 1e-30), 'zwei ü \n': vector(1) }));
    await cache.keep(vectors({ one: vector(9, 9, 9) }));
    expect(await cache.find(['one', 'three', 'zwei ü \n'])).toEqual(
      vectors({ one: vector(0.1, -1, 1e-30), 'zwei ü \n': vector(1) }),
    );
    expect(await cache.find([])).toEqual(new Map());
  });

  it('should never give the vectors of another model, and forget them when the model changes', async () => {
    const [before, after] = [embeddingCache(pool, 'http old'), embeddingCache(pool, 'http new')];
    await before.keep(vectors({ one: vector(1, 2) }));
    expect(await after.find(['one'])).toEqual(new Map());
    await after.keep(vectors({ one: vector(3, 4) }));
    await after.forgetOthers();
    expect(await before.find(['one'])).toEqual(new Map());
    expect(await after.find(['one'])).toEqual(vectors({ one: vector(3, 4) }));
  });
});
