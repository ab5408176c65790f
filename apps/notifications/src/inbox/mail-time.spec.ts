import { DEFAULT_PREFERENCES, type MailDigest, type Preferences, type QuietHours } from '@ao/contracts';
import fc from 'fast-check';
import { isMailed, isQuiet, mailTime, quietUntil } from './mail-time';

const ms = (iso: string) => Date.parse(iso);
const iso = (time: number) => new Date(time).toISOString();
const prefer = (changes: Partial<Preferences>): Preferences => ({ ...DEFAULT_PREFERENCES, mail: true, ...changes });
const night: QuietHours = { from: '22:00', to: '07:00', zone: 'Europe/Berlin' };
const daily = (at: string, zone = 'Europe/Berlin'): MailDigest => ({ mode: 'daily', at, zone });

/** What a clock on the wall shows, worked out in another way than the code does. */
const walls = new Map<string, Intl.DateTimeFormat>();
function wall(zone: string, time: number): string {
  const shown = walls.get(zone) ?? new Intl.DateTimeFormat('sv-SE', { timeZone: zone, timeStyle: 'short' });
  walls.set(zone, shown);
  return shown.format(time);
}

describe('quiet hours', () => {
  it('should hold from their beginning to just before their end, past midnight too', () => {
    const at = (time: string) => isQuiet(night, ms(`2026-01-15T${time}+01:00`));
    expect(['21:59:59', '22:00:00', '23:59:59', '00:00:00', '06:59:59', '07:00:00'].map(at)).toEqual([
      ...[false, true, true, true, true, false],
    ]);
    const noon = { from: '12:00', to: '13:00', zone: 'Asia/Kathmandu' };
    expect(isQuiet(noon, ms('2026-01-15T12:30:00+05:45'))).toBe(true);
    expect(isQuiet(noon, ms('2026-01-15T13:00:00+05:45'))).toBe(false);
  });

  const cases: readonly (readonly [string, QuietHours, string, string])[] = [
    ['an ordinary night', night, '2026-01-15T23:10:30+01:00', '2026-01-16T07:00:00+01:00'],
    ['the night that spring shortens', night, '2026-03-28T23:00:00+01:00', '2026-03-29T07:00:00+02:00'],
    ['the night that autumn lengthens', night, '2026-10-24T23:00:00+02:00', '2026-10-25T07:00:00+01:00'],
    [
      ...(['an end that spring leaves out', { ...night, to: '02:30' }] as const),
      ...(['2026-03-29T01:10:00+01:00', '2026-03-29T03:00:00+02:00'] as const),
    ],
    [
      ...(['an end that autumn repeats, before it', { ...night, to: '02:30' }] as const),
      ...(['2026-10-25T01:10:00+02:00', '2026-10-25T02:30:00+02:00'] as const),
    ],
    [
      ...(['an end that autumn repeats, in the repetition', { ...night, to: '02:30' }] as const),
      ...(['2026-10-25T02:10:00+01:00', '2026-10-25T02:30:00+01:00'] as const),
    ],
    [
      ...(['a clock that moves by half an hour', { from: '00:00', to: '06:00', zone: 'Australia/Lord_Howe' }] as const),
      ...(['2026-04-05T00:30:00+11:00', '2026-04-05T06:00:00+10:30'] as const),
    ],
  ];
  it.each(cases)('should end where the wall says so: %s', (_name, hours, from, until) => {
    expect(iso(quietUntil(hours, ms(from)))).toBe(iso(ms(until)));
  });
});

describe('when something is mailed', () => {
  const now = ms('2026-01-15T12:00:00+01:00');

  it('should be at once where nothing holds it, and by severity', () => {
    expect(mailTime(prefer({}), 'info', now)).toBe(now);
    expect(mailTime(prefer({ quiet_hours: night }), 'warning', now)).toBe(now);
    const from = prefer({ mail_from: 'warning' });
    expect((['info', 'warning', 'critical'] as const).map((each) => isMailed(from, each))).toEqual([false, true, true]);
    expect(isMailed(prefer({ mail: false }), 'critical')).toBe(false);
  });

  it('should be at the end of a window that the oldest opened, or after quiet hours', () => {
    const window = prefer({ digest: { mode: 'window', minutes: 30 } });
    expect(mailTime(window, 'info', now)).toBe(now + 1_800_000);
    expect(mailTime(window, 'info', now, now - 600_000)).toBe(now + 1_200_000);
    expect(mailTime(window, 'info', now, now - 6_000_000)).toBe(now);
    const late = ms('2026-01-15T21:45:00+01:00');
    expect(iso(mailTime({ ...window, quiet_hours: night }, 'info', late))).toBe('2026-01-16T06:00:00.000Z');
  });

  it('should be once a day at its time, in spring and autumn too', () => {
    const at = (digest: MailDigest, from: string) => iso(mailTime(prefer({ digest }), 'info', ms(from)));
    expect(at(daily('08:00'), '2026-01-15T07:59:59+01:00')).toBe('2026-01-15T07:00:00.000Z');
    expect(at(daily('08:00'), '2026-01-15T08:00:00+01:00')).toBe('2026-01-16T07:00:00.000Z');
    expect(at(daily('08:00'), '2026-03-28T09:00:00+01:00')).toBe('2026-03-29T06:00:00.000Z');
    expect(at(daily('08:00'), '2026-10-24T09:00:00+02:00')).toBe('2026-10-25T07:00:00.000Z');
    // Left out by spring: at the end of the gap. Repeated by autumn: the first time, and not again that day.
    expect(at(daily('02:30'), '2026-03-29T00:00:00+01:00')).toBe('2026-03-29T01:00:00.000Z');
    expect(at(daily('02:30'), '2026-10-25T00:00:00+02:00')).toBe('2026-10-25T00:30:00.000Z');
    expect(at(daily('02:30'), '2026-10-25T02:30:00+02:00')).toBe('2026-10-26T01:30:00.000Z');
  });

  const minute = fc.integer({ min: 0, max: 1_439 }).map((minutes) => {
    const two = (number: number) => String(number).padStart(2, '0');
    return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
  });
  const zone = fc.constantFrom(
    ...['Europe/Berlin', 'America/New_York', 'Asia/Kathmandu', 'Australia/Lord_Howe', 'America/Santiago', 'UTC'],
    ...['Africa/Casablanca', 'Pacific/Apia', 'America/St_Johns', 'Antarctica/Troll'],
  );
  const quiet = fc.record({ from: minute, to: minute, zone }).filter(({ from, to }) => from !== to);
  const digest = fc.oneof(
    fc.constant<MailDigest>({ mode: 'off' }),
    fc.integer({ min: 1, max: 1_440 }).map((minutes): MailDigest => ({ mode: 'window', minutes })),
    fc.record({ at: minute, zone }).map(({ at, zone: of }): MailDigest => ({ mode: 'daily', at, zone: of })),
  );
  const time = fc.date({ min: new Date('2025-01-01'), max: new Date('2029-01-01'), noInvalidDate: true });
  const within = ({ from, to, zone: of }: QuietHours, at: number) => {
    const shown = wall(of, at);
    return from < to ? shown >= from && shown < to : shown >= from || shown < to;
  };

  it('should never lie in quiet hours, never in the past, and never be put off for good', () => {
    let held = 0;
    fc.assert(
      fc.property(fc.option(quiet, { nil: null }), digest, time, (quiet_hours, way, when) => {
        const begun = when.getTime();
        const at = mailTime(prefer({ quiet_hours, digest: way }), 'warning', begun);
        if (quiet_hours) expect(within(quiet_hours, at)).toBe(false);
        if (quiet_hours && within(quiet_hours, begun)) held += 1;
        expect(at).toBeGreaterThanOrEqual(begun);
        // A window or a day, a quiet day less a minute, and what a change of clocks adds to each.
        expect(at - begun).toBeLessThanOrEqual((2 * 1_440 + 300) * 60_000);
        expect(mailTime(prefer({ quiet_hours, digest: way }), 'critical', begun)).toBe(begun);
      }),
      { numRuns: 2_000 },
    );
    expect(held).toBeGreaterThan(100);
  });

  it('should be of the next day when the only hour that is not quiet is left out in spring', () => {
    const hours = { from: '01:00', to: '00:00', zone: 'America/Santiago' };
    expect(iso(quietUntil(hours, ms('2026-09-05T12:00:00Z')))).toBe('2026-09-07T03:00:00.000Z');
  });

  it('should be the first minute after quiet hours that is in none', () => {
    const changes = ['2026-03-29', '2026-10-25', '2026-03-08', '2026-11-01', '2026-04-05', '2026-10-04', '2026-09-06'];
    fc.assert(
      fc.property(quiet, fc.constantFrom(...changes), fc.integer({ min: 0, max: 2_880 }), (hours, day, minutes) => {
        const begun = ms(`${day}T00:00:00Z`) - 86_400_000 + minutes * 60_000;
        const at = quietUntil(hours, begun);
        let first = begun;
        while (within(hours, first)) first += 60_000;
        expect(iso(at)).toBe(iso(first));
      }),
      { numRuns: 200 },
    );
  });
});
