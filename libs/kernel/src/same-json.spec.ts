import { isSameJson } from './same-json';

it('should compare JSON by what it says', () => {
  expect(isSameJson({ a: 1, b: [1, { c: null }] }, { b: [1, { c: null }], a: 1 })).toBe(true);
  for (const [left, right] of [
    [{ a: 1 }, { a: 2 }],
    [{ a: 1 }, { b: 1 }],
    [{ a: 1 }, { a: 1, b: 1 }],
    [
      [1, 2],
      [2, 1],
    ],
    [[], {}],
    [null, {}],
    ['1', 1],
    [{ a: {} }, { a: [] }],
  ])
    expect([left, right, isSameJson(left, right)]).toEqual([left, right, false]);
});
