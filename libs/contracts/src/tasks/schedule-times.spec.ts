import { isoTime } from '@ao/kernel';
import { isTimeZone, nextTime, nextTimes, timesBetween, whyNoCron, type Timetable } from './schedule-times';

const timetable = (timing: Timetable['timing'], more: Partial<Timetable> = {}): Timetable => ({
  ...{ timing, starts_at: null, ends_at: null, created_at: '2026-01-01T00:00:00.000Z' },
  ...more,
});
const cron = (expression: string, time_zone = 'UTC', more: Partial<Timetable> = {}) =>
  timetable({ type: 'cron', expression, time_zone }, more);
const after = (table: Timetable, from: string, count: number) => nextTimes(table, Date.parse(from), count).map(short);
const short = (time: number) => isoTime(time).replace(':00.000Z', 'Z');

describe('the times of a schedule', () => {
  describe('by cron', () => {
    it('should be after the moment, never at it', () => {
      const noon = cron('0 12 * * *');
      expect(after(noon, '2026-05-01T11:59:59.999Z', 1)).toEqual(['2026-05-01T12:00Z']);
      expect(after(noon, '2026-05-01T12:00:00.000Z', 1)).toEqual(['2026-05-02T12:00Z']);
    });

    it('should go by the local time of the zone', () => {
      expect(after(cron('0 9 * * 1-5', 'Asia/Kolkata'), '2026-05-01T00:00:00Z', 2)).toEqual([
        '2026-05-01T03:30Z',
        '2026-05-04T03:30Z',
      ]);
    });

    it.each([
      // The clock jumps from 02:00 to 03:00 on 29 March: what the gap would hold falls at its end.
      [
        'Europe/Berlin',
        '30 2 * * *',
        '2026-03-28T00:00:00Z',
        ['2026-03-28T01:30Z', '2026-03-29T01:00Z', '2026-03-30T00:30Z'],
      ],
      ['America/New_York', '30 2 * * *', '2026-03-07T12:00:00Z', ['2026-03-08T07:00Z', '2026-03-09T06:30Z']],
      // What runs more often just goes on.
      ['Europe/Berlin', '*/30 * * * *', '2026-03-29T00:30:00Z', ['2026-03-29T01:00Z', '2026-03-29T01:30Z']],
    ])('should fall at the end of the gap of spring: %s %s', (zone, expression, from, times) => {
      expect(after(cron(expression, zone), from, times.length)).toEqual(times);
    });

    it.each([
      // From 03:00 back to 02:00 on 25 October: one named time falls once, the first time.
      ['Europe/Berlin', '30 2 * * *', '2026-10-24T12:00:00Z', ['2026-10-25T00:30Z', '2026-10-26T01:30Z']],
      ['America/New_York', '30 1 * * *', '2026-10-31T12:00:00Z', ['2026-11-01T05:30Z', '2026-11-02T06:30Z']],
      // Every other expression falls in both hours.
      [
        'Europe/Berlin',
        '30 * * * *',
        '2026-10-24T23:00:00Z',
        ['2026-10-24T23:30Z', '2026-10-25T00:30Z', '2026-10-25T01:30Z', '2026-10-25T02:30Z'],
      ],
      [
        'Europe/Berlin',
        '15,45 2 * * *',
        '2026-10-24T12:00:00Z',
        ['2026-10-25T00:15Z', '2026-10-25T00:45Z', '2026-10-25T01:15Z', '2026-10-25T01:45Z', '2026-10-26T01:15Z'],
      ],
    ])('should tell the two hours of autumn apart: %s %s', (zone, expression, from, times) => {
      expect(after(cron(expression, zone), from, times.length)).toEqual(times);
    });

    it('should know leap days, and months that have no 31st', () => {
      expect(after(cron('0 0 29 2 *'), '2026-01-01T00:00:00Z', 2)).toEqual(['2028-02-29T00:00Z', '2032-02-29T00:00Z']);
      expect(after(cron('0 0 31 * *'), '2026-01-01T00:00:00Z', 3)).toEqual([
        '2026-01-31T00:00Z',
        '2026-03-31T00:00Z',
        '2026-05-31T00:00Z',
      ]);
    });

    it('should take a day of month and one of week as alternatives, and seconds first', () => {
      expect(after(cron('0 12 13 * 5'), '2026-01-05T00:00:00Z', 3)).toEqual([
        '2026-01-09T12:00Z',
        '2026-01-13T12:00Z',
        '2026-01-16T12:00Z',
      ]);
      expect(nextTime(cron('*/20 * * * * *'), Date.parse('2026-01-01T00:00:20Z'))).toBe(
        Date.parse('2026-01-01T00:00:40Z'),
      );
    });
  });

  it('should be counted from the start, which is the first, or from the creation, which is none', () => {
    const every = timetable({ type: 'interval', seconds: 3_600 });
    expect(after(every, '2026-01-01T00:00:00Z', 2)).toEqual(['2026-01-01T01:00Z', '2026-01-01T02:00Z']);
    const later = { ...every, starts_at: '2026-01-01T05:30:00.000Z' };
    expect(after(later, '2026-01-01T00:00:00Z', 2)).toEqual(['2026-01-01T05:30Z', '2026-01-01T06:30Z']);
    expect(after(later, '2026-01-01T05:30:00Z', 1)).toEqual(['2026-01-01T06:30Z']);
  });

  it('should lie between the start and the end, both included', () => {
    const bounds = { starts_at: '2026-01-02T00:00:00.000Z', ends_at: '2026-01-03T00:00:00.000Z' };
    expect(after(cron('0 0 * * *', 'UTC', bounds), '2026-01-01T00:00:00Z', 9)).toEqual([
      '2026-01-02T00:00Z',
      '2026-01-03T00:00Z',
    ]);
    const once = timetable({ type: 'at', at: '2026-01-02T12:00:00.000Z' });
    expect(after(once, '2026-01-01T00:00:00Z', 9)).toEqual(['2026-01-02T12:00Z']);
    expect(after(once, '2026-01-02T12:00:00Z', 9)).toEqual([]);
  });

  describe('that have passed', () => {
    const first = Date.parse('2026-01-02T00:00:00Z');

    it('should be counted, with the newest of them', () => {
      const { count, latest } = timesBetween(cron('0 0 * * *'), first, Date.parse('2026-01-06T12:00:00Z'), 2);
      expect(count).toBe(5);
      expect(latest.map(short)).toEqual(['2026-01-05T00:00Z', '2026-01-06T00:00Z']);
    });

    it.each([cron('* * * * *'), timetable({ type: 'interval', seconds: 60 })])(
      'should be counted no further than 200, the newest known all the same: %j',
      (table) => {
        const { count, latest } = timesBetween(table, first, Date.parse('2026-02-02T00:00:30Z'), 2);
        expect(count).toBe(200);
        expect(latest.map(short)).toEqual(['2026-02-01T23:59Z', '2026-02-02T00:00Z']);
      },
    );
  });
});

describe('what is a cron expression', () => {
  it.each(['* * * * *', '0 0 29 2 *', '*/5 * * * * *', '0 9 * * MON-FRI', '0 0 L * *'])(
    'should be %s',
    (expression) => {
      expect(whyNoCron(expression)).toBeUndefined();
    },
  );

  it.each([
    '',
    '* * * *',
    '* * * * * * *',
    '@daily',
    '*/0 * * * *',
    '60 * * * *',
    '0 0 30 2 *',
    'a b c d e',
    '0 0 * * 9',
  ])('rejects %s', (expression) => {
    expect(whyNoCron(expression)).toEqual(expect.stringMatching(/^must /));
  });

  it('should name a zone that there is', () => {
    expect(['UTC', 'Europe/Berlin', 'Etc/GMT+5'].map(isTimeZone)).toEqual([true, true, true]);
    expect(['', 'Mars/X', '+02:00', 'Europe/', 'local'].map(isTimeZone)).toEqual([false, false, false, false, false]);
  });
});
