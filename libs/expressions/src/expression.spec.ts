import { compileExpression } from './expression';
import { ExpressionError } from './expression-error';

const VARIABLES = ['parameters', 'steps', 'item'];

function expression(text: string) {
  const compiled = compileExpression(text, VARIABLES);
  if (!compiled.ok) throw new Error(compiled.error);
  return compiled;
}

function worked(text: string, values: Record<string, unknown> = {}): unknown {
  try {
    return expression(text).evaluate(values);
  } catch (error) {
    expect(error).toBeInstanceOf(ExpressionError);
    expect((error as Error).message).not.toContain('\n');
    return `! ${(error as Error).message}`;
  }
}

describe('an expression over JSON', () => {
  it.each<[string, Record<string, unknown>, unknown]>([
    ['parameters.count > 3', { parameters: { count: 4 } }, true],
    ['parameters.count > 3.5', { parameters: { count: 4 } }, true],
    ['parameters.count > 3', { parameters: { count: 3.5 } }, true],
    ['steps.a.output.n + 1', { steps: { a: { output: { n: 41 } } } }, 42],
    ['steps.a.output.n + 1', { steps: { a: { output: { n: 1.5 } } } }, 2.5],
    ['item == 2', { item: 2 }, true],
    ['item == 2.0', { item: 2 }, true],
    ['item in [1, 2]', { item: 2 }, true],
    ['parameters.list[item]', { parameters: { list: ['a', 'b'] }, item: 1 }, 'b'],
    ['parameters', { parameters: { a: [1, 2.5, null, true, { b: 'c' }] } }, { a: [1, 2.5, null, true, { b: 'c' }] }],
    ['{"n": size(parameters.list), 2: true}', { parameters: { list: [1] } }, { n: 1, 2: true }],
    ['parameters.list.map(x, x * 2)', { parameters: { list: [1, 2] } }, [2, 4]],
    [
      'timestamp(parameters.at) + duration("1h")',
      { parameters: { at: '2026-01-01T00:00:00Z' } },
      '2026-01-01T01:00:00.000Z',
    ],
    ['duration("90s")', {}, '90s'],
    ['b"\\x01\\x02"', {}, 'AQI='],
    ['5u', {}, 5],
    ['null', {}, null],
    ['has(steps.a.error)', { steps: { a: {} } }, false],
    ['steps.a.?error.orValue("none")', { steps: { a: {} } }, 'none'],
    ['steps.?b', { steps: { a: {} } }, null],
    ['steps.?a.?output', { steps: { a: { output: 1 } } }, 1],
    // Keys are keys, and nothing of JavaScript's.
    ['parameters.constructor', { parameters: { constructor: 1 } }, 1],
    ['parameters.constructor', { parameters: {} }, '! No such key: constructor'],
    ['parameters.__proto__', { parameters: {} }, '! No such key: __proto__'],
    ['"toString" in parameters', { parameters: {} }, false],
    ['steps', {}, '! Unknown variable: steps'],
    ['steps.b', { steps: { a: {} } }, '! No such key: b'],
    ['9007199254740993', {}, '! 9007199254740993 is no number that JSON keeps exactly'],
    ['9007199254740991 + item', { item: 1 }, '! 9007199254740992 is no number that JSON keeps exactly'],
    ['1.0 / 0.0', {}, '! Infinity is no number that JSON keeps exactly'],
    ['int', {}, '! its value is no JSON'],
    ['"a\\u0000b"', {}, 'ab'],
  ])('%s over %j gives %j', (text, values, expected) => {
    expect(worked(text, values)).toEqual(expected);
  });

  it.each([
    ['now() > item', /^there is no function now\(\) \(line 1, column 1\)$/],
    ['item.\n', /^Expected IDENTIFIER/],
    ['other == 1', /^Unknown variable: other \(line 1, column 1\)$/],
    ['event.name', /^Unknown variable: event/],
    ['item.matches(parameters.pattern)', /^matches\(\) takes its pattern as a text between quotes/],
  ])('refuses %j', (text, reason) => {
    const compiled = compileExpression(text, VARIABLES);
    expect(compiled.ok ? 'compiled' : compiled.error).toMatch(reason);
  });

  it('should know its variables, and what it reads of them', () => {
    const one = expression('steps.a.output == steps["b"].output && steps.?c.hasValue() && has(steps.d) && item.x == 1');
    expect(one.names).toEqual(new Set(['steps', 'item']));
    expect(one.references('steps')).toEqual(new Set(['a', 'b', 'c', 'd']));
    expect(one.references('parameters')).toEqual(new Set());
    expect(expression('steps[item].output').references('steps')).toBeNull();
    expect(expression('size(steps) > 1 && has(steps.a)').references('steps')).toBeNull();
    const looped = expression('parameters.keys.all(key, key != steps.a.output)');
    expect(looped.names).toEqual(new Set(['parameters', 'steps']));
    expect(looped.references('steps')).toEqual(new Set(['a']));
  });

  it.each<[string, string, unknown, RegExp]>([
    [
      'loops in loops',
      'item.all(a, item.all(b, item.all(c, a + b + c >= 0)))',
      Array(500).fill(1),
      /more than 50,000 steps/,
    ],
    ['backtracking', 'item.matches("(a+)+b")', 'a'.repeat(400_000), /more than 50,000 steps/],
    ['a list that holds itself twice, and again', `[item]${'.map(x, [x, x])'.repeat(24)}`, 1, /too large/],
    ['a large value', 'item', 'x'.repeat(200_000), /too large/],
  ])('gives up over %s', (_, text, item, reason) => {
    expect(worked(text, { item })).toMatch(reason);
  });

  it('should bound what it gives as it is told', () => {
    expect(expression('item').evaluate({ item: 'abcdef' }, { maxBytes: 8 })).toBe('abcdef');
    expect(() => expression('item').evaluate({ item: 'abcdefg' }, { maxBytes: 8 })).toThrow(ExpressionError);
  });

  it('should leave the values as they are', () => {
    const values = { parameters: Object.freeze({ list: Object.freeze([3, 1]) }) };
    expect(worked('parameters.list + [2]', values)).toEqual([3, 1, 2]);
    expect(values).toEqual({ parameters: { list: [3, 1] } });
  });
});
