import { createEventLog, createPool, type EventLog } from '@ao/event-log';
import { newId } from '@ao/kernel';
import { testDatabase, type TestDatabase } from '@ao/testing';
import type { Pool } from 'pg';
import { AuditQueries, type AuditFilter } from './audit.queries';

const ALICE = newId();
const BOB = newId();
const EVENTS = 60;

describe('the audit', () => {
  let database: TestDatabase;
  let pool: Pool;
  let log: EventLog;
  let audit: AuditQueries;
  const streams = Array.from({ length: 6 }, (_, index) => `${index % 2 === 0 ? 'user' : 'secret'}-${newId()}`);

  beforeAll(async () => {
    database = await testDatabase();
    pool = createPool(database.urlFor('gateway'), { applicationName: 'audit', max: 4 });
    log = createEventLog({ pool: database.pool('identity') });
    await log.ready();
    audit = new AuditQueries(pool, log);
    // One event after the other, so that each has a commit and a time of its own.
    for (let index = 0; index < EVENTS; index += 1) await append(index);
  });
  afterAll(async () => {
    await log?.close();
    await pool?.end();
    await database?.drop();
  });

  async function append(index: number): Promise<void> {
    const refused = index % 10 === 9;
    const outcome = await log.append({
      streams: [
        {
          stream_id: refused ? `refusal-${newId()}` : streams[index % streams.length]!,
          events: [
            {
              type: refused ? 'AccessRefused' : index % 3 === 0 ? 'Opened' : 'Closed',
              schema_version: 1,
              data: refused
                ? { principal: { type: 'user', id: BOB }, user_id: null }
                : { index, large: index === 0 ? 'x'.repeat(20_000) : '' },
            },
          ],
        },
      ],
      metadata: {
        actor: { type: 'user', id: refused ? 'identity' : index % 4 === 0 ? ALICE : BOB },
        ...{ correlation_id: newId(), causation_id: newId(), command_id: newId() },
      },
      command_hash: '0'.repeat(64),
      result: {},
    });
    if (outcome.kind !== 'appended') throw new Error(JSON.stringify(outcome));
  }

  const page = (filter: Partial<AuditFilter> = {}) => audit.page({ limit: 200, offset: 0, ...filter });
  const positions = async (filter: Partial<AuditFilter> = {}) =>
    (await page(filter)).rows.map(({ position }) => position);
  const all = Array.from({ length: EVENTS }, (_, index) => EVENTS - index);
  const of = (match: (index: number) => boolean) => all.filter((position) => match(position - 1));
  const refused = (index: number) => index % 10 === 9;

  it('should list everything, newest first, with the total', async () => {
    expect(await positions()).toEqual(all);
    expect(await page()).toMatchObject({ total: EVENTS, nextBefore: null });
    expect((await page({ limit: 1, before: 1 })).rows).toEqual([]);
  });

  it('should go on where the page before ended, without a gap or a double', async () => {
    const seen: number[] = [];
    let before: number | null = EVENTS + 1;
    while (before !== null) {
      const { rows, nextBefore } = await page({ limit: 7, before });
      seen.push(...rows.map(({ position }) => position));
      before = nextBefore;
    }
    expect(seen).toEqual(all);
  });

  it('should take an offset, as row 82 has it', async () => {
    expect(await positions({ limit: 5, offset: 10 })).toEqual(all.slice(10, 15));
    expect(await positions({ limit: 5, offset: 1_000 })).toEqual([]);
    expect(await positions({ actorId: ALICE, limit: 3, offset: 2 })).toEqual(
      of((index) => !refused(index) && index % 4 === 0).slice(2, 5),
    );
  });

  it('should filter by who, what, on what and how it ended', async () => {
    expect(await positions({ actorId: ALICE })).toEqual(of((index) => !refused(index) && index % 4 === 0));
    // Those of refusals are whose attempt it was.
    expect(await positions({ actorId: BOB })).toEqual(of((index) => refused(index) || index % 4 !== 0));
    expect(await positions({ action: 'Opened' })).toEqual(of((index) => !refused(index) && index % 3 === 0));
    expect(await positions({ objectType: 'secret' })).toEqual(of((index) => !refused(index) && index % 2 === 1));
    const [type, ...id] = streams[1]!.split('-');
    const ofStream = of((index) => !refused(index) && index % streams.length === 1);
    expect(await positions({ objectType: type, objectId: id.join('-') })).toEqual(ofStream);
    expect(await positions({ objectId: id.join('-') })).toEqual(ofStream);
    expect(await positions({ result: 'refused' })).toEqual(of(refused));
    expect(await positions({ result: 'ok' })).toEqual(of((index) => !refused(index)));
    expect(await positions({ result: 'refused', action: 'Opened' })).toEqual([]);
    expect(await positions({ result: 'refused', action: 'AccessRefused' })).toEqual(of(refused));
  });

  it('should find a time among the commits', async () => {
    const { rows } = await pool.query<{ at: string }>(
      `select to_char(recorded_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at
         from event_log.events order by position`,
    );
    const at = (position: number) => rows[position - 1]!.at;
    for (const position of [1, 2, 17, 31, EVENTS]) {
      expect(await positions({ from: at(position) })).toEqual(all.filter((one) => one >= position));
      expect(await positions({ to: at(position) })).toEqual(all.filter((one) => one < position));
    }
    expect(await page({ from: at(10), to: at(20) })).toMatchObject({ total: 10, nextBefore: null });
    expect(await positions({ from: '2999-01-01T00:00:00Z' })).toEqual([]);
    expect(await positions({ to: '1999-01-01T00:00:00Z' })).toEqual([]);
  });

  it('should look at so many positions and no more, and say where it got to', async () => {
    const bounded = new AuditQueries(pool, log, 10);
    const filter = { result: 'refused' as const, objectType: 'refusal', actorId: BOB, limit: 200, offset: 0 };
    const first = await bounded.page(filter);
    expect([first.rows.length, first.nextBefore]).toEqual([1, EVENTS - 9]);
    const nothing = await bounded.page({ ...filter, actorId: newId() });
    expect([nothing.rows.length, nothing.nextBefore]).toEqual([0, EVENTS - 9]);
    const seen: number[] = [];
    let before: number | null = EVENTS + 1;
    while (before !== null) {
      const { rows, nextBefore } = await bounded.page({ ...filter, before });
      seen.push(...rows.map(({ position }) => position));
      before = nextBefore;
    }
    expect(seen).toEqual(of(refused));
  });

  it('should leave out data that no page can carry', async () => {
    const { rows } = await page({ before: 3 });
    expect(rows.map(({ data }) => data === null)).toEqual([false, true]);
  });
});
