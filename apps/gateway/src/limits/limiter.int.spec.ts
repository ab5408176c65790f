import type { Permission } from '@ao/contracts';
import { createPool } from '@ao/event-log';
import { testDatabase, type TestDatabase } from '@ao/testing';
import Fastify, { type FastifyInstance } from 'fastify';
import type { Pool } from 'pg';
import { Problem } from '../http/problem';
import type { Principal } from '../http/principal';
import { sliceOf } from './budget-window';
import { Budgets } from './budgets';
import { perMinute } from './claims';
import { PostgresLeaseStore, type LeaseStore } from './lease-store';
import { createLimiter } from './limiter';

const START = Date.UTC(2026, 0, 1, 12);
const clock = { time: START, now: () => clock.time };
const usual = { requests_per_hour: 1_000, requests_per_minute: 200 };

/** A replica's door: who calls is in the header, the limiter is the real one. */
function replica(store: LeaseStore): { fastify: FastifyInstance; budgets: Budgets } {
  const budgets = new Budgets({ store, clock, onError: () => undefined });
  const limiter = createLimiter(budgets, {
    ...{ usual: () => usual, bootstrap: perMinute(600_000), address: perMinute(60_000), addressKey: 'key' },
  });
  const fastify = Fastify();
  fastify.addHook('onRequest', (request, reply, done) => {
    const actor = { type: 'user' as const, id: String(request.headers['x-user']) };
    const principal: Principal = { kind: 'user', actor, permissions: new Set<Permission>() };
    try {
      limiter.judge({ principal, address: request.ip, reply }, request);
      done();
    } catch (error) {
      done(error as Error);
    }
  });
  fastify.setErrorHandler((error, _request, reply) =>
    error instanceof Problem
      ? reply
          .code(error.status)
          .headers(error.options.headers ?? {})
          .send(error.body('1'))
      : reply.code(500).send(),
  );
  const route = (permission: Permission) => ({ config: { access: { permission, coordinator: false } } });
  fastify.get('/tasks', route('tasks:read'), () => 'ok');
  fastify.post('/agents/:id/heartbeat', route('agents:act'), () => 'ok');
  return { fastify, budgets };
}

describe('the limiter on Postgres', () => {
  let database: TestDatabase;
  let pool: Pool;

  beforeAll(async () => {
    database = await testDatabase();
    pool = createPool(database.urlFor('gateway'), { applicationName: 'limits', max: 2 });
  });
  afterAll(async () => {
    await pool?.end();
    await database?.drop();
  });

  const doors: FastifyInstance[] = [];
  const twoReplicas = (store: () => LeaseStore) => {
    const both = [replica(store()), replica(store())] as const;
    doors.push(...both.map(({ fastify }) => fastify));
    return both;
  };
  afterEach(async () => {
    await Promise.all(doors.splice(0).map((door) => door.close()));
  });

  const get = (door: FastifyInstance, user: string) => door.inject({ url: '/tasks', headers: { 'x-user': user } });

  /** Sends until both refuse; how many passed. */
  async function exhaust(replicas: ReturnType<typeof twoReplicas>, user: string): Promise<number> {
    let passed = 0;
    for (let round = 0; round < 60; round += 1) {
      for (const { fastify, budgets } of replicas) {
        const answers = await Promise.all(Array.from({ length: 10 }, () => get(fastify, user)));
        passed += answers.filter(({ statusCode }) => statusCode === 200).length;
        await budgets.settled();
      }
    }
    return passed;
  }

  it('should let both replicas together pass the limit and a slice each at most', async () => {
    const passed = await exhaust(
      twoReplicas(() => new PostgresLeaseStore(pool)),
      'shared',
    );
    expect(passed).toBeGreaterThanOrEqual(200);
    expect(passed).toBeLessThanOrEqual(200 + 2 * sliceOf(200));
    const { rows } = await pool.query(
      "select seconds, budget, used, ends_at from read_models.rate_windows where bucket = 'user:shared' order by seconds",
    );
    expect(rows[0]).toEqual({ seconds: 60, budget: 200, used: 200, ends_at: new Date(START + 60_000) });
    expect(rows[1]).toMatchObject({ seconds: 3_600, budget: 1_000, ends_at: new Date(START + 3_600_000) });
  });

  it('should be twice the limit without what they share (control)', async () => {
    const away: LeaseStore = {
      lease: () => Promise.reject(new Error('Postgres is away')),
      cleanUp: () => Promise.resolve(),
    };
    // Postgres away: each goes on by itself, and nothing fails.
    expect(
      await exhaust(
        twoReplicas(() => away),
        'alone',
      ),
    ).toBe(400);
  });

  it('should say what is left on every answer, and when to come again', async () => {
    const [{ fastify, budgets }] = twoReplicas(() => new PostgresLeaseStore(pool));
    clock.time += 20_000;
    const first = await get(fastify, 'headers');
    expect(first.headers).toMatchObject({
      'x-ratelimit-limit': '1000',
      'x-ratelimit-remaining': '999',
      'x-ratelimit-reset': String(START / 1_000 + 3_600),
    });
    for (let request = 0; request < 199; request += 1) {
      expect((await get(fastify, 'headers')).statusCode).toBe(200);
      await budgets.settled();
    }
    const refused = await get(fastify, 'headers');
    expect(refused.statusCode).toBe(429);
    expect(refused.headers).toMatchObject({
      'x-ratelimit-limit': '200',
      'x-ratelimit-remaining': '0',
      'x-ratelimit-reset': String(START / 1_000 + 60),
      'retry-after': '40',
    });
    expect(refused.json()).toMatchObject({
      status: 429,
      code: 'rate_limited',
      detail: expect.stringContaining('40 s'),
    });
    expect((await get(fastify, 'somebody else')).statusCode).toBe(200);
    clock.time = START;
  });

  it('should let heartbeats pass when nothing else of the same user does any more', async () => {
    const replicas = twoReplicas(() => new PostgresLeaseStore(pool));
    await exhaust(replicas, 'operator');
    const [{ fastify }] = replicas;
    expect((await get(fastify, 'operator')).statusCode).toBe(429);
    for (let beat = 0; beat < 300; beat += 1) {
      const answer = await fastify.inject({
        ...{ method: 'POST', url: `/agents/agent-${beat % 3}/heartbeat`, headers: { 'x-user': 'operator' } },
      });
      expect(answer.statusCode).toBe(200);
    }
  });

  it('should forget windows that are over, and no other', async () => {
    const store = new PostgresLeaseStore(pool);
    const now = Math.floor(Date.now() / 60_000) * 60_000;
    const request = { bucket: 'kept', seconds: 60, limit: 10, amount: 4 };
    expect(await store.lease([{ ...request, endsAt: now + 120_000 }])).toEqual([
      expect.objectContaining({ granted: 4, used: 4 }),
    ]);
    await store.cleanUp();
    const { rows } = await pool.query('select bucket, used from read_models.rate_windows');
    expect(rows).toEqual([{ bucket: 'kept', used: 4 }]);
    // A lease is no more than what is left, and then nothing.
    const leased = () => store.lease([{ ...request, endsAt: now + 120_000 }]);
    expect(await leased()).toEqual([expect.objectContaining({ granted: 4, used: 8 })]);
    expect(await leased()).toEqual([expect.objectContaining({ granted: 2, used: 10 })]);
    expect(await leased()).toEqual([undefined]);
  });
});
