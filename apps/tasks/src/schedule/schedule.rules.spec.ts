import { evolveSchedule, nextTime, type ScheduleDocument } from '@ao/contracts';
import { isoTime } from '@ao/kernel';
import fc from 'fast-check';
import { dueAt, nextRun } from './schedule.rules';
import { created } from './schedule.testing';

const midnight = Date.parse('2026-01-02T00:00:00.000Z');
const day = 86_400_000;
const daily = (more: object = {}): ScheduleDocument => evolveSchedule(undefined, created(more))!;

describe('what a schedule has to do', () => {
  it('should be nothing before its time, never early by a millisecond', () => {
    expect(dueAt(daily(), midnight - 1)).toEqual({ kind: 'later', due_at: isoTime(midnight) });
    expect(dueAt(daily(), midnight)).toEqual({ kind: 'fire', scheduled_for: isoTime(midnight) });
    expect(dueAt(daily({ next: null }), midnight)).toEqual({ kind: 'nothing' });
  });

  it.each(['skip', 'once', 'all'] as const)(
    'should be to fire when it is a little late, with catch_up %s',
    (catch_up) => {
      expect(dueAt(daily({ catch_up }), midnight + 59_000)).toEqual({ kind: 'fire', scheduled_for: isoTime(midnight) });
    },
  );

  it('should leave out what was missed, all of it, or all but the newest, or nothing', () => {
    const [first, later] = [isoTime(midnight), midnight + 3 * day + 3_600_000];
    expect(dueAt(daily({ catch_up: 'skip' }), later)).toEqual({
      ...{ kind: 'skip', scheduled_for: first, through: isoTime(midnight + 3 * day), count: 4 },
    });
    expect(dueAt(daily({ catch_up: 'once' }), later)).toEqual({
      ...{ kind: 'skip', scheduled_for: first, through: isoTime(midnight + 2 * day), count: 3 },
    });
    expect(dueAt(daily({ catch_up: 'all' }), later)).toEqual({ kind: 'fire', scheduled_for: first });
  });

  it('should leave out what was missed before a time that has just come', () => {
    expect(dueAt(daily({ catch_up: 'skip' }), midnight + 2 * day)).toEqual({
      ...{ kind: 'skip', scheduled_for: isoTime(midnight), through: isoTime(midnight + day), count: 2 },
    });
  });

  it('should catch up the newest 100 and no more', () => {
    const later = midnight + 149 * day + 1;
    expect(dueAt(daily({ catch_up: 'all' }), later)).toEqual({
      ...{ kind: 'skip', scheduled_for: isoTime(midnight), through: isoTime(midnight + 49 * day), count: 50 },
    });
    const long = midnight + 999 * day + 1;
    expect(dueAt(daily({ catch_up: 'all' }), long)).toEqual({
      ...{ kind: 'skip', scheduled_for: isoTime(midnight), through: isoTime(midnight + 899 * day), count: 100 },
    });
  });
});

describe('the jitter', () => {
  const jittered = (jitter_seconds: number, seconds: number) =>
    daily({ jitter_seconds, timing: { type: 'interval', seconds } });

  it('should be the same for the same time, and differ from time to time', () => {
    const schedule = jittered(600, 3_600);
    const delays = Array.from({ length: 50 }, (_, index) => {
      const run = nextRun(schedule, midnight + index * 3_600_000)!;
      expect(nextRun(schedule, midnight + index * 3_600_000)).toEqual(run);
      return Date.parse(run.due_at) - Date.parse(run.scheduled_for);
    });
    expect(new Set(delays).size).toBeGreaterThan(40);
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...delays)).toBeLessThan(600_000);
    expect(Math.max(...delays)).toBeGreaterThan(300_000);
  });

  it('should never reach into the following time', () => {
    const schedule = jittered(86_400, 10);
    for (let index = 0; index < 50; index += 1) {
      const { scheduled_for, due_at } = nextRun(schedule, midnight + index * 10_000)!;
      expect(Date.parse(due_at) - Date.parse(scheduled_for)).toBeLessThan(10_000);
    }
  });

  it('should hold back the newest time until it is over', () => {
    const schedule = { ...jittered(86_400, 3_600), catch_up: 'skip' as const };
    const run = nextRun(schedule, midnight)!;
    const state = { ...schedule, next: run };
    expect(dueAt(state, Date.parse(run.due_at) - 1)).toEqual({ kind: 'later', due_at: run.due_at });
    const following = nextRun(schedule, Date.parse(run.scheduled_for))!;
    const between = Date.parse(following.due_at) - 1;
    // Late by more than a minute, and no other has fired: missed.
    expect(dueAt(state, between)).toMatchObject({ kind: 'skip', count: 1, through: run.scheduled_for });
  });
});

describe('whatever happens', () => {
  const timing = fc.oneof(
    fc.constantFrom('*/7 * * * *', '30 2 * * *', '15,45 1-3 * * *', '0 0 31 * *').map((expression) => ({
      ...{ type: 'cron' as const, expression, time_zone: 'Europe/Berlin' },
    })),
    fc.integer({ min: 30, max: 90_000 }).map((seconds) => ({ type: 'interval' as const, seconds })),
  );
  const scenario = fc.record({
    timing,
    catch_up: fc.constantFrom('skip' as const, 'once' as const, 'all' as const),
    jitter_seconds: fc.constantFrom(0, 20, 3_600),
    // From when to when nobody looked: milliseconds.
    looks: fc.array(fc.integer({ min: 1, max: 86_400_000 }), { minLength: 1, maxLength: 12 }),
  });

  it('should fire or leave out each time once, in order, none of them early', () => {
    fc.assert(
      fc.property(scenario, ({ looks, ...more }) => {
        const start = Date.parse('2026-03-28T12:00:00.000Z');
        const at = { ...daily(more), created_at: isoTime(start) };
        let state: ScheduleDocument = { ...at, next: nextRun(at, start) };
        let now = start;
        let last = start;
        for (const gap of looks) {
          now += gap;
          for (let due = dueAt(state, now); due.kind === 'fire' || due.kind === 'skip'; due = dueAt(state, now)) {
            expect(Date.parse(due.scheduled_for)).toBe(nextTime(state, last));
            const through = due.kind === 'skip' ? due.through : due.scheduled_for;
            last = Date.parse(through);
            expect(last).toBeGreaterThanOrEqual(Date.parse(due.scheduled_for));
            expect(last).toBeLessThanOrEqual(now);
            state = { ...state, next: nextRun(state, last) };
          }
          expect(Date.parse(state.next!.due_at)).toBeGreaterThan(now);
        }
      }),
      { numRuns: 25 },
    );
  });
});
