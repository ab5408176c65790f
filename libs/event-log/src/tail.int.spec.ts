import { eventually, testDatabase, type TestDatabase } from '@ao/testing';
import type { Pool } from 'pg';
import {
  createEventLog,
  createPool,
  type AnnouncedEvent,
  type Commit,
  type EventLog,
  type RecordedEvent,
} from './index';
import { createTail, type Tail } from './tail';
import type { Feed } from './tail-feed';
import { loopbackBus, testEvent, testUnit, type LoopbackBus } from './testing';

/**
 * S1: no subscriber skips or repeats under concurrent writers. Eight writers append through the real path, one unit in
 * twenty is rolled back; every event carries its writer and its number. A reader asserts that each writer's numbers are dense and
 * ascending. The control reads a bigserial table by `position > cursor` and must skip, or the test proves nothing.
 */
describe('tail reader', () => {
  let database: TestDatabase;
  let pool: Pool;

  beforeAll(async () => {
    database = await testDatabase();
    pool = createPool(database.urlFor('tasks'), { applicationName: 'tail-spec', max: 20 });
    // A tail that has not looked yet stands at 0, and so must not the log.
    const log = createEventLog({ pool });
    await log.append(testUnit('first-a', [testEvent('Noted', {})]));
    await log.close();
  });
  afterAll(async () => {
    await pool.end();
    await database.drop();
  });

  /** What a reader saw of each writer. */
  function ledger() {
    const last = new Map<string, number>();
    const faults = { skipped: 0, repeated: 0, seen: 0 };
    let lastPosition = 0;
    return {
      faults,
      see(event: Pick<RecordedEvent, 'position' | 'data'>) {
        const { writer, n } = event.data as { writer: string; n: number };
        const before = last.get(writer) ?? 0;
        if (n <= before) faults.repeated += 1;
        else faults.skipped += n - before - 1;
        if (event.position <= lastPosition) faults.repeated += 1;
        lastPosition = event.position;
        last.set(writer, Math.max(n, before));
        faults.seen += 1;
      },
    };
  }

  async function follow(feed: Feed, until: number, see: (event: RecordedEvent) => void): Promise<void> {
    for (;;) {
      const page = await feed.next(500);
      if (!page) return;
      for (const event of page.events) if (event.position <= until) see(event);
      if (page.upTo >= until) return;
    }
  }

  async function write(log: EventLog, writer: string, category: string, units: number): Promise<void> {
    let n = 0;
    for (let unit = 0; unit < units; unit += 1) {
      if (unit % 20 === 19) {
        // Rolled back: the precondition on another stream fails, so nothing of the unit is there.
        const refused = testUnit(`${category}-${writer}`, [testEvent('Noted', { writer, n: n + 1 })]);
        const outcome = await log.append({
          ...refused,
          streams: [...refused.streams, { stream_id: `${category}-nobody`, expected_version: 7, events: [] }],
        });
        expect(outcome.kind).toBe('conflict');
        continue;
      }
      const events = Array.from({ length: 1 + (unit % 3) }, () => testEvent('Noted', { writer, n: ++n }));
      const outcome = await log.append(testUnit(`${category}-${writer}`, events));
      expect(outcome.kind).toBe('appended');
    }
  }

  const faultsOfBus: [string, (bus: LoopbackBus) => void][] = [
    ['on a perfect bus', () => undefined],
    [
      'while messages get lost, overtaken and doubled',
      (bus) => Object.assign(bus.faults, { loss: 0.1, reorder: 0.2, duplicate: 0.2 }),
    ],
    ['while the bus is silent', (bus) => (bus.faults.silent = true)],
  ];
  it.each(faultsOfBus)('should skip and repeat nothing under 8 writers %s', async (_name, spoil) => {
    const bus = loopbackBus();
    spoil(bus);
    // Two processes append: their messages cross.
    const logs = [createEventLog({ pool, bus }), createEventLog({ pool, bus })];
    const start = await logs[0]!.head();
    const tail = createTail({ pool, bus, pollIntervalMs: 100 });
    const run = Math.random().toString(36).slice(2, 8);
    const live = ledger();
    const rare = ledger();
    const late = ledger();
    const feeds: Feed[] = [
      tail.follow({ categories: ['noise', 'signal'] }, start),
      tail.follow({ categories: ['signal'] }, start),
    ];
    try {
      const writing = Promise.all(
        Array.from({ length: 8 }, (_, index) =>
          write(logs[index % 2]!, `${run}w${index}`, index === 0 ? 'signal' : 'noise', 300),
        ),
      );
      let end = Number.MAX_SAFE_INTEGER;
      const reading = [followUntil(feeds[0]!, () => end, live.see), followUntil(feeds[1]!, () => end, rare.see)];
      const interruptions = setInterval(() => bus.interrupt(), 50);
      await writing;
      clearInterval(interruptions);
      end = await logs[0]!.head();
      // Moves every reader once more, after it can know where to stop.
      await logs[0]!.append(testUnit('noise-last', [testEvent('Noted', { writer: `${run}last`, n: 1 })]));
      // A straggler reads it all from the log while the others stand at its end.
      const straggler = tail.follow({ categories: ['noise', 'signal'] }, start);
      feeds.push(straggler);
      await follow(straggler, end, late.see);
      await Promise.all(reading);
      const events = end - start;
      expect(events).toBeGreaterThan(4_000);
      expect(live.faults).toEqual({ skipped: 0, repeated: 0, seen: events });
      expect(late.faults).toEqual({ skipped: 0, repeated: 0, seen: events });
      expect(rare.faults).toEqual({ skipped: 0, repeated: 0, seen: 570 });
    } finally {
      await tail.stop();
      for (const log of logs) await log.close();
    }
  });

  /** As `follow`, where the end becomes known on the way. */
  async function followUntil(feed: Feed, end: () => number, see: (event: RecordedEvent) => void): Promise<void> {
    let reached = 0;
    while (reached < end()) {
      const page = await feed.next(500);
      if (!page) return;
      for (const event of page.events) if (event.position <= end()) see(event);
      reached = page.upTo;
    }
  }

  it('should see the naive reader of a bigserial table skip (control)', async () => {
    const admin = database.pool('admin');
    await admin.query('create table naive (position bigserial primary key, data json not null)');
    const naive = ledger();
    let writing = true;
    const writers = Array.from({ length: 8 }, async (_, index) => {
      const client = await admin.connect();
      let n = 0;
      for (let unit = 0; unit < 300; unit += 1) {
        await client.query('begin');
        const more = 1 + (unit % 3);
        for (let event = 0; event < more; event += 1)
          await client.query('insert into naive (data) values ($1)', [{ writer: `w${index}`, n: n + event + 1 }]);
        const rolledBack = unit % 20 === 19;
        await client.query(rolledBack ? 'rollback' : 'commit');
        if (!rolledBack) n += more;
      }
      client.release();
    });
    const reader = (async () => {
      let cursor = 0;
      for (let last = false; !last;) {
        last = !writing;
        const { rows } = await admin.query<{ position: number; data: { writer: string; n: number } }>(
          'select position, data from naive where position > $1 order by position limit 500',
          [cursor],
        );
        for (const row of rows) naive.see(row);
        cursor = rows.at(-1)?.position ?? cursor;
        if (rows.length > 0) last = false;
      }
    })();
    await Promise.all(writers);
    writing = false;
    await reader;
    expect(naive.faults.skipped).toBeGreaterThan(0);
  });

  it('should hand on what it heard without reading the log', async () => {
    const bus = loopbackBus();
    const log = createEventLog({ pool, bus });
    const { readsOf, spied } = spyOnReads(pool);
    const tail = createTail({ pool: spied, bus, pollIntervalMs: 60_000 });
    const start = await log.head();
    const feed = tail.follow({ categories: ['heard'] }, start);
    try {
      await settled(tail, start);
      const before = readsOf('tail_near');
      for (let n = 1; n <= 20; n += 1) {
        await log.append(testUnit('heard-a', [testEvent('Noted', { writer: 'a', n })]));
        const page = await nextEvents(feed);
        expect(page.map((event) => (event.data as { n: number }).n)).toEqual([n]);
      }
      expect(readsOf('tail_near')).toBe(before);
    } finally {
      await tail.stop();
      await log.close();
    }
  });

  it("should hear of every commit once others' come often between its own, and not read the log for them", async () => {
    const bus = loopbackBus();
    const log = createEventLog({ pool, bus });
    const { readsOf, spied } = spyOnReads(pool);
    const tail = createTail({ pool: spied, bus, pollIntervalMs: 100 });
    const start = await log.head();
    const feed = tail.follow({ categories: ['own'] }, start);
    let n = 0;
    const readsForTen = async () => {
      const before = readsOf('tail_near');
      for (let times = 0; times < 10; times += 1) {
        n += 1;
        await log.append(testUnit('foreign-a', [testEvent('Noted', { writer: 'b', n })]));
        await log.append(testUnit('own-a', [testEvent('Noted', { writer: 'a', n })]));
        const page = await nextEvents(feed);
        expect(page.map((event) => (event.data as { n: number }).n)).toEqual([n]);
      }
      return readsOf('tail_near') - before;
    };
    try {
      await settled(tail, start);
      expect(await readsForTen()).toBeGreaterThan(0);
      await eventually(async () => expect(await readsForTen()).toBe(0));
    } finally {
      await tail.stop();
      await log.close();
    }
  });

  it('should wait longer once gaps turn out to be messages that come late', async () => {
    const bus = loopbackBus();
    const log = createEventLog({ pool });
    const { readsOf, spied } = spyOnReads(pool);
    const tail = createTail({ pool: spied, bus, pollIntervalMs: 60_000 });
    const start = await log.head();
    const feed = tail.follow({ categories: ['late'] }, start);
    let n = 0;
    const appended = async (): Promise<{ commit: Commit; event: AnnouncedEvent }> => {
      n += 1;
      const outcome = await log.append(testUnit('late-a', [testEvent('Noted', { writer: 'a', n })]));
      if (outcome.kind !== 'appended') throw new Error(outcome.kind);
      const { position } = outcome;
      const event = { position, category: 'late', type: 'Noted', version: n, stream_id: 'late-a', data: { n } };
      return {
        commit: { first: position, last: position, categories: { late: 1 } },
        event: { position, category: 'late', text: JSON.stringify(event) },
      };
    };
    const readsForTen = async () => {
      const before = readsOf('tail_near');
      for (let times = 0; times < 10; times += 1) {
        const first = await appended();
        const second = await appended();
        bus.announce(second.commit, [second.event]);
        await new Promise((resolve) => setTimeout(resolve, 8));
        bus.announce(first.commit, [first.event]);
        const seen: number[] = [];
        while (seen.length < 2) for (const event of await nextEvents(feed)) seen.push((event.data as { n: number }).n);
        expect(seen).toEqual([n - 1, n]);
      }
      return readsOf('tail_near') - before;
    };
    try {
      await settled(tail, start);
      expect(await readsForTen()).toBeGreaterThan(0);
      await eventually(async () => expect(await readsForTen()).toBe(0));
    } finally {
      await tail.stop();
      await log.close();
    }
  });

  it('should find by itself what no message told of', async () => {
    const log = createEventLog({ pool });
    const tail = createTail({ pool, bus: loopbackBus(), pollIntervalMs: 50 });
    const start = await log.head();
    const feed = tail.follow({ categories: ['unheard'] }, start);
    try {
      await settled(tail, start);
      const coming = nextEvents(feed);
      await log.append(testUnit('unheard-a', [testEvent('Noted', { n: 1 })]));
      expect(await coming).toHaveLength(1);
    } finally {
      await tail.stop();
      await log.close();
    }
  }, 5_000);

  it('should not hear what nobody wants at once, and hear all from when somebody does', async () => {
    const bus = loopbackBus();
    const { spied, readsOf } = spyOnReads(pool);
    const log = createEventLog({ pool, bus });
    const tail = createTail({ pool: spied, bus, pollIntervalMs: 60_000 });
    const listened: string[] = [];
    const { listen } = bus;
    bus.listen = (categories, ...rest) => {
      listened.push(categories.join());
      return listen(categories, ...rest);
    };
    const start = await log.head();
    let interested = false;
    const feed = tail.follow(
      {
        categories: ['counted', 'wanted'],
        interest: (category) => (interested || category === 'wanted' ? 'now' : 'later'),
      },
      start,
    );
    const note = (category: string, n: number) => log.append(testUnit(`${category}-a`, [testEvent('Noted', { n })]));
    const numbers = async () => (await nextEvents(feed)).map(({ data }) => (data as { n: number }).n);
    try {
      await settled(tail, start);
      await eventually(() => expect(listened).toEqual(['wanted']));
      await note('counted', 1);
      const silent = numbers();
      expect(await Promise.race([silent, new Promise((resolve) => setTimeout(resolve, 200, 'nothing'))])).toBe(
        'nothing',
      );
      // A commit that is heard shows that there was another before it.
      await note('wanted', 2);
      expect(await silent).toEqual([1, 2]);
      interested = true;
      const looks = readsOf('tail_head');
      const wanted = numbers();
      await eventually(() => expect(listened).toEqual(['wanted', 'wanted,counted']));
      await eventually(() => expect(readsOf('tail_head')).toBeGreaterThan(looks));
      const reads = readsOf('tail_near');
      await note('counted', 3);
      expect(await wanted).toEqual([3]);
      expect(readsOf('tail_near')).toBe(reads);
    } finally {
      await tail.stop();
      await log.close();
    }
  });

  it.each([
    ['as it is heard', loopbackBus()],
    ['as it is read', undefined],
  ])('should bring of a category only the types that are wanted, %s', async (_how, bus) => {
    const log = createEventLog({ pool, ...(bus && { bus }) });
    const tail = createTail({ pool, ...(bus && { bus }), pollIntervalMs: 50 });
    const start = await log.head();
    const wanting = { categories: ['typed', 'whole'], types: { typed: ['Ended'] } };
    const write = async (n: number) => {
      const events = ['Begun', 'Ended', 'Begun'].map((type, index) => testEvent(type, { n: n + index }));
      for (const category of ['typed', 'other', 'whole']) await log.append(testUnit(`${category}-${n}`, events));
    };
    const told = (events: readonly RecordedEvent[]) =>
      events.map(({ category, type, data }) => `${category} ${type} ${(data as { n: number }).n}`);
    const expected = (n: number) => [
      `typed Ended ${n + 1}`,
      `whole Begun ${n}`,
      `whole Ended ${n + 1}`,
      `whole Begun ${n + 2}`,
    ];
    const everything = async (feed: Feed) => {
      const end = await log.head();
      const seen: RecordedEvent[] = [];
      await follow(feed, end, (event) => seen.push(event));
      expect(feed.position()).toBeGreaterThanOrEqual(end);
      return told(seen);
    };
    try {
      // Another wants all of it.
      const all = tail.follow({ categories: ['typed'] }, start);
      const feed = tail.follow(wanting, start);
      await settled(tail, start);
      await write(1);
      expect(await everything(feed)).toEqual(expected(1));
      expect(await everything(all)).toEqual(['typed Begun 1', 'typed Ended 2', 'typed Begun 3']);
      all.stop();
      await write(11);
      expect(await everything(feed)).toEqual(expected(11));
      // Who comes later, and who wants all again, reads what the window never had.
      expect(await everything(tail.follow(wanting, start))).toEqual([...expected(1), ...expected(11)]);
      expect(await everything(tail.follow({ categories: ['typed'] }, start))).toHaveLength(6);
    } finally {
      await tail.stop();
      await log.close();
    }
  });

  it.each(faultsOfBus)('should bring all that comes after an event that made it wanted, %s', async (_name, spoil) => {
    const bus = loopbackBus();
    spoil(bus);
    const logs = [createEventLog({ pool, bus }), createEventLog({ pool, bus })];
    const tail = createTail({ pool, bus, pollIntervalMs: 20 });
    const start = await logs[0]!.head();
    let on = false;
    const feed = tail.follow(
      { categories: ['switch', 'work'], interest: (category) => (category === 'work' && !on ? 'none' : 'now') },
      start,
    );
    const seen: RecordedEvent[] = [];
    let largest = 0;
    const read = async (end: () => number) => {
      for (;;) {
        const wasOn = on;
        const page = await feed.next(500);
        if (!page) return;
        for (const event of page.events) {
          seen.push(event);
          if (event.category === 'switch') on = event.type === 'TurnedOn';
        }
        if (!wasOn) largest = Math.max(largest, page.events.length);
        if (page.upTo >= end()) return;
      }
    };
    let end = Number.MAX_SAFE_INTEGER;
    const reading = read(() => end);
    await Promise.all([
      (async () => {
        for (let turn = 0; turn < 40; turn += 1) {
          const type = turn % 2 === 0 ? 'TurnedOn' : 'TurnedOff';
          await logs[0]!.append(testUnit('switch-a', [testEvent(type, {})]));
          await new Promise((resolve) => setTimeout(resolve, turn % 5));
        }
      })(),
      ...Array.from({ length: 4 }, async (_, writer) => {
        for (let n = 0; n < 100; n += 1)
          await logs[writer % 2]!.append(testUnit(`work-${writer}x${n}`, [testEvent('Noted', { n })]));
      }),
    ]);
    end = await logs[0]!.head();
    await logs[0]!.append(testUnit('switch-b', [testEvent('TurnedOff', {})]));
    await reading;
    try {
      const positions = seen.map(({ position }) => position);
      expect(positions).toEqual([...new Set(positions)].sort((a, b) => a - b));
      expect(largest).toBe(1);
      const got = new Set(positions);
      let wanted = false;
      let required = 0;
      for (const event of await logs[0]!.read({
        after: start,
        upTo: end,
        limit: 10_000,
        categories: ['switch', 'work'],
      })) {
        if (event.category === 'switch' || wanted) {
          required += 1;
          expect(got).toContain(event.position);
        }
        if (event.category === 'switch') wanted = event.type === 'TurnedOn';
      }
      expect(required).toBeGreaterThan(60);
    } finally {
      await tail.stop();
      for (const log of logs) await log.close();
    }
  });

  it('should bring what nobody wants at once with the next look at the log', async () => {
    const bus = loopbackBus();
    const log = createEventLog({ pool, bus });
    const tail = createTail({ pool, bus, pollIntervalMs: 50 });
    const feed = tail.follow({ categories: ['counted'], interest: () => 'later' }, await log.head());
    try {
      const next = nextEvents(feed);
      await log.append(testUnit('counted-b', [testEvent('Noted', { n: 1 })]));
      expect(await next).toHaveLength(1);
    } finally {
      await tail.stop();
      await log.close();
    }
  });

  it('should read the log when an event is too large to travel or a count does not match', async () => {
    const bus = loopbackBus();
    const log = createEventLog({ pool });
    const tail = createTail({ pool, bus, pollIntervalMs: 60_000 });
    const start = await log.head();
    const feed = tail.follow({ categories: ['large'] }, start);
    try {
      await settled(tail, start);
      const outcome = await log.append(
        testUnit('large-a', [testEvent('Noted', { n: 1 }), testEvent('Noted', { n: 2 })]),
      );
      if (outcome.kind !== 'appended') throw new Error(outcome.kind);
      const commit: Commit = { first: outcome.position - 1, last: outcome.position, categories: { large: 2 } };
      bus.announce(commit, []);
      const events = await nextEvents(feed);
      expect(events.map((event) => (event.data as { n: number }).n)).toEqual([1, 2]);
    } finally {
      await tail.stop();
      await log.close();
    }
  });

  it('should not pass over what others put between two commits that were announced as one', async () => {
    const bus = loopbackBus();
    const log = createEventLog({ pool });
    const tail = createTail({ pool, bus, pollIntervalMs: 60_000 });
    const start = await log.head();
    const feed = tail.follow({ categories: ['spanned'] }, start);
    try {
      await settled(tail, start);
      for (const [stream, n] of [
        ['spanned-a', 1],
        ['spanned-b', 2],
        ['besides-a', 3],
      ] as const) {
        await log.append(testUnit(stream, [testEvent('Noted', { n })]));
      }
      const [first] = await log.read({ categories: ['spanned'], after: start, limit: 1 });
      // The first and the last are of one appender, which was without its connection in between.
      bus.announce({ first: start + 1, last: start + 3, categories: { spanned: 1, besides: 1 } }, [
        { position: start + 1, category: 'spanned', text: JSON.stringify(first) },
      ]);
      const events = await nextEvents(feed);
      expect(events.map((event) => (event.data as { n: number }).n)).toEqual([1, 2]);
    } finally {
      await tail.stop();
      await log.close();
    }
  });

  /** The tail has looked at the log and listens. */
  async function settled(tail: Tail, head: number): Promise<void> {
    const deadline = performance.now() + 5_000;
    while (tail.head() < head || tail.head() === 0) {
      if (performance.now() > deadline) throw new Error(`the tail did not reach ${head}`);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  async function nextEvents(feed: Feed): Promise<readonly RecordedEvent[]> {
    for (;;) {
      const page = await feed.next(500);
      if (!page) throw new Error('the feed was stopped');
      if (page.events.length > 0) return page.events;
    }
  }

  function spyOnReads(real: Pool) {
    const counts = new Map<string, number>();
    const spied = Object.create(real) as Pool;
    spied.query = ((query: { name?: string }, ...rest: unknown[]) => {
      if (query.name) counts.set(query.name, (counts.get(query.name) ?? 0) + 1);
      return (real.query as (...all: unknown[]) => unknown).call(real, query, ...rest);
    }) as Pool['query'];
    return { spied, readsOf: (name: string) => counts.get(name) ?? 0 };
  }
});
