import { createHash } from 'node:crypto';
import {
  createEventLog,
  createPool,
  createSubscriptions,
  subscriptionTablesSql,
  type EventLog,
  type RecordedEvent,
  type Subscriptions,
} from '@ao/event-log';
import { testEvent, testUnit } from '@ao/event-log/testing';
import { eventually, testDatabase, type TestDatabase } from '@ao/testing';
import type { Pool } from 'pg';
import {
  counterTableSql,
  countersOf,
  documentTableSql,
  foldAsOf,
  rebuildProjection,
  replayMain,
  runProjection,
  type Projection,
} from './index';

interface Order {
  id: string;
  status: 'open' | 'paid' | 'shipped';
  lines: number;
  note?: string;
}

/** Orders of a shop: opened, extended, paid, shipped, sometimes withdrawn. */
const orders: Projection<Order> = {
  name: 'orders',
  version: 1,
  categories: ['order'],
  table: 'read_models.orders',
  key: (event) => (event.type === 'Unrelated' ? undefined : event.stream_id.slice('order-'.length)),
  evolve(order, event): Order | undefined {
    if (event.type === 'Opened') {
      const { id, note } = event.data as Order;
      return { id, ...(note === undefined ? {} : { note }), status: 'open', lines: 0 };
    }
    if (!order) return order;
    switch (event.type) {
      case 'Extended':
        return { ...order, lines: order.lines + 1 };
      case 'Paid':
        return order.status === 'open' ? { ...order, status: 'paid' } : order;
      case 'Shipped':
        return { ...order, status: 'shipped', note: undefined };
      case 'Noted':
        return { ...order, note: (event.data as { note: string }).note };
      case 'Withdrawn':
        return undefined;
      default:
        return order;
    }
  },
  columns: ({ status, lines }) => ({ status, lines }),
  counters: countersOf('read_models.order_counters', ({ id, status, lines }) => ({
    [`status.${status}`]: 1,
    [`${id}.${status}`]: 1, // most of these come and go
    lines,
  })),
};

describe('projections', () => {
  let database: TestDatabase;
  let admin: Pool;
  let pool: Pool;
  let log: EventLog;
  const running: Subscriptions[] = [];

  beforeAll(async () => {
    database = await testDatabase();
    admin = database.pool('admin');
    pool = createPool(database.urlFor('gateway'), { applicationName: 'projections', max: 20 });
    log = createEventLog({ pool });
    await admin.query(subscriptionTablesSql('read_models'));
  });
  beforeEach(async () => {
    await admin.query(
      'drop table if exists read_models.orders, read_models.order_counters;' +
        documentTableSql('read_models.orders', ['status text not null', 'lines integer not null check (lines >= 0)']) +
        counterTableSql('read_models.order_counters') +
        'create index orders_by_status on read_models.orders (status, id);' +
        'alter table read_models.orders owner to ao_owner; alter table read_models.order_counters owner to ao_owner;' +
        'grant select, insert, update, delete on all tables in schema read_models to ao_gateway;' +
        'delete from read_models.subscription_checkpoints; delete from read_models.parked_events',
    );
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map((subscriptions) => subscriptions.stop()));
  });
  afterAll(async () => {
    await log.close();
    await pool.end();
    await database.drop();
  });

  function subscriptions(): Subscriptions {
    const made = createSubscriptions({ pool, schema: 'read_models', pollIntervalMs: 50 });
    running.push(made);
    return made;
  }

  let nextOrder = 0;
  /** Some random lives of orders, interleaved; deterministic by its own generator. */
  async function trade(lives: number, seed = 1): Promise<number> {
    let state = seed;
    const random = () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
    const base = nextOrder;
    nextOrder += lives;
    await Promise.all(
      Array.from({ length: lives }, async (_, index) => {
        const id = `o${base + index}`;
        const events = [testEvent('Opened', random() < 0.5 ? { id, note: `for ${id}` } : { id })];
        for (let step = 0; step < 6; step += 1) {
          const kinds = ['Extended', 'Extended', 'Paid', 'Shipped', 'Noted', 'Unrelated', 'Withdrawn'];
          const kind = kinds[Math.floor(random() * kinds.length)]!;
          events.push(testEvent(kind, kind === 'Noted' ? { note: `n${step} "ü"` } : {}));
        }
        await log.append(testUnit(`order-${id}`, events.slice(0, 3)));
        await log.append(testUnit(`order-${id}`, events.slice(3)));
      }),
    );
    return log.head();
  }

  /** Every byte of the model, in the order of its keys. */
  async function digest(): Promise<string> {
    const { rows: documents } = await admin.query(
      'select id, document::text, position, status, lines from read_models.orders order by id collate "C"',
    );
    const { rows: counters } = await admin.query(
      'select * from read_models.order_counters order by counter collate "C"',
    );
    return createHash('sha256').update(JSON.stringify({ documents, counters })).digest('hex');
  }

  async function rows(): Promise<Map<string, Order>> {
    const found = await admin.query<{ id: string; document: Order }>('select id, document from read_models.orders');
    return new Map(found.rows.map(({ id, document }) => [id, document]));
  }

  it('should keep documents, columns and counters in step with the log', async () => {
    const announced: number[] = [];
    const live = await runProjection(subscriptions(), orders, {
      announce: ({ model, position }) => model === 'orders' && announced.push(position),
    });
    const head = await trade(200);
    await live.reached(head, 20_000);
    const expected = new Map<string, Order>();
    for (let after = 0; after < head;) {
      const page = await log.read({ after, limit: 1_000 });
      for (const event of page) {
        const id = orders.key(event);
        if (event.category !== 'order' || id === undefined) continue;
        const document = orders.evolve(expected.get(id), event);
        if (document) expected.set(id, document);
        else expected.delete(id);
      }
      after = page.at(-1)!.position;
    }
    expect(await rows()).toEqual(new Map([...expected].map(([id, order]) => [id, JSON.parse(JSON.stringify(order))])));
    const { rows: counters } = await admin.query('select counter, value from read_models.order_counters');
    const counted = new Map(counters.map(({ counter, value }) => [counter, value]));
    expect(counted.get('status.open')).toBe([...expected.values()].filter(({ status }) => status === 'open').length);
    expect(counted.get('lines')).toBe([...expected.values()].reduce((sum, { lines }) => sum + lines, 0));
    const { rows: stray } = await admin.query(
      `select id from read_models.orders where status <> document->>'status' or lines <> (document->>'lines')::int`,
    );
    expect(stray).toEqual([]);
    expect(announced.at(-1)).toBe(head);
  });

  it('should be the same bytes live, in whatever batches and with restarts, and rebuilt', async () => {
    let head = Number.POSITIVE_INFINITY;
    const trading = trade(300, 5).then((end) => (head = end));
    for (let restart = 0; restart < 6; restart += 1) {
      const here = subscriptions();
      const live = await runProjection(here, orders, { batchSize: 7 + restart * 30 });
      // The last ones may find everything done.
      await eventually(() => expect(live.status().handled > 100 || live.position() >= head).toBe(true));
      await here.stop();
    }
    await trading;
    const live = await runProjection(subscriptions(), orders, { batchSize: 3 });
    await live.reached(head, 30_000);
    const before = await digest();
    const rebuilt = await rebuildProjection(orders, { pool: admin, log, schema: 'read_models', batchSize: 501 });
    expect(rebuilt.position).toBe(head);
    expect(await digest()).toBe(before);
  });

  it('should see a fold that takes the time from outside (control)', async () => {
    const impure: Projection<Order> = {
      ...orders,
      evolve(order, event) {
        const after = orders.evolve(order, event);
        return after && after !== order ? { ...after, note: String(performance.now()) } : after;
      },
    };
    const live = await runProjection(subscriptions(), impure);
    await live.reached(await trade(20), 10_000);
    const before = await digest();
    await rebuildProjection(impure, { pool: admin, log, schema: 'read_models' });
    expect(await digest()).not.toBe(before);
  });

  /** Counts the table all the time, as a reader would. */
  function watch() {
    const counts: number[] = [];
    const positions: number[] = [];
    let watching = true;
    const done = (async () => {
      while (watching) {
        const { rows: found } = await pool.query<{ n: number }>('select count(*)::int as n from read_models.orders');
        counts.push(found[0]!.n);
        const { rows: at } = await pool.query<{ position: number }>(
          `select position from read_models.subscription_checkpoints where subscription = 'orders'`,
        );
        positions.push(at[0]!.position);
      }
    })();
    return {
      counts,
      positions,
      stop: async () => {
        watching = false;
        await done;
      },
    };
  }

  it('should rebuild while live writes go on and switch without an empty or mixed moment', async () => {
    const live = await runProjection(subscriptions(), orders);
    await live.reached(await trade(300, 3), 20_000);
    let trading = true;
    const writing = (async () => {
      while (trading) await trade(20, nextOrder + 1);
    })();
    const before = (await rows()).size;
    const reader = watch();
    for (let round = 0; round < 3; round += 1)
      await rebuildProjection(orders, { pool: admin, log, schema: 'read_models', batchSize: 1_000 });
    trading = false;
    await writing;
    await live.reached(await log.head(), 20_000);
    await reader.stop();
    expect(reader.counts.length).toBeGreaterThan(10);
    // Orders are withdrawn now and then, so the number may fall a little, but never to what a fresh table has.
    expect(Math.min(...reader.counts)).toBeGreaterThan(before * 0.8);
    // What was announced as read once is never unread again.
    expect(reader.positions).toEqual([...reader.positions].sort((a, b) => a - b));
    const converged = await digest();
    await rebuildProjection(orders, { pool: admin, log, schema: 'read_models' });
    expect(await digest()).toBe(converged);
  });

  it('should see a rebuild that empties the table first (control)', async () => {
    const live = await runProjection(subscriptions(), orders);
    await live.reached(await trade(300, 3), 20_000);
    const before = (await rows()).size;
    const reader = watch();
    await eventually(() => expect(reader.counts.length).toBeGreaterThan(1));
    await admin.query('truncate read_models.orders, read_models.order_counters');
    await admin.query(
      `update read_models.subscription_checkpoints set position = 0, generation = generation + 1 where subscription = 'orders'`,
    );
    await eventually(() => expect(live.status().handled).toBeGreaterThan(2_000));
    await reader.stop();
    expect(Math.min(...reader.counts)).toBeLessThan(before * 0.8);
  });

  it('should forget what the live projection kept in memory when its tables are exchanged', async () => {
    let wrong = true;
    const corrected: Projection<Order> = {
      ...orders,
      evolve(order, event) {
        const after = orders.evolve(order, event);
        return after && after !== order && wrong ? { ...after, note: 'wrong' } : after;
      },
    };
    const live = await runProjection(subscriptions(), corrected);
    await log.append(testUnit('order-corrected', [testEvent('Opened', { id: 'corrected' })]));
    await live.reached(await log.head(), 10_000);
    expect((await rows()).get('corrected')).toMatchObject({ note: 'wrong' });
    wrong = false;
    await rebuildProjection(corrected, { pool: admin, log, schema: 'read_models' });
    await log.append(testUnit('order-corrected', [testEvent('Extended', {})]));
    await live.reached(await log.head(), 10_000);
    expect((await rows()).get('corrected')).toEqual({ id: 'corrected', status: 'open', lines: 1 });
  });

  it('should leave the table with its indexes, owner and grants', async () => {
    const shape = async () => {
      const { rows: indexes } = await admin.query(
        `select indexdef from pg_indexes where schemaname = 'read_models' order by indexname`,
      );
      const { rows: tables } = await admin.query(
        `select c.relname, pg_get_userbyid(c.relowner) as owner, c.reloptions,
                (select array_agg(a::text order by a::text) from unnest(c.relacl) a) as grants,
                (select array_agg(conname || ' ' || pg_get_constraintdef(oid) order by conname) from pg_constraint where conrelid = c.oid) as constraints
           from pg_class c where c.relnamespace = 'read_models'::regnamespace and c.relkind = 'r' order by 1`,
      );
      return { indexes, tables };
    };
    await trade(10);
    const before = await shape();
    await rebuildProjection(orders, { pool: admin, log, schema: 'read_models' });
    expect(await shape()).toEqual(before);
    await rebuildProjection(orders, { pool: admin, log, schema: 'read_models' });
    expect(await shape()).toEqual(before);
  });

  it('should wait for the rebuild when its version was raised, and leave the table alone', async () => {
    const first = subscriptions();
    const one = await runProjection(first, orders);
    await one.reached(await trade(20), 10_000);
    await first.stop();
    const before = await digest();
    const raised: Projection<Order> = {
      ...orders,
      version: 2,
      evolve: (order, event) => {
        const after = orders.evolve(order, event);
        return after && after !== order ? { ...after, note: 'version 2' } : after;
      },
    };
    const two = await runProjection(subscriptions(), raised);
    await eventually(() => expect(two.status()).toMatchObject({ state: 'paused' }));
    expect(await digest()).toBe(before);
    await rebuildProjection(raised, { pool: admin, log, schema: 'read_models' });
    await two.reached(await trade(5), 10_000);
    for (const order of (await rows()).values()) expect(order.note).toBe('version 2');
    await expect(rebuildProjection(orders, { pool: admin, log, schema: 'read_models' })).rejects.toThrow(
      /stands at version 2/,
    );
  });

  it('should leave the live table as it was when an event cannot be folded', async () => {
    const live = await runProjection(subscriptions(), orders);
    await live.reached(await trade(20), 10_000);
    const before = await digest();
    const broken: Projection<Order> = {
      ...orders,
      evolve: (order, event) => {
        if (event.type === 'Paid') throw new Error('cannot fold Paid');
        return orders.evolve(order, event);
      },
    };
    const lines: string[] = [];
    const code = await replayMain([broken], {
      schema: 'read_models',
      args: ['orders'],
      databaseUrl: database.adminUrl,
      print: (line) => lines.push(line),
    });
    expect(code).toBe(1);
    expect(lines.join()).toMatch(/cannot fold Paid/);
    expect(await digest()).toBe(before);
    const { rows: left } = await admin.query(`select 1 from pg_class where relname like '%\\_\\_rebuild%'`);
    expect(left).toEqual([]);
  });

  it('should rebuild by name from the command line, and say what there is otherwise', async () => {
    const head = await trade(10);
    const lines: string[] = [];
    const run = (...args: string[]) =>
      replayMain([orders], {
        schema: 'read_models',
        args,
        databaseUrl: database.adminUrl,
        print: (line) => lines.push(line),
      });
    expect(await run('orders')).toBe(0);
    expect(lines.at(-1)).toMatch(new RegExp(`^orders: rebuilt up to position ${head} from`));
    expect(await run('nothing')).toBe(2);
    expect(lines.at(-1)).toBe("There is no model 'nothing': orders, or all.");
  });

  it('should fold the document of a stream as of a position and as of a time', async () => {
    const id = 'past';
    const moments: RecordedEvent[] = [];
    for (const [type, data] of [
      ['Opened', { id }],
      ['Extended', {}],
      ['Paid', {}],
      ['Unrelated', {}],
      ['Withdrawn', {}],
    ] as const) {
      await log.append(testUnit(`order-${id}`, [testEvent(type, data)]));
      moments.push((await log.readStream(`order-${id}`)).at(-1)!);
    }
    const at = async (index: number) => (await foldAsOf(log, orders, `order-${id}`, moments[index]!))?.document;
    expect(await at(0)).toEqual({ id, status: 'open', lines: 0 });
    expect(await at(1)).toEqual({ id, status: 'open', lines: 1 });
    expect(await at(3)).toEqual({ id, status: 'paid', lines: 1 });
    expect(await at(4)).toBeUndefined();
    expect(await foldAsOf(log, orders, `order-${id}`, { position: moments[0]!.position - 1 })).toBeUndefined();
    const time = moments[2]!.recorded_at;
    const asOfTime = await foldAsOf(log, orders, `order-${id}`, { time });
    expect(asOfTime && asOfTime.position >= moments[2]!.position).toBe(true);
    expect(await foldAsOf(log, orders, `order-${id}`, { time: '2000-01-01T00:00:00Z' })).toBeUndefined();
  });
});
