import { isoTime } from '@ao/kernel';
import { testDatabase, type TestDatabase } from '@ao/testing';
import type { Pool } from 'pg';
import { BeatWriter } from './beat.writer';
import { LivenessStore } from './liveness.store';
import { statementOf } from './sql';

const TABLE = { name: 'telemetry.agent_liveness', key: 'agent_id' } as const;
const AGENTS = 800;
const ROUNDS = 12;
const REGISTERED_MS = Date.parse('2026-01-01T00:00:00.000Z');

describe('the statements on a table of beats', () => {
  let database: TestDatabase;
  let pool: Pool;
  beforeAll(async () => {
    database = await testDatabase();
    pool = database.pool('registry');
  });
  afterAll(() => database?.drop());

  it('should never wait for each other in a circle, in whatever order their rows are named', async () => {
    const ids = Array.from({ length: AGENTS }, (_, number) => `agent-${String(number).padStart(4, '0')}`);
    const backwards = [...ids].reverse();
    const store = new LivenessStore(pool, { table: TABLE, follower: 'liveness' });
    const failures: unknown[] = [];
    const writer = new BeatWriter({ pool, table: TABLE, onFailure: (error) => failures.push(error) });
    const follow = statementOf('update-followed.sql', TABLE);
    const time = isoTime(REGISTERED_MS);
    await pool.query(statementOf('upsert-registered.sql', TABLE), [
      ...[ids, ids.map(() => 30), ids.map(() => 'online'), ids.map(() => time)],
    ]);
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const id of ids) writer.take({ id, seen_at: REGISTERED_MS, at: REGISTERED_MS, interval_seconds: 30 });
      const deadlines = backwards.map((id) => ({ id, deadline: REGISTERED_MS, next_deadline: REGISTERED_MS }));
      await Promise.all([
        writer.flush(),
        store.setDeadlines(deadlines),
        pool.query(follow, [backwards, ids.map(() => 30), ids.map(() => 'online'), ids.map(() => time)]),
      ]);
    }
    await writer.close();
    await Promise.all([store.deleteGone(backwards), store.setDeadlines([])]);
    expect(failures).toEqual([]);
    const { rows } = await pool.query<{ left: number }>('select count(*)::int as left from telemetry.agent_liveness');
    expect(rows).toEqual([{ left: 0 }]);
  });
});
