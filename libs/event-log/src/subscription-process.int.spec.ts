import { eventually, testDatabase, type TestDatabase } from '@ao/testing';
import { spawn, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Pool } from 'pg';
import { createEventLog, createPool, subscriptionTablesSql } from './index';
import { testEvent, testUnit } from './testing';

type Kind = 'owned' | 'before' | 'after' | 'uncompared';

/**
 * S4: checkpoint and effect commit together; S5: one active projector, and one that was stopped past its lock does no
 * harm. Each with the mistake it is there to find.
 */
describe('owned subscriptions in processes', () => {
  // Processes start slowly on a machine that is busy with other things.
  jest.setTimeout(240_000);
  const EVENTS = 20_000;
  let database: TestDatabase;
  let pool: Pool;
  const children = new Set<ChildProcess>();

  beforeEach(async () => {
    database = await testDatabase();
    pool = database.pool('admin');
    await pool.query(subscriptionTablesSql('tasks'));
    await pool.query('create table tasks.effects (position bigint not null)');
    await pool.query('grant all on tasks.effects, tasks.subscription_checkpoints, tasks.parked_events to ao_tasks');
    const writers = createPool(database.urlFor('tasks'), { applicationName: 'writer' });
    const log = createEventLog({ pool: writers });
    const unit = Array.from({ length: 100 }, () => testEvent('Happened', {}));
    try {
      // Few at a time: none waits for so long that the log gives up on it, however busy the machine is.
      for (let from = 0; from < EVENTS / 100; from += 10)
        await Promise.all(Array.from({ length: 10 }, (_, n) => log.append(testUnit(`effect-${from + n}`, unit))));
    } finally {
      await log.close();
      await writers.end();
    }
  });
  afterEach(async () => {
    for (const child of children) child.kill('SIGKILL');
    await eventually(() => expect(children.size).toBe(0));
    await database.drop();
  });

  interface Projector {
    readonly child: ChildProcess;
    active(): boolean;
  }

  function start(kind: Kind): Projector {
    const root = path.resolve(__dirname, '../../..');
    const child = spawn(
      process.execPath,
      ['-r', path.join(root, 'scripts/register.cjs'), path.join(__dirname, 'subscription-projector.testing.ts')],
      {
        cwd: root,
        env: { ...process.env, DATABASE_URL: database.urlFor('tasks'), PROJECTOR: kind },
        stdio: ['pipe', 'pipe', 'inherit'],
      },
    );
    children.add(child);
    child.once('exit', () => children.delete(child));
    let active = false;
    createInterface({ input: child.stdout }).on('line', (line) => (active ||= line === 'active'));
    return { child, active: () => active };
  }

  async function kill(projector: Projector): Promise<void> {
    if (!children.has(projector.child)) return; // a mistaken one may have ended by itself
    const gone = new Promise((resolve) => projector.child.once('exit', resolve));
    projector.child.kill('SIGKILL');
    await gone;
  }

  const checkpoint = async () => {
    const { rows } = await pool.query<{ position: number }>('select position from tasks.subscription_checkpoints');
    return rows[0]?.position ?? 0;
  };
  const effects = async () => {
    const { rows } = await pool.query<{ lost: number; twice: number }>(
      `select ${EVENTS} - count(distinct position) as lost, count(*) - count(distinct position) as twice from tasks.effects`,
    );
    return rows[0]!;
  };
  const activeOf = (projectors: readonly Projector[]) =>
    eventually(
      () => {
        const found = projectors.find((projector) => projector.active());
        if (!found) throw new Error('no projector is active');
        return found;
      },
      { timeoutMs: 60_000 },
    );

  /** One of them tries for the lock: a takeover is measured from there, not from the start of its process. */
  const standsBy = (projectors: readonly Projector[]) =>
    eventually(
      async () => {
        const { rowCount } = await pool.query(
          `select 1 from pg_stat_activity where application_name = any($1) and query like '%pg_try_advisory_lock%'`,
          [projectors.map(({ child }) => `projector-${child.pid}`)],
        );
        expect(rowCount).toBeGreaterThan(0);
      },
      { timeoutMs: 30_000 },
    );

  /** Kills whoever is active in mid-work again and again; hot standbys take over. Returns the takeover times in ms. */
  async function killOften(kind: Kind, kills: number): Promise<number[]> {
    const standby = Array.from({ length: 4 }, () => start(kind));
    const takeovers: number[] = [];
    let before = -1;
    for (let n = 0; n <= kills; n += 1) {
      const since = performance.now();
      const active = await activeOf(standby);
      await eventually(async () => expect(await checkpoint()).toBeGreaterThan(before), {
        intervalMs: 5,
        timeoutMs: 60_000,
      });
      if (n > 0) takeovers.push(performance.now() - since);
      if (n === kills) break;
      await eventually(async () => expect(await checkpoint()).toBeGreaterThan(before + 1 + Math.random() * 300), {
        intervalMs: 1,
        timeoutMs: 60_000,
      });
      await standsBy(standby.filter((projector) => projector !== active));
      await kill(active);
      standby.splice(standby.indexOf(active), 1);
      before = await checkpoint();
      // Enough to take over until the last kill.
      if (n + standby.length < kills) standby.push(start(kind));
    }
    await eventually(async () => expect(await checkpoint()).toBe(EVENTS), { timeoutMs: 60_000 });
    for (const projector of standby) await kill(projector);
    return takeovers;
  }

  it('should lose and repeat nothing when the active projector is killed 20 times, and take over within 3 s', async () => {
    const takeovers = await killOften('owned', 20);
    expect(await effects()).toEqual({ lost: 0, twice: 0 });
    expect(Math.max(...takeovers)).toBeLessThan(3_000);
  });

  it.each([
    ['before', 'lost'],
    ['after', 'twice'],
  ] as const)('should see a checkpoint written %s the effects (control)', async (kind, harm) => {
    let seen = 0;
    for (let round = 0; round < 5 && seen === 0; round += 1) {
      await pool.query('truncate tasks.effects, tasks.subscription_checkpoints');
      await killOften(kind, 3);
      seen = (await effects())[harm];
    }
    expect(seen).toBeGreaterThan(0);
  });

  /** Stops the active one, lets the other take over, wakes the first, and lets both finish. */
  async function stopPastTheLock(kind: Kind): Promise<void> {
    const two = [start(kind), start(kind)];
    const first = await activeOf(two);
    const second = two.find((projector) => projector !== first)!;
    await eventually(async () => expect(await checkpoint()).toBeGreaterThan(1_000), {
      intervalMs: 1,
      timeoutMs: 60_000,
    });
    first.child.kill('SIGSTOP');
    const stoppedAt = await checkpoint();
    // Its lock goes with its session, which the server ends: here at once, otherwise after 5 s of silence.
    await pool.query(
      `select pg_terminate_backend(pid) from pg_locks join pg_stat_activity using (pid)
        where locktype = 'advisory' and application_name = $1`,
      [`projector-${first.child.pid}`],
    );
    await eventually(() => expect(second.active()).toBe(true), { timeoutMs: 60_000 });
    await eventually(async () => expect(await checkpoint()).toBeGreaterThan(stoppedAt + 1_000), { timeoutMs: 60_000 });
    first.child.kill('SIGCONT');
    await eventually(async () => expect(await checkpoint()).toBe(EVENTS), { timeoutMs: 60_000 });
    await eventually(async () => {
      const { rows } = await pool.query(
        `select 1 from pg_stat_activity where application_name like 'projector-%' and state = 'active'`,
      );
      expect(rows).toEqual([]);
    });
    for (const projector of two) await kill(projector);
  }

  it('should have each effect once when a projector was stopped past its lock', async () => {
    await stopPastTheLock('owned');
    expect(await effects()).toEqual({ lost: 0, twice: 0 });
  });

  it('should see a projector that does not compare its checkpoint (control)', async () => {
    let harm = 0;
    for (let round = 0; round < 4 && harm === 0; round += 1) {
      await pool.query('truncate tasks.effects, tasks.subscription_checkpoints');
      await stopPastTheLock('uncompared');
      const { lost, twice } = await effects();
      harm = lost + twice;
    }
    expect(harm).toBeGreaterThan(0);
  });
});
