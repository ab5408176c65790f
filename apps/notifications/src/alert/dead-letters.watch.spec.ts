import { watchDeadLetters } from './dead-letters.watch';

it.each([
  [20, 'raise'],
  [500, 'raise'],
  [19, undefined],
  [10, undefined],
  [9, 'clear'],
  [0, 'clear'],
])('should say of %d dead letters, of which 20 are too many: %s', (count, expected) => {
  const verdict = watchDeadLetters(count, { most: 20, window_seconds: 600 });
  expect(verdict?.verdict).toBe(expected);
  if (verdict) expect(verdict.details).toEqual({ count, window_seconds: 600 });
});
