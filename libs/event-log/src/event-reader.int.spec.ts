import { categoriesQuery } from './event-reader';
import { logSubject, type LogSubject } from './log-subject.testing';
import type { RecordedEvent } from './types';
import { freshStream, happened, unitOf, unitOn } from './unit.testing';

const CATEGORIES = ['often', 'seldom', 'middling'] as const;

let subject: LogSubject;
let all: RecordedEvent[];
beforeAll(async () => {
  subject = await logSubject();
  const log = subject.open();
  // 2,000 events: many of one category, few of another.
  for (let round = 0; round < 20; round += 1)
    await Promise.all(
      Array.from({ length: 100 }, (_, n) => {
        const category = n === 50 ? 'seldom' : n % 5 === 0 ? 'middling' : 'often';
        return log.append(unitOf(freshStream(category), 0));
      }),
    );
  all = await log.read({ limit: 10_000 });
  await subject.admin.query('vacuum analyze event_log.events');
});
afterAll(() => subject.close());

/** Everything, by pages. */
async function paged(categories: readonly string[] | undefined, limit: number): Promise<RecordedEvent[]> {
  const log = subject.open();
  const events: RecordedEvent[] = [];
  for (let after = 0; ;) {
    const page = await log.read({ after, limit, categories });
    if (page.length === 0) return events;
    expect(page.length).toBeLessThanOrEqual(limit);
    events.push(...page);
    after = page.at(-1)!.position;
  }
}

it('should read the whole log in order, whatever the page', async () => {
  expect(all).toHaveLength(2_000);
  expect(all.map((event) => event.position)).toEqual(Array.from({ length: 2_000 }, (_, n) => n + 1));
  expect(await paged(undefined, 333)).toEqual(all);
});

it.each([[['seldom']], [['often', 'seldom']], [[...CATEGORIES]], [['unheard_of', 'seldom']]])(
  'should merge the categories %j by position',
  async (categories) => {
    const expected = all.filter((event) => categories.includes(event.category));
    expect(await paged(categories, 97)).toEqual(expected);
  },
);

it('should keep to its bounds', async () => {
  const log = subject.open();
  const positions = async (options: Parameters<typeof log.read>[0]) =>
    (await log.read(options)).map((event) => event.position);
  expect(await positions({ after: 10, upTo: 13 })).toEqual([11, 12, 13]);
  expect(await positions({ after: 1_999 })).toEqual([2_000]);
  expect(await positions({ after: 2_000 })).toEqual([]);
  expect(await positions({ limit: 2, categories: ['often'] })).toHaveLength(2);
  expect(await positions({ categories: [] })).toEqual([]);
  expect(await positions({})).toHaveLength(1_000);
  const { stream_id } = all[0]!;
  expect(await log.readStream(stream_id, { fromVersion: 2 })).toEqual([]);
  expect(await log.readStream(stream_id, { upTo: 0 })).toEqual([]);
  expect(await log.head()).toBe(2_000);
});

it('should read part of a stream', async () => {
  const log = subject.open();
  const stream = freshStream('long');
  await log.append(unitOn([{ stream_id: stream, expected_version: 0, events: [1, 2, 3, 4].map((n) => happened(n)) }]));
  const events = await log.readStream(stream, { fromVersion: 2, limit: 2 });
  expect(events.map((event) => [event.version, event.data])).toEqual([
    [2, 2],
    [3, 3],
  ]);
});

it('should lift what it reads to the present schema', async () => {
  const upcasters = { upcast: (event: RecordedEvent) => ({ ...event, schema_version: 2 }) };
  const log = subject.open({ upcasters });
  expect((await log.read({ limit: 1 }))[0]!.schema_version).toBe(2);
  expect((await log.readStream(all[0]!.stream_id))[0]!.schema_version).toBe(2);
});

it.each([1, 2, 3])(
  'should walk along the index of each of %i categories, whatever else is in the log',
  async (count) => {
    // As the reader runs it: prepared, with the plan that fits any values.
    const { text } = categoriesQuery(CATEGORIES.slice(0, count), 0, 0, 0);
    const categoriesLiteral = count === 1 ? `'seldom'` : `'{${CATEGORIES.slice(0, count).join()}}'`;
    const client = await subject.admin.connect();
    await client.query('set plan_cache_mode = force_generic_plan');
    await client.query(`prepare walk as ${text}`);
    const { rows } = await client.query<{ 'QUERY PLAN': string }>(
      `explain execute walk(0, 9007199254740991, 100, ${categoriesLiteral})`,
    );
    await client.query('deallocate walk; reset plan_cache_mode');
    client.release();
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
    expect(plan).toMatch(/Index( Only)? Scan using events_category_position/);
    expect(plan).toMatch(/Index Cond: \(\(ROW\(category, "position"\) > ROW\(/);
    expect(plan).not.toMatch(/Seq Scan|Filter:/);
  },
);

it('should set its clock by the server and not by this host', async () => {
  const log = subject.open();
  expect(log.clock.synchronised).toBe(false);
  await log.ready();
  expect(log.clock.synchronised).toBe(true);
  const realNow = Date.now;
  Date.now = () => realNow() + 86_400_000;
  try {
    const { rows } = await subject.admin.query<{ now: number }>(
      'select (extract(epoch from clock_timestamp()) * 1000)::float8 as now',
    );
    expect(Math.abs(log.clock.now() - rows[0]!.now)).toBeLessThan(1_000);
  } finally {
    Date.now = realNow;
  }
});

describe('at start-up', () => {
  it('should refuse a server that acknowledges before it is durable', async () => {
    const url = new URL(subject.database.urlFor('tasks'));
    url.searchParams.set('options', '-c synchronous_commit=off');
    await expect(subject.open({ url: url.toString() }).ready()).rejects.toThrow(/synchronous_commit=off/);
  });

  it('should commit durably even for a session that would not', async () => {
    const url = new URL(subject.database.urlFor('tasks'));
    url.searchParams.set('options', '-c synchronous_commit=off');
    const pool = subject.poolAs('tasks');
    const client = await pool.connect();
    try {
      await client.query('begin');
      await client.query('set local synchronous_commit = off');
      await client.query(`select event_log.append('{}','{}','{}','{}','{}','{}','{}','{}','{}','{}','{}','{}')`);
      const { rows } = await client.query(`select current_setting('synchronous_commit') as value`);
      expect(rows).toEqual([{ value: 'on' }]);
      await client.query('rollback');
    } finally {
      client.release();
    }
  });

  it('should wait for the migrations, and say so when they do not come', async () => {
    await subject.admin.query('alter table event_log.migrations rename to gone');
    try {
      await expect(subject.open().ready(300)).rejects.toThrow(/npm run migrate/);
    } finally {
      await subject.admin.query('alter table event_log.gone rename to migrations');
    }
    await subject.open().ready(5_000);
  });
});
