import { canonicalJson, commandHash } from './command-hash';
import { createFoldedCache } from './folded-cache';
import { createLogClock } from './log-clock';
import { prepareUnit } from './prepared-unit';
import { createTurns } from './turns';
import { InvalidUnitError, type AppendUnit } from './types';
import { freshStream, happened, unitOf, unitOn } from './unit.testing';

describe('the hash of a command', () => {
  it('should not depend on the order of keys', () => {
    expect(commandHash('Do', { a: 1, b: { d: [1, { f: 1, e: 2 }], c: 2 } })).toBe(
      commandHash('Do', { b: { c: 2, d: [1, { e: 2, f: 1 }] }, a: 1 }),
    );
    expect(canonicalJson({ b: undefined, a: 'ü' })).toBe('{"a":"ü"}');
    expect(canonicalJson({ 10: 1, 9: 2 })).toBe(canonicalJson({ 9: 2, 10: 1 }));
  });

  it('should cover whatever JSON can hold', () => {
    const hostile = JSON.parse('{"b":{"__proto__":{"x":1}},"__proto__":2,"a":[null,{"d":1,"c":"\\u2028"}]}') as unknown;
    expect(canonicalJson(hostile)).toBe('{"__proto__":2,"a":[null,{"c":"\u2028","d":1}],"b":{"__proto__":{"x":1}}}');
    expect(canonicalJson([undefined, new Date(0), Number.NaN])).toBe('[null,"1970-01-01T00:00:00.000Z",null]');
    expect(canonicalJson(undefined)).toBe('null');
  });

  it('should tell types, values and arrays in another order apart', () => {
    const hashes = [
      commandHash('Do', { a: 1 }),
      commandHash('Undo', { a: 1 }),
      commandHash('Do', { a: '1' }),
      commandHash('Do', [1, 2]),
      commandHash('Do', [2, 1]),
      commandHash('Do', undefined),
    ];
    expect(new Set(hashes).size).toBe(hashes.length);
  });
});

describe('the cache of folded streams', () => {
  it('should drop what was not used for longest', () => {
    const cache = createFoldedCache(2);
    const folded = (version: number) => ({ state: version, version, position: version });
    cache.set('a', folded(1));
    cache.set('b', folded(2));
    expect(cache.get('a')).toEqual(folded(1));
    cache.set('c', folded(3));
    expect(cache.get('b')).toBeUndefined();
    expect(cache.get('a')).toEqual(folded(1));
    cache.delete('a');
    expect(cache.get('a')).toBeUndefined();
  });
});

describe('turns', () => {
  it('should run one key in order and other keys beside it, also after a failure', async () => {
    const inTurn = createTurns();
    const order: string[] = [];
    let open!: () => void;
    const gate = new Promise<void>((resolve) => (open = resolve));
    const first = inTurn('a', async () => {
      await gate;
      order.push('a1');
      throw new Error('a1 failed');
    });
    const second = inTurn('a', async () => order.push('a2'));
    await inTurn('b', async () => order.push('b1'));
    expect(order).toEqual(['b1']);
    open();
    await expect(first).rejects.toThrow('a1 failed');
    await second;
    expect(order).toEqual(['b1', 'a1', 'a2']);
  });
});

describe('the clock', () => {
  it('should follow the server and not get worse by slow replies', () => {
    let monotonic = 1_000;
    const clock = createLogClock(() => monotonic);
    const server = (at: number) => (at + 5_000_000) * 1_000; // microseconds
    monotonic = 1_010;
    clock.heard(server(1_005), 1_000);
    expect(clock.now()).toBe(5_001_010);
    // A reply that took 2 s, read at its very start: the estimate stays.
    monotonic = 4_000;
    clock.heard(server(2_001), 2_000);
    expect(clock.now()).toBe(5_004_000);
    // The server's clock was set forward by an hour.
    monotonic = 5_010;
    clock.heard(server(5_005 + 3_600_000), 5_000);
    expect(Math.abs(clock.now() - (5_005_010 + 3_600_000))).toBeLessThanOrEqual(10);
  });
});

describe('a unit', () => {
  const valid = () => unitOf(freshStream(), 0);
  const withEvent = (data: unknown, type?: string): AppendUnit =>
    unitOn([{ stream_id: freshStream(), expected_version: 0, events: [happened(data, type)] }]);
  const circular: Record<string, unknown> = {};
  circular.self = circular;
  const wrong: [string, AppendUnit][] = [
    ['a command id that is none', { ...valid(), metadata: { ...valid().metadata, command_id: 'x' } }],
    ['a hash that is none', { ...valid(), command_hash: 'x' }],
    ['no stream', unitOn([])],
    ['a stream twice', unitOn([...unitOf('thing-1', 0).streams, ...unitOf('thing-1', 0).streams])],
    ['a check of no version', unitOn([{ stream_id: 'thing-1', events: [] }])],
    ['a negative version', unitOf('thing-1', -1)],
    ['a version that is no whole number', unitOf('thing-1', 1.5)],
    ...['thing', 'Thing-1', 'thing-', 'thing-a.b', 'thing-*', 'thing->', 'thing-a b', `thing-${'x'.repeat(200)}`].map(
      (id): [string, AppendUnit] => [`the stream id ${id.slice(0, 20)}`, unitOf(id, 0)],
    ),
    ['a type with a dot', withEvent({}, 'Thing.Happened')],
    ['data that is no JSON', withEvent(undefined)],
    ['circular data', withEvent(circular)],
    ['a NUL', withEvent({ text: 'a\u0000b' })],
    ['a NUL in a key', withEvent({ 'a\u0000b': 1 })],
    ['a lone surrogate', withEvent(['\ud800'])],
    ['data that is too large', withEvent('x'.repeat(256 * 1024))],
    ['data whose bytes are too many', withEvent('ü'.repeat(140 * 1024))],
    ['a result that is too large', { ...valid(), result: 'x'.repeat(17 * 1024) }],
    ['too many events', unitOf('thing-1', 0, 1_001)],
  ];
  it.each(wrong)('should be refused with %s', (_what, unit) => {
    expect(() => prepareUnit(unit)).toThrow(InvalidUnitError);
  });

  it('should keep text that only looks like an escape', () => {
    for (const text of ['\\u0000', '\\\\u0000', '\\ud800', 'a\\', '🚀', '\u001f', '\u2028'])
      expect(JSON.parse(prepareUnit(withEvent(text)).data[0]!)).toBe(text);
  });
});
