import { cronDue, nextCronTime, type CronConfig } from './cron.rules';

const HOURLY = { type: 'cron', expression: '0 * * * *', time_zone: 'UTC' } as const;
const at = (time: string) => Date.parse(`2026-01-01T${time}Z`);
const due = (catch_up: CronConfig['catch_up'], first: string, now: string) => {
  const { fire, missed, next } = cronDue({ ...HOURLY, catch_up }, at(first), at(now));
  const time = (ms: number | undefined) => ms && new Date(ms).toISOString().slice(11, 19);
  return [fire.map(time), missed && [missed.count, time(missed.from), time(missed.through)], time(next)];
};

describe('the times of a cron trigger', () => {
  it('should fire when it is time, under any policy', () => {
    for (const policy of ['skip', 'once', 'all'] as const)
      expect(due(policy, '01:00:00', '01:00:02')).toEqual([['01:00:00'], null, '02:00:00']);
  });

  it('should catch up as the policy says', () => {
    expect(due('skip', '01:00:00', '03:30:00')).toEqual([[], [3, '01:00:00', '03:00:00'], '04:00:00']);
    expect(due('skip', '01:00:00', '03:00:30')).toEqual([['03:00:00'], [2, '01:00:00', '02:00:00'], '04:00:00']);
    expect(due('once', '01:00:00', '03:30:00')).toEqual([['03:00:00'], [2, '01:00:00', '02:00:00'], '04:00:00']);
    expect(due('all', '01:00:00', '03:30:00')).toEqual([['01:00:00', '02:00:00', '03:00:00'], null, '04:00:00']);
    expect(due('once', '01:00:00', '01:30:00')).toEqual([['01:00:00'], null, '02:00:00']);
    expect(due('skip', '01:00:00', '01:30:00')).toEqual([[], [1, '01:00:00', '01:00:00'], '02:00:00']);
  });

  it('should catch up a hundred at most, the newest ones', () => {
    const minutely: CronConfig = { ...HOURLY, expression: '* * * * *', catch_up: 'all' };
    const { fire, missed } = cronDue(minutely, at('00:00:00'), at('10:00:00'));
    expect(fire).toHaveLength(100);
    expect(fire.at(-1)).toBe(at('10:00:00'));
    // Of a long stretch no more than 200 are counted.
    expect(missed).toEqual({ count: 100, from: at('00:00:00'), through: at('08:20:00') });
  });

  it('should be read in the local time of its zone', () => {
    const berlin: CronConfig = { ...HOURLY, expression: '30 9 * * *', time_zone: 'Europe/Berlin', catch_up: 'once' };
    expect(nextCronTime(berlin, at('00:00:00'))).toBe(at('08:30:00'));
  });
});
