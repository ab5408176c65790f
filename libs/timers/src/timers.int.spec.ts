import { spawn, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { createEventLog, createPool, type EventLog } from '@ao/event-log';
import { eventually, testDatabase, type TestDatabase } from '@ao/testing';
import type { Pool, PoolClient } from 'pg';
import {
  createTimers,
  timersTableSql,
  type DueCommand,
  type FiredTimer,
  type Timers,
  type TimersOptions,
} from './index';

/** Processes start slowly on a machine that is busy with other things. */
const PATIENCE_MS = 240_000;

describe('timers', () => {
  let database: TestDatabase;
  let admin: Pool;
  let pool: Pool;
  let log: EventLog;
  const started: Timers[] = [];
  const children = new Set<ChildProcess>();

  beforeAll(async () => {
    database = await testDatabase();
    admin = database.pool('admin');
    await admin.query(timersTableSql('tasks'));
    await admin.query('grant all on tasks.timers to ao_tasks');
    pool = createPool(database.urlFor('tasks'), { applicationName: 'timers', max: 20 });
    log = createEventLog({ pool });
  });
  afterEach(async () => {
    await Promise.all(started.splice(0).map((timers) => timers.stop()));
    for (const child of children) child.kill('SIGKILL');
    await eventually(() => expect(children.size).toBe(0));
    await admin.query('truncate tasks.timers');
  });
  afterAll(async () => {
    await log.close();
    await pool.end();
    await database.drop();
  });

  function timers(options: Partial<TimersOptions> = {}): Timers {
    const made = createTimers({ pool, schema: 'tasks', ...options });
    started.push(made);
    return made;
  }

  /** Records every firing; `work` may throw or take its time. */
  function recorder(work: (timer: FiredTimer) => void | Promise<void> = () => undefined) {
    const fired: (FiredTimer & { seen_at: number })[] = [];
    return {
      fired,
      handler: async (timer: FiredTimer) => {
        fired.push({ ...timer, seen_at: await postgresNow() });
        await work(timer);
      },
    };
  }

  async function postgresNow(): Promise<number> {
    const { rows } = await admin.query<{ now: number }>(
      'select extract(epoch from clock_timestamp())::float8 * 1000 as now',
    );
    return rows[0]!.now;
  }
  const soon = async (milliseconds: number) => new Date((await postgresNow()) + milliseconds).toISOString();
  const left = async () => (await admin.query('select timer_id from tasks.timers')).rowCount;

  async function inTransaction<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
    const client = await pool.connect();
    try {
      await client.query('begin');
      const result = await work(client);
      await client.query('commit');
      return result;
    } catch (error) {
      await client.query('rollback');
      throw error;
    } finally {
      client.release();
    }
  }
  const schedule = (by: Timers, ...commands: DueCommand[]) => inTransaction((client) => by.schedule(client, commands));

  it('should fire each timer once, never early and not late', async () => {
    const { fired, handler } = recorder();
    // No poll could be in time: each firing is a wake-up for its own timer.
    const mine = timers({ pollIntervalMs: 60_000 });
    mine.start(handler);
    const now = await postgresNow();
    const commands = Array.from({ length: 300 }, (_, n) => ({
      timer_id: `t${n}`,
      due_at: new Date(now + 50 + ((n * 7_919) % 1_200)).toISOString(),
      kind: 'ring',
      payload: { n },
    }));
    await schedule(mine, ...commands);
    // It may have become the owner, and looked, between the statement and its commit.
    mine.nudge();
    await eventually(() => expect(fired).toHaveLength(300));
    await eventually(async () => expect(await left()).toBe(0));
    expect(fired).toHaveLength(300);
    for (const { timer_id, due_at, seen_at, fired_at, payload } of fired) {
      expect(seen_at).toBeGreaterThanOrEqual(Date.parse(due_at));
      expect(fired_at >= due_at).toBe(true);
      expect(timer_id).toBe(`t${(payload as { n: number }).n}`);
    }
    const lateness = fired.map(({ due_at, seen_at }) => seen_at - Date.parse(due_at)).sort((a, b) => a - b);
    expect(lateness[150]).toBeLessThan(5_000);
  });

  it('should wake for a timer that is due before the next poll, though its transaction commits later', async () => {
    const { fired, handler } = recorder();
    const mine = timers({ pollIntervalMs: 60_000 });
    mine.start(handler);
    await schedule(mine, { timer_id: 'first', due_at: await soon(0), kind: 'ring', payload: null });
    mine.nudge();
    await eventually(() => expect(fired).toHaveLength(1));
    const due = await soon(20);
    await inTransaction(async (client) => {
      await mine.schedule(client, [{ timer_id: 'second', due_at: due, kind: 'ring', payload: null }]);
      await client.query('select pg_sleep(0.2)');
    });
    await eventually(() => expect(fired).toHaveLength(2), { timeoutMs: 2_000 });
  });

  it('should fire with the commit of the transaction and not without', async () => {
    const { fired, handler } = recorder();
    const mine = timers({ pollIntervalMs: 50 });
    mine.start(handler);
    const due_at = await soon(0);
    await expect(
      inTransaction(async (client) => {
        await mine.schedule(client, [{ timer_id: 'never', due_at, kind: 'ring', payload: null }]);
        throw new Error('rolled back');
      }),
    ).rejects.toThrow('rolled back');
    await schedule(mine, { timer_id: 'really', due_at, kind: 'ring', payload: null });
    await eventually(() => expect(fired.map(({ timer_id }) => timer_id)).toEqual(['really']));
  });

  it('should fire a moved timer at its new time, and a cancelled one not at all', async () => {
    const { fired, handler } = recorder();
    const mine = timers({ pollIntervalMs: 50 });
    mine.start(handler);
    const early = await soon(150);
    await schedule(
      mine,
      ...['moved', 'cancelled', 'kept'].map((timer_id) => ({ timer_id, due_at: early, kind: 'ring', payload: null })),
    );
    const later = await soon(500);
    await inTransaction(async (client) => {
      await mine.move(client, [
        { timer_id: 'moved', due_at: later },
        { timer_id: 'unknown', due_at: later },
      ]);
      await mine.cancel(client, ['cancelled']);
    });
    await eventually(() => expect(fired.map(({ timer_id }) => timer_id)).toEqual(['kept', 'moved']));
    expect(fired[1]).toMatchObject({ due_at: later });
    expect(await left()).toBe(0);
  });

  it('should fire again when the timer was moved while its handler worked', async () => {
    let moved: string | undefined;
    const mine = timers({ pollIntervalMs: 50 });
    const { fired, handler } = recorder(async ({ timer_id }) => {
      if (moved) return;
      moved = await soon(100);
      await schedule(mine, { timer_id, due_at: moved, kind: 'ring', payload: 'again' });
    });
    mine.start(handler);
    await schedule(mine, { timer_id: 'renewed', due_at: await soon(0), kind: 'ring', payload: 'once' });
    await eventually(() => expect(fired.map(({ payload }) => payload)).toEqual(['once', 'again']));
    expect(fired[1]!.command_id).not.toBe(fired[0]!.command_id);
    await eventually(async () => expect(await left()).toBe(0));
  });

  it('should not touch a timer that is scheduled again as it is', async () => {
    const mine = timers();
    const command = { timer_id: 'same', due_at: await soon(60_000), kind: 'ring', payload: { a: 1 } };
    await schedule(mine, command);
    const version = async () => (await admin.query('select xmin::text, * from tasks.timers')).rows[0] as unknown;
    const before = await version();
    await schedule(mine, command);
    expect(await version()).toEqual(before);
  });

  it('should try a failing timer again under the same command id, while others go on', async () => {
    let failures = 3;
    const told: unknown[] = [];
    const { fired, handler } = recorder(({ timer_id }) => {
      if (timer_id === 'failing' && failures-- > 0) throw new Error('not yet');
    });
    const mine = timers({ concurrency: 2, onError: (error) => told.push(error) });
    mine.start(handler);
    const due_at = await soon(0);
    const others = Array.from({ length: 20 }, (_, n) => ({ timer_id: `o${n}`, due_at, kind: 'ring', payload: null }));
    await schedule(mine, { timer_id: 'failing', due_at, kind: 'ring', payload: null }, ...others);
    await eventually(async () => expect(await left()).toBe(0));
    const tries = fired.filter(({ timer_id }) => timer_id === 'failing');
    expect(tries).toHaveLength(4);
    expect(new Set(tries.map(({ command_id }) => command_id)).size).toBe(1);
    expect(told).toHaveLength(3);
    expect(fired).toHaveLength(24);
  });

  it('should have one owner, and another when that one stops', async () => {
    const [one, two] = [timers(), timers()];
    const [first, second] = [recorder(), recorder()];
    one.start(first.handler);
    await schedule(one, { timer_id: 'a', due_at: await soon(0), kind: 'ring', payload: null });
    await eventually(() => expect(first.fired).toHaveLength(1));
    two.start(second.handler);
    await schedule(two, { timer_id: 'b', due_at: await soon(0), kind: 'ring', payload: null });
    await eventually(() => expect(first.fired).toHaveLength(2));
    await one.stop();
    await schedule(two, { timer_id: 'c', due_at: await soon(0), kind: 'ring', payload: null });
    await eventually(() => expect(second.fired.map(({ timer_id }) => timer_id)).toEqual(['c']));
    expect(first.fired).toHaveLength(2);
  });

  describe('in processes', () => {
    function start(kind: 'timers' | 'random'): { child: ChildProcess; fired: () => number } {
      const root = path.resolve(__dirname, '../../..');
      const child = spawn(
        process.execPath,
        ['-r', path.join(root, 'scripts/register.cjs'), path.join(__dirname, 'timers-owner.testing.ts')],
        {
          cwd: root,
          env: { ...process.env, DATABASE_URL: database.urlFor('tasks'), TIMERS: kind },
          stdio: ['pipe', 'pipe', 'inherit'],
        },
      );
      children.add(child);
      child.once('exit', () => children.delete(child));
      let fired = 0;
      createInterface({ input: child.stdout }).on('line', () => (fired += 1));
      return { child, fired: () => fired };
    }

    /** Kills the owner five times in mid-work; hot standbys go on. Returns each timer's effects. */
    async function killOwners(kind: 'timers' | 'random'): Promise<{ early: number; missed: number; twice: number }> {
      const TIMERS = 400;
      const before = await log.head();
      const now = await postgresNow();
      const run = `${kind}${Math.random().toString(36).slice(2, 8)}`;
      await schedule(
        timers(),
        ...Array.from({ length: TIMERS }, (_, n) => ({
          timer_id: `${run}:${n}`,
          due_at: new Date(now + n * 5).toISOString(),
          kind: 'ring',
          payload: null,
        })),
      );
      const processes = Array.from({ length: 6 }, () => start(kind));
      for (let kills = 0; kills < 5; kills += 1) {
        const owner = await eventually(
          () => {
            const found = processes.find(
              ({ fired, child }) => fired() > 10 && child.exitCode === null && !child.killed,
            );
            if (!found) throw new Error('nobody fires');
            return found;
          },
          { timeoutMs: 60_000 },
        );
        owner.child.kill('SIGKILL');
      }
      await eventually(async () => expect(await left()).toBe(0), { timeoutMs: 60_000 });
      const events = await log.read({ after: before, limit: 10_000, categories: ['alarm'] });
      const rang = new Set(events.map(({ stream_id }) => stream_id));
      return {
        early: events.filter(({ data }) => {
          const { due_at, fired_at } = data as { due_at: string; fired_at: string };
          return fired_at < due_at;
        }).length,
        missed: TIMERS - rang.size,
        twice: events.length - rang.size,
      };
    }

    it(
      'should fire every timer with one effect, though its owner is killed again and again',
      async () => {
        expect(await killOwners('timers')).toEqual({ early: 0, missed: 0, twice: 0 });
      },
      PATIENCE_MS,
    );

    it(
      'should see effects twice without deterministic command ids (control)',
      async () => {
        let twice = 0;
        for (let round = 0; round < 3 && twice === 0; round += 1) ({ twice } = await killOwners('random'));
        expect(twice).toBeGreaterThan(0);
      },
      PATIENCE_MS,
    );
  });
});
