import { ExpressionError } from './expression-error';
import { compileInput } from './input';

const VARIABLES = ['parameters', 'steps', 'item'];

function input(json: unknown) {
  const compiled = compileInput(json, VARIABLES);
  if (!compiled.ok) throw new Error(`${compiled.pointer}: ${compiled.error}`);
  return compiled;
}

describe('an input', () => {
  const values = {
    parameters: { name: 'Ada', count: 3, ratio: 0.5, tags: ['a', 'b'], none: null },
    steps: { a: { output: { n: 41 } } },
    item: 2,
  };

  it.each<[unknown, unknown]>([
    ['${{ parameters.count }}', 3],
    ['${{ parameters.tags }}', ['a', 'b']],
    ['${{ parameters.none }}', null],
    ['${{ {"a": {"b": "}}"}}.a.b }}', '}}'],
    [' ${{ parameters.count }}', ' 3'],
    ['${{ parameters.count }}${{ item }}', '32'],
    ['Hi ${{ parameters.name }}: ${{ parameters.tags }}, ${{ parameters.none }}.', 'Hi Ada: ["a","b"], .'],
    ['${{ "${{" }} as it is', '${{ as it is'],
    [
      { n: '${{ steps.a.output.n + 1 }}', ok: [true, null, 1.5, ['${{ item == 2 }}']] },
      { n: 42, ok: [true, null, 1.5, [true]] },
    ],
    [{ '${{ item }}': '${{ parameters.ratio * item }}' }, { '${{ item }}': 1 }],
    ['', ''],
    [7, 7],
  ])('%j gives %j', (json, expected) => {
    expect(input(json).resolve(values)).toEqual(expected);
  });

  it('should take keys as they are', () => {
    const json: unknown = JSON.parse('{"__proto__": "${{ item }}", "constructor": {"toString": "x"}}');
    expect(JSON.stringify(input(json).resolve(values))).toBe('{"__proto__":2,"constructor":{"toString":"x"}}');
  });

  it.each<[unknown, string, RegExp]>([
    [{ body: { 'a/b~': ['x', '\n ${{ itm.x }}'] } }, '/body/a~1b~0/1', /^Unknown variable: itm \(line 2, column 6\)$/],
    [['${{ item'], '/0', /^\$\{\{ is not closed by \}\} \(line 1, column 1\)$/],
    ['${{ now() }}', '', /^there is no function now/],
    [Array(201).fill('${{ item }}'), '/200', /more than 200 expressions/],
    [
      Array(40)
        .fill(0)
        .reduce((inner: unknown) => [inner], 'x'),
      '/0'.repeat(33),
      /32 levels/,
    ],
  ])('refuses what is wrong in it (%#)', (json, pointer, error) => {
    expect(compileInput(json, VARIABLES)).toEqual({
      ok: false,
      pointer,
      error: expect.stringMatching(error) as string,
    });
  });

  it('should say where something cannot be worked out', () => {
    const failing = input({ a: 'x', b: { c: 'is ${{ steps.b.output }}' } });
    expect(() => failing.resolve(values)).toThrow(new ExpressionError('No such key: b (at /b/c)'));
    expect(() => input('${{ steps.b }}').resolve(values)).toThrow('No such key: b (at the text)');
  });

  it('should know its variables, and what it reads of them', () => {
    const one = input({ a: '${{ steps.a.output }}', b: ['${{ steps.b.output }} of ${{ item }}'] });
    expect(one.names).toEqual(new Set(['steps', 'item']));
    expect(one.references('steps')).toEqual(new Set(['a', 'b']));
    expect(input(['${{ steps.a }}', '${{ steps[item] }}']).references('steps')).toBeNull();
    expect(input('no expression').names).toEqual(new Set());
  });

  it('should bound its size and its steps together, not each by itself', () => {
    const text = 'x'.repeat(1_000);
    const json = Array(150).fill('${{ item }}');
    expect(() => input(json).resolve({ item: text })).toThrow(/too large/);
    expect(input(json).resolve({ item: text }, { maxBytes: 200_000 })).toHaveLength(150);
    const list = Array.from({ length: 100 }, (_, index) => index);
    const loop = '${{ item.all(a, item.all(b, a + b >= 0)) }}';
    expect(input([loop]).resolve({ item: list })).toEqual([true]);
    expect(() => input(Array(50).fill(loop)).resolve({ item: list })).toThrow(/more than 200,000 steps \(at \/\d+\)/);
    expect(() =>
      input(Array(50).fill('${{ item.all(a, item.all(b, a + b >= 0)) || true }}')).resolve({ item: list }),
    ).toThrow(/steps/);
    expect(() => input({ key: 'plain'.repeat(30_000) }).resolve({})).toThrow(/too large/);
  });
});
