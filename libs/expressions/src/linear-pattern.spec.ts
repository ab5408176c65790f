import fc from 'fast-check';
import { linearPattern } from './linear-pattern';

describe('patterns in linear time', () => {
  it.each<[string, string, boolean]>([
    ['', '', true],
    ['b', 'abc', true],
    ['^b', 'abc', false],
    ['^a.*c$', 'abc', true],
    ['^(foo|ba[rz])-\\d{2,4}$', 'baz-123', true],
    ['^(foo|ba[rz])-\\d{2,4}$', 'baz-12345', false],
    ['(?i)TIME\\s?out', 'a Timeout', true],
    ['(?i)[A-C]x', 'bX', true],
    ['(?i)[^a]', 'A', false],
    ['a.b', 'a\nb', false],
    ['(?s)a.b', 'a\nb', true],
    ['(?m)^b$', 'a\nb\nc', true],
    ['\\bcat\\b', 'a cat.', true],
    ['\\bcat\\b', 'concat', false],
    ['^[^\\s,]+@[\\w.-]+\\.[a-z]{2,}$', 'a.b@example.org', true],
    ['[]a]', ']', true],
    ['[a-]', '-', true],
    ['^.$', '😀', true],
    ['\\x41\\x{1F600}', 'A😀', true],
    ['a{,2}', 'a{,2}', true],
    ['(a|b)*c|', 'zzz', true],
    ['a*?b', 'aab', true],
  ])('%j finds in %j: %p', (pattern, text, expected) => {
    expect(linearPattern(pattern).test(text)).toBe(expected);
  });

  it.each([
    ['(a', 'a group is not closed at 3 of the pattern'],
    ['a)', 'a group is closed that was not opened at 2 of the pattern'],
    ['[a', 'a class is not closed at 3 of the pattern'],
    ['*a', 'nothing can be repeated at 1 of the pattern'],
    ['a**', /a repetition is repeated/],
    ['(?=a)', /only groups/],
    ['(?<n>a)', /only groups/],
    ['(a)\\1', /\\1 is not known/],
    ['a\\', /is not known/],
    ['[z-a]', /range/],
    ['a{5,2}', /repetition/],
    ['a{999}', /repetition/],
    ['((a{100}){100}){100}', 'the pattern is too large'],
    ['('.repeat(50), /nested too deeply/],
  ])('refuses %j', (pattern, why) => {
    expect(() => linearPattern(pattern)).toThrow(why);
  });

  it('should find what JavaScript finds', () => {
    const atom = fc.constantFrom('a', 'b', '.', '[ab]', '[^a]', '^', '$', '\\b', '\\w', '\\.');
    const { pattern } = fc.letrec<{ pattern: string; part: string }>((tie) => ({
      pattern: fc.oneof(
        { maxDepth: 4 },
        tie('part'),
        fc.tuple(tie('part'), tie('pattern')).map((both) => both.join('')),
        fc.tuple(tie('pattern'), tie('pattern')).map((both) => both.join('|')),
      ),
      part: fc.oneof(
        { maxDepth: 4 },
        atom,
        fc
          .tuple(tie('pattern'), fc.constantFrom('', '*', '+', '?', '{2}', '{1,3}', '*?'))
          .map(([of, n]) => `(?:${of})${n}`),
      ),
    }));
    const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '.', ' ', '\n'), maxLength: 12 });
    fc.assert(
      fc.property(pattern, text, (source, input) => {
        expect(linearPattern(source).test(input)).toBe(new RegExp(source, 'u').test(input));
      }),
      { numRuns: 3_000 },
    );
  });

  it('should not take longer for patterns that backtracking never ends with', () => {
    const started = performance.now();
    for (const pattern of ['^(a+)+$', '(a*)*b', '(a|aa)+$', '(.*)(.*)(.*)(.*)(.*)[^a]b'])
      expect(linearPattern(pattern).test(`${'a'.repeat(20_000)}!`)).toBe(false);
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});
