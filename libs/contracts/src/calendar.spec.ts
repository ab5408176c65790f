import { addDays, dayOf, monthOf, nextMonthBegins } from './calendar';

describe('days and months of an installation', () => {
  it.each([
    ['2026-03-01T00:30:00.000Z', 'UTC', '2026-03-01'],
    ['2026-03-01T00:30:00.000Z', 'America/New_York', '2026-02-28'],
    ['2026-02-28T18:45:00.000Z', 'Asia/Kathmandu', '2026-03-01'],
    ['2026-12-31T10:00:00.000Z', 'Pacific/Kiritimati', '2027-01-01'],
  ])('should put %s in %s on %s', (moment, zone, day) => {
    expect(dayOf(Date.parse(moment), zone)).toBe(day);
  });

  it.each([
    ['2026-01-31T23:59:59.999Z', 'UTC', '2026-02-01T00:00:00.000Z'],
    ['2026-02-01T00:00:00.000Z', 'UTC', '2026-03-01T00:00:00.000Z'],
    ['2026-03-15T12:00:00.000Z', 'Europe/Berlin', '2026-03-31T22:00:00.000Z'],
    ['2026-10-31T12:00:00.000Z', 'America/New_York', '2026-11-01T04:00:00.000Z'],
    ['2026-11-20T00:00:00.000Z', 'Asia/Kathmandu', '2026-11-30T18:15:00.000Z'],
  ])('should begin the month after %s in %s at %s', (moment, zone, begins) => {
    expect(new Date(nextMonthBegins(Date.parse(moment), zone)).toISOString()).toBe(begins);
  });

  it('should count days over the ends of months and years', () => {
    expect(addDays('2028-02-28', 1)).toBe('2028-02-29');
    expect(addDays('2026-01-01', -1)).toBe('2025-12-31');
    expect(monthOf('2026-01-31')).toBe('2026-01');
  });
});
