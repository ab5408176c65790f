import fc from 'fast-check';
import { createRefusalCounter, MAX_EVENTS_PER_MINUTE, SEVERAL } from './refusal-counter';
import { countedOf, printable, type Refusal } from './refusal.rules';

const MINUTE = 60_000;
const NOW = 1_000 * MINUTE;
const attempt = (changes: Partial<Refusal> = {}, now = NOW) =>
  countedOf({ kind: 'login', code: 'invalid_credentials', address: '192.0.2.1', ...changes }, now);
const sum = (events: readonly { count: number }[]) => events.reduce((total, { count }) => total + count, 0);

describe('refused attempts of a minute', () => {
  it('should be told at once for the first time, and counted together until the minute ends', () => {
    const counter = createRefusalCounter();
    counter.add(attempt(), NOW);
    counter.add(attempt({}, NOW + 1), NOW + 1);
    expect(counter.due(NOW + 2)).toEqual([{ ...attempt(), count: 2, last_at: NOW + 1 }]);
    counter.add(attempt({}, NOW + 10), NOW + 10);
    counter.add(attempt({ count: 5 }, NOW + 20), NOW + 20);
    expect(counter.due(NOW + 30)).toEqual([]);
    expect(counter.due(NOW + MINUTE)).toEqual([{ ...attempt({}, NOW + 10), count: 6, last_at: NOW + 20 }]);
    expect(counter.due(NOW + 2 * MINUTE)).toEqual([]);
  });

  it('should be told apart by who, what and from where', () => {
    const counter = createRefusalCounter();
    const principal = { type: 'api_key', id: 'x' };
    for (const changes of [{}, { code: 'throttled' }, { address: '192.0.2.2' }, { route: 'GET /' }, { principal }])
      counter.add(attempt(changes), NOW);
    expect(counter.due(NOW)).toHaveLength(5);
  });

  it('should be no more events than the bound and one, however many there are', () => {
    const counter = createRefusalCounter();
    for (let index = 0; index < 1_000; index += 1)
      counter.add(attempt({ address: `10.0.${index >> 8}.${index & 255}`, route: 'POST /login' }), NOW);
    const first = counter.due(NOW);
    expect(first).toHaveLength(MAX_EVENTS_PER_MINUTE);
    const [rest, ...none] = counter.due(NOW + MINUTE);
    expect(none).toEqual([]);
    expect(rest).toEqual({ ...attempt({ address: null, route: null }), count: 1_000 - MAX_EVENTS_PER_MINUTE });
  });

  it('should say that they are several when the rest is of different kinds', () => {
    const counter = createRefusalCounter(0);
    counter.add(attempt(), NOW);
    counter.add(attempt({ kind: 'permission', code: 'forbidden', count: 3 }), NOW);
    expect(counter.due(NOW, true)).toMatchObject([{ kind: 'permission', code: SEVERAL, count: 4, address: null }]);
  });

  it('should all be given when the process ends', () => {
    const counter = createRefusalCounter();
    counter.add(attempt(), NOW);
    counter.due(NOW);
    counter.add(attempt(), NOW);
    expect(counter.due(NOW, true)).toHaveLength(1);
    expect(counter.due(NOW, true)).toEqual([]);
  });

  it('should be counted exactly, within the bound, whatever comes', () => {
    const step = fc.record({
      address: fc.nat(9),
      wait: fc.nat(40_000),
      count: fc.integer({ min: 1, max: 9 }),
      look: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.integer({ min: 0, max: 6 }), (steps, limit) => {
        const counter = createRefusalCounter(limit);
        const events: { minute: number; count: number }[] = [];
        let now = NOW;
        let begun = Math.floor(now / MINUTE);
        let inMinute = 0;
        let added = 0;
        const look = (all = false) => {
          const due = counter.due(now, all);
          events.push(...due.map(({ count }) => ({ minute: 0, count })));
          return due.length;
        };
        for (const { address, wait, count, look: looks } of steps) {
          now += wait;
          // What is due at the turn of a minute belongs to the one before, so the bound is looked at within one.
          if (Math.floor(now / MINUTE) !== begun) {
            look();
            begun = Math.floor(now / MINUTE);
            inMinute = 0;
          }
          counter.add(attempt({ address: `10.0.0.${address}`, count }, now), now);
          added += count;
          if (looks) inMinute += look();
          expect(inMinute).toBeLessThanOrEqual(limit);
        }
        look(true);
        expect(sum(events)).toBe(added);
      }),
    );
  });
});

describe('texts of strangers', () => {
  it('should be cut, and lose what could forge or turn a line', () => {
    expect(printable('a\r\nb\u0000c\u001b[31m\u202ed\u2028e\u009f', 64)).toBe('abc[31mde');
    expect(printable('x'.repeat(100), 64)).toHaveLength(64);
    expect(printable('\ud800', 64).isWellFormed()).toBe(true);
    expect(printable(`${'x'.repeat(63)}😀`, 64).isWellFormed()).toBe(true);
  });

  it('should name a user only by a real id, and find it in the principal', () => {
    const id = '01890000-0000-7000-8000-000000000001';
    expect(attempt({ principal: { type: 'user', id } }).user_id).toBe(id);
    expect(attempt({ principal: { type: 'api_key', id } }).user_id).toBeNull();
    expect(attempt({ user_id: 'nobody\n' }).user_id).toBeNull();
    expect(attempt({ email_index: 'me@example.org' }).email_index).toBeNull();
    expect(attempt({ count: 0, first_at: NOW, last_at: NOW - 1 })).toMatchObject({ count: 1, last_at: NOW });
  });
});
