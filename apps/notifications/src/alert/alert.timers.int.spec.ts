import { createPool } from '@ao/event-log';
import { isoTime, newId } from '@ao/kernel';
import { testDatabase, type TestDatabase } from '@ao/testing';
import { createTimers } from '@ao/timers';
import type { Pool } from 'pg';
import { loadSubjects, storeSubjects } from './alert.store';
import { alertTimer, lookAtSubject } from './alert.timers';
import type { Verdict } from './alert.verdict';

const NOW = Date.UTC(2026, 0, 1);
const DAY = 86_400_000;
const day = (number: number) => isoTime(NOW + number * DAY);

describe('a look at something that is watched', () => {
  let database: TestDatabase;
  let pool: Pool;
  let said: Verdict[] = [];
  let meanwhile: () => Promise<void> = () => Promise.resolve();

  beforeAll(async () => {
    database = await testDatabase();
    pool = createPool(database.urlFor('notifications'), { applicationName: 'alerts', max: 4 });
  });
  beforeEach(() => {
    said = [];
    meanwhile = () => Promise.resolve();
  });
  afterAll(async () => {
    await pool?.end();
    await database?.drop();
  });

  function looks() {
    const timers = createTimers({ pool, schema: 'notifications' });
    const say = async (verdict: Verdict) => {
      said.push(verdict);
      await meanwhile();
    };
    return lookAtSubject({ pool, timers, clock: { now: () => NOW }, say });
  }
  const scheduled = async (subject: string) => {
    const { rows } = await pool.query<{ due_at: Date; payload: unknown }>(
      'select due_at, payload from notifications.timers where timer_id = $1',
      [`alert-${subject}`],
    );
    return rows.map(({ due_at, payload }) => ({ due_at: due_at.toISOString(), payload }));
  };
  async function secret(expires_at: string | null, position = 1, subject = `secret-${newId()}`): Promise<string> {
    const document = { name: 'smtp', expires_at, rotated_at: null, created_at: day(-100) };
    await storeSubjects(pool, [{ subject, position, document }], []);
    return subject;
  }

  it('should say what is so now, and come again when there is something else to say', async () => {
    const subject = await secret(day(10));
    await looks()(alertTimer(subject, day(0)));
    expect(said).toMatchObject([{ verdict: 'raise', severity: 'info', kind: 'secret_expiring' }]);
    expect(await scheduled(subject)).toEqual([{ due_at: day(7), payload: { subject } }]);
  });

  it('should clear what is gone, and not come again', async () => {
    const subject = `secret-${newId()}`;
    await looks()(alertTimer(subject, day(0)));
    expect(said).toMatchObject([{ verdict: 'clear' }]);
    expect(await scheduled(subject)).toEqual([]);
  });

  it('should wait once when it comes late: what it is about may be told of in a moment', async () => {
    const subject = await secret(day(10));
    await looks()(alertTimer(subject, day(-4)));
    const minute = isoTime(NOW + 60_000);
    expect([said, await scheduled(subject)]).toEqual([[], [{ due_at: minute, payload: { subject, waited: true } }]]);
    await looks()(alertTimer(subject, day(-4), true));
    expect(said).toMatchObject([{ verdict: 'raise', severity: 'info' }]);
  });

  it('should leave the next look to what has happened meanwhile', async () => {
    const subject = await secret(day(10));
    meanwhile = async () => void (await secret(day(300), 2, subject));
    await looks()(alertTimer(subject, day(0)));
    expect(await scheduled(subject)).toEqual([]);
    expect((await loadSubjects(pool, [subject])).get(subject)).toMatchObject({ position: 2 });
  });
});
