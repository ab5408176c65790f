import { eventually, testDatabase, type TestDatabase } from '@ao/testing';
import type { Pool } from 'pg';
import {
  createEventLog,
  createPool,
  createSubscriptions,
  defineUpcasters,
  listParked,
  NewerSchemaError,
  requestParkedRetry,
  subscriptionTablesSql,
  type EventBatch,
  type EventLog,
  type OwnedSubscription,
  type RecordedEvent,
  type Subscriptions,
  type SubscriptionsOptions,
} from './index';
import { loopbackBus, testEvent, testUnit } from './testing';

describe('subscriptions', () => {
  let database: TestDatabase;
  let admin: Pool;
  let pool: Pool;
  let log: EventLog;
  const bus = loopbackBus();
  const started: Subscriptions[] = [];

  beforeAll(async () => {
    database = await testDatabase();
    admin = database.pool('admin');
    await admin.query(subscriptionTablesSql('tasks'));
    await admin.query(
      'create table tasks.handled (subscription text, position bigint, stream_id text, n integer, written bigint generated always as identity)',
    );
    await admin.query('grant all on all tables in schema tasks to ao_tasks');
    pool = createPool(database.urlFor('tasks'), { applicationName: 'subscriptions', max: 20 });
    log = createEventLog({ pool, bus });
  });
  afterEach(async () => {
    await Promise.all(started.splice(0).map((subscriptions) => subscriptions.stop()));
  });
  afterAll(async () => {
    await log.close();
    await pool.end();
    await database.drop();
  });

  function subscriptions(options: Partial<SubscriptionsOptions> = {}): Subscriptions {
    const made = createSubscriptions({ pool, bus, schema: 'tasks', pollIntervalMs: 200, ...options });
    started.push(made);
    return made;
  }

  /** Writes what it handles into tasks.handled; `spoil` may throw for an event. */
  function recorder(
    name: string,
    categories: string[],
    spoil: (event: RecordedEvent) => void = () => undefined,
  ): OwnedSubscription {
    return {
      name,
      categories,
      async handle(events, transaction) {
        for (const event of events) {
          await transaction.query('insert into tasks.handled values ($1, $2, $3, $4)', [
            name,
            event.position,
            event.stream_id,
            (event.data as { n: number }).n,
          ]);
          spoil(event);
        }
      },
    };
  }
  const handled = async (name: string) =>
    (
      await admin.query<{ stream_id: string; n: number; position: number }>(
        'select stream_id, n, position from tasks.handled where subscription = $1 order by written',
        [name],
      )
    ).rows;

  async function append(streamId: string, from: number, to = from): Promise<number> {
    const events = Array.from({ length: to - from + 1 }, (_, index) => testEvent('Counted', { n: from + index }));
    const outcome = await log.append(testUnit(streamId, events));
    if (outcome.kind !== 'appended') throw new Error(outcome.kind);
    return outcome.position;
  }

  describe('owned', () => {
    it('should handle what was there and what comes, in order, and continue after a restart', async () => {
      await append('orderly-a', 1, 600);
      await append('orderly-a', 601, 1_200);
      const first = subscriptions();
      const running = await first.owned(recorder('orderly', ['orderly']));
      const last = await append('orderly-a', 1_201, 1_300);
      await running.reached(last, 10_000);
      await first.stop();
      expect(running.status()).toMatchObject({ state: 'stopped', position: last, handled: 1_300 });
      const end = await append('orderly-a', 1_301, 1_310);
      const again = await subscriptions().owned(recorder('orderly', ['orderly']));
      await again.reached(end, 10_000);
      expect((await handled('orderly')).map(({ n }) => n)).toEqual(Array.from({ length: 1_310 }, (_, n) => n + 1));
    });

    it('should reach positions of other categories too', async () => {
      const announced: number[] = [];
      const running = await subscriptions().owned({
        ...recorder('elsewhere', ['elsewhere']),
        committed: (position) => void announced.push(position),
      });
      const position = await append('faraway-a', 1);
      await running.reached(position, 5_000);
      expect(announced).toContain(position);
      await expect(running.reached(position + 1, 20)).rejects.toThrow(/did not reach/);
    });

    it('should deliver a fresh event without waiting for a poll', async () => {
      const running = await subscriptions({ pollIntervalMs: 60_000 }).owned(recorder('prompt', ['prompt']));
      await eventually(() => expect(running.status().state).toBe('active'));
      const waits: number[] = [];
      for (let n = 1; n <= 30; n += 1) {
        const since = performance.now();
        await running.reached(await append('prompt-a', n), 5_000);
        waits.push(performance.now() - since);
      }
      waits.sort((a, b) => a - b);
      expect(waits[15]).toBeLessThan(100);
    });

    it('should wait for Postgres instead of parking', async () => {
      let terminated = 0;
      const running = await subscriptions().owned({
        name: 'patient',
        categories: ['patient'],
        async handle(events, transaction) {
          for (const event of events)
            await transaction.query('insert into tasks.handled values ($1, $2, $3, $4)', [
              'patient',
              event.position,
              event.stream_id,
              (event.data as { n: number }).n,
            ]);
          if (terminated < 5) {
            terminated += 1;
            const { rows } = await transaction.query<{ pid: number }>('select pg_backend_pid() as pid');
            await admin.query('select pg_terminate_backend($1)', [rows[0]!.pid]);
          }
        },
      });
      const last = await append('patient-a', 1, 50);
      await running.reached(last, 20_000);
      expect((await handled('patient')).map(({ n }) => n)).toEqual(Array.from({ length: 50 }, (_, n) => n + 1));
      expect(await listParked(admin, 'tasks', { subscription: 'patient' })).toEqual([]);
    });

    it('should let a standby take over, each event once', async () => {
      const [one, two] = [subscriptions(), subscriptions()];
      const a = await one.owned(recorder('elected', ['elected']));
      await eventually(() => expect(a.status().state).toBe('active'));
      const b = await two.owned(recorder('elected', ['elected']));
      const writing = (async () => {
        for (let n = 1; n <= 300; n += 1) await append('elected-a', n);
        return log.head();
      })();
      await eventually(() => expect(a.status().handled).toBeGreaterThan(20));
      await one.stop();
      await b.reached(await writing, 10_000);
      expect((await handled('elected')).map(({ n }) => n)).toEqual(Array.from({ length: 300 }, (_, n) => n + 1));
    });

    it('should report the checkpoint on a standby', async () => {
      const a = await subscriptions().owned(recorder('watched', ['watched']));
      await eventually(() => expect(a.status().state).toBe('active'));
      const b = await subscriptions().owned(recorder('watched', ['watched']));
      const last = await append('watched-a', 1, 3);
      await b.reached(last, 5_000);
      expect(b.status().state).toBe('standby');
    });

    it('rejects a second subscription of the same name in a process', async () => {
      const here = subscriptions();
      await here.owned(recorder('single', ['single']));
      await expect(here.owned(recorder('single', ['single']))).rejects.toThrow(/already/);
    });
  });

  describe('the pace of an owned subscription', () => {
    it('should rest between batches, but not while somebody waits', async () => {
      const batches: number[] = [];
      const made = subscriptions({ metrics: { handled: (_name, events) => void batches.push(events) } });
      const running = await made.owned({ ...recorder('resting', ['resting']), restMs: 60_000 });
      await running.reached(await append('resting-a', 1), 5_000);
      await append('resting-a', 2, 9);
      const last = await append('resting-a', 10);
      await eventually(() => expect(running.status().head).toBe(last));
      expect(batches).toEqual([1]);
      await running.reached(last, 5_000);
      expect(batches).toEqual([1, 9]);
    });

    it('should pass over what it says does not concern it', async () => {
      const numberOf = ({ data }: RecordedEvent) => (data as { n: number }).n;
      const batches: number[][] = [];
      const plain = recorder('passing', ['passing']);
      const running = await subscriptions().owned({
        ...plain,
        passesOver: (events) => events.every((event) => numberOf(event) % 2 === 0),
        handle(events, transaction) {
          batches.push(events.map(numberOf));
          return plain.handle(events, transaction);
        },
      });
      for (const n of [1, 2, 4, 3, 6]) await running.reached(await append('passing-a', n), 10_000);
      expect(batches).toEqual([[1], [3]]);
      expect((await handled('passing')).map(({ n }) => n)).toEqual([1, 3]);
      expect(running.status()).toMatchObject({ position: await log.head(), parked_streams: 0 });
    });

    it('should write a checkpoint that only skips once the log stands still, not at every look', async () => {
      const running = await subscriptions().owned(recorder('rare', ['rare']));
      await running.reached(await append('rare-a', 1), 5_000);
      const checkpoint = async () =>
        (
          await admin.query<{ position: number; written: number }>(
            `select position::float8 as position, extract(epoch from updated_at)::float8 as written
               from tasks.subscription_checkpoints where subscription = 'rare'`,
          )
        ).rows[0]!;
      const first = await checkpoint();
      let last = 0;
      // For some looks, and with a breath between: never as far behind as a checkpoint may be.
      for (const end = performance.now() + 3_500; performance.now() < end;) {
        last = await append('often-a', 1);
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
      await running.reached(last, 5_000);
      expect(await checkpoint()).toEqual(first);
      await eventually(async () => expect((await checkpoint()).position).toBe(last));
    });
  });

  describe('poison events', () => {
    /** 10,000 events over 100 streams, the 51st of one of them is poison. */
    const STREAMS = 100;
    const PER_STREAM = 100;

    async function fill(category: string): Promise<number> {
      await Promise.all(
        Array.from({ length: STREAMS }, async (_, stream) => {
          await append(`${category}-s${stream}`, 1, PER_STREAM / 2);
          await append(`${category}-s${stream}`, PER_STREAM / 2 + 1, PER_STREAM);
        }),
      );
      return log.head();
    }

    it('should park the event and hold its stream, while 99 streams go on; a retry brings it through in order', async () => {
      let broken = true;
      const parked: RecordedEvent[] = [];
      let failures = 0;
      const spoil = (event: RecordedEvent) => {
        if (broken && event.stream_id === 'poisoned-s7' && (event.data as { n: number }).n === 51)
          throw new Error('a poison event');
      };
      const head = await fill('poisoned');
      const here = subscriptions({
        metrics: { parked: (_name, event) => void parked.push(event), failed: () => void (failures += 1) },
      });
      const running = await here.owned(recorder('poisoned', ['poisoned'], spoil));
      await running.reached(head, 30_000);

      const rows = await handled('poisoned');
      expect(rows.filter(({ stream_id }) => stream_id !== 'poisoned-s7')).toHaveLength((STREAMS - 1) * PER_STREAM);
      expect(rows.filter(({ stream_id }) => stream_id === 'poisoned-s7').map(({ n }) => n)).toEqual(numbers(1, 50));
      expect(parked).toHaveLength(1);
      expect(failures).toBeLessThanOrEqual(6); // the batch, then at most five tries
      expect(running.status()).toMatchObject({ parked_streams: 1, state: 'active' });
      const waiting = await listParked(admin, 'tasks', { subscription: 'poisoned' });
      expect(waiting).toHaveLength(PER_STREAM - 50);
      expect(waiting[0]).toMatchObject({ stream_id: 'poisoned-s7', error: 'a poison event', attempts: 5 });
      expect(waiting.slice(1).every(({ error }) => error === null)).toBe(true);

      // Still broken: it stays parked, and tells why.
      await running.retryParked('poisoned-s7');
      await eventually(async () =>
        expect((await listParked(admin, 'tasks', { subscription: 'poisoned' }))[0]).toMatchObject({
          attempts: 6,
          retry_requested: false,
        }),
      );

      // New events of the stream queue behind; others do not.
      await append('poisoned-s7', 101);
      const last = await append('poisoned-s8', 101);
      await running.reached(last, 5_000);
      expect((await handled('poisoned')).filter(({ stream_id }) => stream_id === 'poisoned-s8')).toHaveLength(101);

      broken = false;
      // As the operator's command does it, from another process.
      expect(await requestParkedRetry(admin, 'tasks')).toBe(51);
      await eventually(async () => expect(await listParked(admin, 'tasks')).toEqual([]));
      await eventually(() => expect(running.status().parked_streams).toBe(0));
      const s7 = (await handled('poisoned')).filter(({ stream_id }) => stream_id === 'poisoned-s7');
      expect(s7.map(({ n }) => n)).toEqual(numbers(1, 101));
      await running.reached(await append('poisoned-s7', 102), 5_000);
      expect(await handled('poisoned')).toContainEqual(expect.objectContaining({ stream_id: 'poisoned-s7', n: 102 }));
    });

    it('should park what follows in a stream that is held, whatever a subscription would pass over', async () => {
      const spoil = (event: RecordedEvent) => {
        if ((event.data as { n: number }).n === 1) throw new Error('cannot');
      };
      const running = await subscriptions().owned({
        ...recorder('holding', ['holding'], spoil),
        passesOver: (events) => events.every(({ data }) => (data as { n: number }).n === 2),
      });
      await running.reached(await append('holding-a', 1), 10_000);
      await running.reached(await append('holding-a', 2), 10_000);
      const parked = await listParked(pool, 'tasks', { subscription: 'holding' });
      expect(parked).toHaveLength(2);
      expect(await handled('holding')).toEqual([]);
    });

    it('should still hold the stream after a restart', async () => {
      const spoil = (event: RecordedEvent) => {
        if (event.stream_id === 'held-a') throw new Error('poison');
      };
      const first = subscriptions();
      const running = await first.owned(recorder('held', ['held'], spoil));
      await running.reached(await append('held-a', 1), 10_000);
      await first.stop();
      const again = await subscriptions().owned(recorder('held', ['held']));
      await append('held-a', 2);
      await again.reached(await append('held-b', 1), 10_000);
      expect(await handled('held')).toMatchObject([{ stream_id: 'held-b', n: 1 }]);
      await again.retryParked();
      await eventually(async () => expect(await handled('held')).toHaveLength(3));
    });

    it('should see a subscriber that acknowledges what it could not handle (control)', async () => {
      const strict = recorder('skipping', ['skipping'], (event) => {
        if ((event.data as { n: number }).n === 5) throw new Error('poison');
      });
      const running = await subscriptions().owned({
        ...strict,
        async handle(events, transaction) {
          for (const event of events) {
            await transaction.query('savepoint one');
            await strict.handle([event], transaction).catch(() => transaction.query('rollback to savepoint one'));
          }
        },
      });
      await running.reached(await append('skipping-a', 1, 10), 5_000);
      // What the test above would see: the stream went on past its gap, and nobody knows.
      expect((await handled('skipping')).map(({ n }) => n)).toEqual([1, 2, 3, 4, 6, 7, 8, 9, 10]);
      expect(await listParked(admin, 'tasks', { subscription: 'skipping' })).toEqual([]);
    });
  });

  describe('a newer schema', () => {
    const upcasters = (schemaVersion: number) =>
      defineUpcasters(schemaVersion === 2 ? { Counted: { 1: (data: object) => ({ ...data, lifted: true }) } } : {}, {
        Counted: { schemaVersion },
      });

    it('should make the old release pause and leave the work to the new one; nothing is parked', async () => {
      const seen: EventBatch[] = [];
      const old = await subscriptions({ upcasters: upcasters(1) }).owned(recorder('rolling', ['rolling']));
      const before = await append('rolling-a', 1, 3);
      await old.reached(before, 5_000);
      const outcome = await log.append(testUnit('rolling-a', [testEvent('Counted', { n: 4 }, 2)]));
      if (outcome.kind !== 'appended') throw new Error(outcome.kind);
      await eventually(() =>
        expect(old.status()).toMatchObject({ state: 'paused', error: expect.any(NewerSchemaError) }),
      );
      expect(old.position()).toBe(before);
      const young = await subscriptions({ upcasters: upcasters(2) }).owned({
        name: 'rolling',
        categories: ['rolling'],
        handle: (events) => Promise.resolve(void seen.push(events)),
      });
      await young.reached(outcome.position, 10_000);
      expect(seen.flat()).toMatchObject([{ data: { n: 4 }, schema_version: 2 }]);
      expect(await listParked(admin, 'tasks', { subscription: 'rolling' })).toEqual([]);
    });

    it('should not stop a subscription of other categories', async () => {
      const here = subscriptions({ upcasters: upcasters(1) });
      const other = await here.owned(recorder('unconcerned', ['unconcerned']));
      const concerned = await here.owned(recorder('concerned', ['concerned']));
      await log.append(testUnit('concerned-a', [testEvent('Counted', { n: 1 }, 2)]));
      await other.reached(await append('unconcerned-a', 1), 5_000);
      await eventually(() => expect(concerned.status().state).toBe('paused'));
      expect(await handled('unconcerned')).toHaveLength(1);
    });

    it('should leave a checkpoint of another code version alone', async () => {
      const first = subscriptions();
      const two = await first.owned({ ...recorder('versioned', ['versioned']), version: 2 });
      await two.reached(await append('versioned-a', 1), 5_000);
      await first.stop();
      const one = await subscriptions().owned({ ...recorder('versioned', ['versioned']), version: 1 });
      await eventually(() => expect(one.status().state).toBe('paused'));
      expect(one.status().error?.message).toMatch(/newer release/);
      await append('versioned-a', 2);
      const three = await subscriptions().owned({ ...recorder('versioned', ['versioned']), version: 3 });
      await eventually(() => expect(three.status().error?.message).toMatch(/rebuild it/));
      expect(await handled('versioned')).toHaveLength(1);
    });
  });

  describe('local', () => {
    it('should seed, follow and stay whole', async () => {
      const view = new Map<string, number>();
      const seededAt = await append('local-a', 1, 5);
      const running = await subscriptions().local({
        name: 'view',
        categories: ['local'],
        seed: () => {
          view.clear();
          view.set('local-a', 5);
          return Promise.resolve(seededAt);
        },
        handle: (events) => {
          for (const event of events) view.set(event.stream_id, (event.data as { n: number }).n);
        },
      });
      expect(running.status().state).toBe('active');
      await append('local-b', 1, 2);
      await running.reached(await append('local-a', 6, 8), 5_000);
      expect([...view]).toEqual([
        ['local-a', 8],
        ['local-b', 2],
      ]);
    });

    it('should seed anew when its handler fails, and when asked to', async () => {
      let seeds = 0;
      let broken = true;
      const running = await subscriptions().local({
        name: 'fragile',
        categories: ['fragile'],
        seed: () => {
          seeds += 1;
          return log.head();
        },
        handle: () => {
          if (broken) throw new Error('the view is broken');
        },
      });
      const position = await append('fragile-a', 1);
      await running.reached(position, 5_000);
      expect(seeds).toBe(2);
      broken = false;
      running.reseed();
      await eventually(() => expect(seeds).toBe(3));
      await running.reached(await append('fragile-a', 2), 5_000);
    });

    it('should pause at an event of a newer schema', async () => {
      const start = await log.head();
      const running = await subscriptions({
        upcasters: defineUpcasters({}, { Counted: { schemaVersion: 1 } }),
      }).local({
        name: 'older',
        categories: ['older'],
        seed: () => Promise.resolve(start),
        handle: () => undefined,
      });
      await log.append(testUnit('older-a', [testEvent('Counted', {}, 2)]));
      await eventually(() => expect(running.status().state).toBe('paused'));
    });
  });

  function numbers(from: number, to: number): number[] {
    return Array.from({ length: to - from + 1 }, (_, index) => from + index);
  }
});
