import { eventually } from '@ao/testing';
import type { PoolClient } from 'pg';
import { logSubject, type LogSubject } from './log-subject.testing';
import type { AnnouncedEvent, Commit } from './subscription.types';
import { tcpProxy, type TcpProxy } from './tcp-proxy.testing';
import {
  InvalidUnitError,
  LogUnavailableError,
  OutcomeUnknownError,
  type AppendUnit,
  type RecordedEvent,
} from './types';
import { freshStream, happened, unitOf, unitOn } from './unit.testing';

let subject: LogSubject;
beforeAll(async () => {
  subject = await logSubject();
  // A type that the server refuses although the client cannot know: a fault that only the database sees.
  await subject.admin.query(`alter table event_log.events add constraint no_poison check (type <> 'Poison')`);
});
afterAll(() => subject.close());

const LOCK = 'select pg_advisory_lock(4711200100000001)';

/** Holds the log's lock, as an append that does not end would. */
async function holdLock(): Promise<{ release(): Promise<void> }> {
  const holder: PoolClient = await subject.admin.connect();
  await holder.query(LOCK);
  return {
    release: async () => {
      await holder.query('select pg_advisory_unlock_all()');
      holder.release();
    },
  };
}

const waitingBackends = async (): Promise<number[]> => {
  const { rows } = await subject.admin.query<{ pid: number }>(
    `select pid from pg_stat_activity where datname = $1 and wait_event = 'advisory'`,
    [subject.database.name],
  );
  return rows.map((row) => row.pid);
};

const eventsOf = async (unit: AppendUnit): Promise<number> => {
  const { rows } = await subject.admin.query<{ n: number }>(
    `select count(*)::int as n from event_log.events where metadata->>'command_id' = $1`,
    [unit.metadata.command_id],
  );
  return rows[0]!.n;
};

describe('group commit', () => {
  it('should send what arrives during a batch as the next one', async () => {
    const batches: { units: number; events: number }[] = [];
    const log = subject.open({ metrics: { batch: ({ units, events }) => batches.push({ units, events }) } });
    const first = log.append(unitOf(freshStream(), 0));
    await eventually(async () => expect(batches).toHaveLength(1));
    await first;
    const lock = await holdLock();
    const second = log.append(unitOf(freshStream(), 0));
    await eventually(async () => expect(await waitingBackends()).toHaveLength(1));
    const rest = Array.from({ length: 30 }, () => log.append(unitOf(freshStream(), 0, 2)));
    await lock.release();
    await Promise.all([second, ...rest]);
    expect(batches).toEqual([
      { units: 1, events: 1 },
      { units: 1, events: 1 },
      { units: 30, events: 60 },
    ]);
  });

  it('should send one half of many, so that server and callers work side by side', async () => {
    const batches: number[] = [];
    const log = subject.open({ metrics: { batch: ({ units }) => batches.push(units) } });
    await Promise.all(Array.from({ length: 200 }, () => log.append(unitOf(freshStream(), 0))));
    expect(batches).toEqual([100, 64, 36]);
  });

  it('should keep a batch within its limits', async () => {
    const batches: number[] = [];
    const log = subject.open({ limits: { events: 10 }, metrics: { batch: ({ events }) => batches.push(events) } });
    await Promise.all(Array.from({ length: 25 }, () => log.append(unitOf(freshStream(), 0))));
    expect(batches).toEqual([10, 10, 5]);
    const big = subject.open({ limits: { bytes: 100_000 }, metrics: { batch: ({ units }) => batches.push(units) } });
    batches.length = 0;
    const large = () =>
      unitOn([{ stream_id: freshStream(), expected_version: 0, events: [happened('x'.repeat(60_000))] }]);
    await Promise.all([big.append(large()), big.append(large()), big.append(large())]);
    expect(batches).toEqual([1, 1, 1]);
  });

  it('should append units of one stream in their order, one batch after the other', async () => {
    const log = subject.open();
    const stream = freshStream();
    const other = freshStream();
    const outcomes = await Promise.all([
      log.append(unitOf(stream, 0)),
      log.append(unitOf(stream, 1)),
      // Reads what the first writes: it must not be in one batch with it, and must not overtake the second.
      log.append(
        unitOn([
          { stream_id: other, expected_version: 0, events: [happened({})] },
          { stream_id: stream, expected_version: 2, events: [] },
        ]),
      ),
      log.append(unitOf(other, 1)),
      log.append(unitOf(stream, 2)),
    ]);
    expect(outcomes.map((outcome) => outcome.kind)).toEqual(Array.from({ length: 5 }, () => 'appended'));
    const positions = outcomes.map((outcome) => (outcome as { position: number }).position);
    expect([...positions].sort((a, b) => a - b)).toEqual(
      [positions[0], positions[1], positions[2], positions[4], positions[3]].sort((a, b) => a! - b!),
    );
  });

  it('should answer the same command twice in flight from one append', async () => {
    const log = subject.open();
    const unit = unitOf(freshStream(), undefined);
    const outcomes = await Promise.all([log.append(unit), log.append(unit)]);
    expect(outcomes.map((outcome) => outcome.kind)).toEqual(['appended', 'repeated']);
    expect(await eventsOf(unit)).toBe(1);
  });

  it('should refuse a conflicting unit alone', async () => {
    const batches: number[] = [];
    const log = subject.open({ metrics: { batch: ({ units }) => batches.push(units) } });
    const stream = freshStream();
    await log.append(unitOf(stream, 0));
    const units = [unitOf(freshStream(), 0), unitOf(stream, 0), unitOf(freshStream(), 0, 3), unitOf(freshStream(), 7)];
    const outcomes = await Promise.all(units.map((unit) => log.append(unit)));
    expect(outcomes.map((outcome) => outcome.kind)).toEqual(['appended', 'conflict', 'appended', 'conflict']);
    expect(batches).toEqual([1, 4]);
    expect(await Promise.all(units.map(eventsOf))).toEqual([1, 0, 3, 0]);
  });

  it('should let a unit that the server refuses fail alone', async () => {
    const log = subject.open();
    const poison = unitOn([{ stream_id: freshStream(), expected_version: 0, events: [happened({}, 'Poison')] }]);
    const units = [unitOf(freshStream(), 0), poison, unitOf(freshStream(), 0)];
    const outcomes = await Promise.allSettled(units.map((unit) => log.append(unit)));
    expect(outcomes.map((outcome) => outcome.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect((outcomes[1] as PromiseRejectedResult).reason).toBeInstanceOf(InvalidUnitError);
    expect(await Promise.all(units.map(eventsOf))).toEqual([1, 0, 1]);
  });

  it('should announce each commit with its events as the log has them, after the commit', async () => {
    const announced: { commit: Commit; events: readonly AnnouncedEvent[] }[] = [];
    const log = subject.open({
      bus: {
        announce: (commit, events) => announced.push({ commit, events }),
        listen: () => Promise.reject(new Error('nobody listens here')),
      },
    });
    const outcome = await log.append(
      unitOn([
        { stream_id: freshStream('alpha'), expected_version: 0, events: [happened({ n: 1 }), happened({ n: 2 })] },
        { stream_id: freshStream('beta'), expected_version: 0, events: [happened({ n: 3 })] },
      ]),
    );
    const { position } = outcome as { position: number };
    expect(announced).toHaveLength(1);
    expect(announced[0]!.commit).toEqual({ first: position - 2, last: position, categories: { alpha: 2, beta: 1 } });
    const events = announced[0]!.events.map(({ text }) => JSON.parse(text) as RecordedEvent);
    expect(events).toEqual(await log.read({ after: position - 3, upTo: position }));
    expect(announced[0]!.events.map((event) => [event.position, event.category])).toEqual(
      events.map((event) => [event.position, event.category]),
    );
  });
});

describe('when things fail', () => {
  let proxy: TcpProxy;
  beforeEach(async () => {
    proxy = await tcpProxy(subject.database.adminUrl);
  });
  afterEach(() => proxy.close());
  const openThrough = (limits = {}) => subject.open({ url: proxy.through(subject.database.urlFor('tasks')), limits });

  it('should append once when the connection dies before the commit', async () => {
    const log = openThrough();
    await log.append(unitOf(freshStream(), 0));
    const lock = await holdLock();
    const unit = unitOf(freshStream(), 0, 2);
    const appending = log.append(unit);
    const [pid] = await eventually(async () => {
      const pids = await waitingBackends();
      expect(pids).toHaveLength(1);
      return pids;
    });
    await subject.admin.query('select pg_terminate_backend($1)', [pid]);
    await lock.release();
    expect(await appending).toMatchObject({ kind: 'appended' });
    expect(await eventsOf(unit)).toBe(2);
  });

  it('should find what was committed when only the answer was lost', async () => {
    const log = openThrough();
    await log.append(unitOf(freshStream(), 0));
    const unit = unitOf(freshStream(), 0, 2);
    proxy.mode = 'swallow';
    const appending = log.append(unit);
    await eventually(async () => expect(await eventsOf(unit)).toBe(2));
    await eventually(() => expect(proxy.swallowed()).toBeGreaterThan(0));
    proxy.mode = 'pass';
    proxy.cut();
    expect(await appending).toMatchObject({ kind: 'repeated', result: unit.result });
    expect(await eventsOf(unit)).toBe(2);
  });

  it('should say that the outcome is unknown when nothing can be asked any more', async () => {
    const log = openThrough({ resolveMs: 500, attemptMs: 300 });
    await log.append(unitOf(freshStream(), 0));
    const unit = unitOf(freshStream(), 0);
    proxy.mode = 'swallow';
    const appending = log.append(unit);
    await eventually(async () => expect(await eventsOf(unit)).toBe(1));
    await proxy.close();
    const error = await appending.catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(OutcomeUnknownError);
    expect((error as OutcomeUnknownError).command_id).toBe(unit.metadata.command_id);
    // Asked again with the same id, by another process, the answer is there.
    expect(await subject.open().append(unit)).toMatchObject({ kind: 'repeated' });
  });

  it('should not hang on a server that falls silent', async () => {
    const log = openThrough({ resolveMs: 500, attemptMs: 200 });
    await log.append(unitOf(freshStream(), 0));
    proxy.mode = 'silence';
    const started = performance.now();
    await expect(log.append(unitOf(freshStream(), 0))).rejects.toBeInstanceOf(OutcomeUnknownError);
    expect(performance.now() - started).toBeLessThan(5_000);
  });

  it('should say at once that Postgres cannot be reached, and go on when it can', async () => {
    await proxy.close();
    const log = openThrough();
    const outcomes = await Promise.allSettled([
      log.append(unitOf(freshStream(), 0)),
      log.append(unitOf(freshStream(), 0)),
    ]);
    for (const outcome of outcomes)
      expect((outcome as PromiseRejectedResult).reason).toBeInstanceOf(LogUnavailableError);
    await expect(log.head()).rejects.toBeInstanceOf(LogUnavailableError);
  });

  it('should give up waiting for the lock, with nothing appended', async () => {
    const log = subject.open();
    const lock = await holdLock();
    const unit = unitOf(freshStream(), 0);
    const started = performance.now();
    await expect(log.append(unit)).rejects.toBeInstanceOf(LogUnavailableError);
    expect(performance.now() - started).toBeLessThan(4_000);
    await lock.release();
    expect(await eventsOf(unit)).toBe(0);
    expect(await log.append(unit)).toMatchObject({ kind: 'appended' });
  });

  it('should shed what it cannot take', async () => {
    const log = subject.open({ limits: { waiting: 5 } });
    const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => log.append(unitOf(freshStream(), 0))));
    expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(5);
    await log.close();
    await expect(log.append(unitOf(freshStream(), 0))).rejects.toBeInstanceOf(LogUnavailableError);
  });
});

describe('the function refuses a batch', () => {
  interface Row {
    readonly unit: number;
    readonly stream: string;
    readonly expected?: number;
    /** Without events the stream is only checked. */
    readonly events: number;
  }
  const call = (rows: readonly Row[]) => {
    const units = [...new Set(rows.map((row) => row.unit))];
    const events = rows.flatMap((row, index) => Array.from({ length: row.events }, () => index + 1));
    return subject.admin.query(
      `select event_log.append(
         $1::uuid[], $2::bytea[], $3::json[], $3::json[], $4::int[], $5::int[], $6::text[], $7::bigint[],
         $8::int[], $9::text[], $10::int[], $11::json[])`,
      [
        units.map(() => crypto.randomUUID()),
        units.map(() => '\\x00'),
        units.map(() => '{}'),
        units.map((unit) => rows.reduce((sum, row) => sum + (row.unit === unit ? row.events : 0), 0)),
        rows.map((row) => row.unit),
        rows.map((row) => row.stream),
        rows.map((row) => row.expected ?? null),
        events,
        events.map(() => 'ThingHappened'),
        events.map(() => 1),
        events.map(() => '{}'),
      ],
    );
  };

  it('in which a stream is written by one unit and touched by another', async () => {
    const stream = freshStream();
    const other = freshStream();
    await expect(
      call([
        { unit: 1, stream, events: 1 },
        { unit: 2, stream, events: 1 },
      ]),
    ).rejects.toMatchObject({ code: '22023' });
    await expect(
      call([
        { unit: 1, stream, events: 1 },
        { unit: 2, stream: other, events: 1 },
        { unit: 2, stream, expected: 0, events: 0 },
      ]),
    ).rejects.toMatchObject({ code: '22023' });
    // Two that only check it may share a batch.
    await call([
      { unit: 1, stream: other, events: 1 },
      { unit: 1, stream, expected: 0, events: 0 },
      { unit: 2, stream: freshStream(), events: 1 },
      { unit: 2, stream, expected: 0, events: 0 },
    ]);
  });

  it('whose stream id is none', async () => {
    for (const stream of ['nodash', 'Upper-1', 'thing-', 'thing-a b', 'thing-a.b', 'thing-*', 'thing->'])
      await expect(call([{ unit: 1, stream, events: 1 }])).rejects.toMatchObject({ code: '23514' });
  });

  it('above read committed', async () => {
    const client = await subject.admin.connect();
    await client.query('begin isolation level repeatable read');
    await expect(
      client.query(`select event_log.append('{}','{}','{}','{}','{}','{}','{}','{}','{}','{}','{}','{}')`),
    ).rejects.toMatchObject({ code: '25000' });
    await client.query('rollback');
    client.release();
  });
});
