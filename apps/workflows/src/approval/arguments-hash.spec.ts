import { argumentsHash, canonical } from './arguments-hash';

describe('what is approved, as it is hashed', () => {
  it('should be the canonical JSON of RFC 8785, 3.2.2 and 3.2.3', () => {
    const value: unknown = JSON.parse(`{
      "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
      "string": "\\u20ac$\\u000F\\u000aA'\\u0042\\u0022\\u005c\\\\\\"\\/",
      "literals": [null, true, false]
    }`);
    expect(canonical(value)).toBe(
      `{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA'B\\"\\\\\\\\\\"/"}`,
    );
    const names = { '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\ud83d\ude00': 5, '\u0080': 6, '\u00f6': 7 };
    expect(
      Object.values(
        JSON.parse(`[${[...canonical(names).matchAll(/:(\d)/g)].map(([, n]) => n).join(',')}]`) as number[],
      ),
    ).toEqual([2, 4, 6, 7, 1, 5, 3]);
  });

  it('should have names that look like numbers in the order of their characters', () => {
    expect(canonical({ 9: 'a', 10: 'b', '-': { b: undefined, a: -0 } })).toBe('{"-":{"a":0},"10":"b","9":"a"}');
  });

  it('should be the same for the same arguments in another order, and another for any change', () => {
    const hash = argumentsHash({ to: 'a', items: [1, 2] });
    expect(argumentsHash({ items: [1, 2], to: 'a' })).toBe(hash);
    for (const other of [
      { to: 'a', items: [2, 1] },
      { to: 'b', items: [1, 2] },
      { to: 'a', items: [1, 2], cc: null },
      null,
    ])
      expect(argumentsHash(other)).not.toBe(hash);
    expect(argumentsHash({})).toBe('44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a');
  });
});
