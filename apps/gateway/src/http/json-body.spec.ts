import fc from 'fast-check';
import { MAX_JSON_DEPTH, parseJsonBody, parseJsonText } from './json-body';
import { Problem } from './problem';

const problemOf = (text: string | Buffer): Problem => {
  try {
    parseJsonBody(Buffer.isBuffer(text) ? text : Buffer.from(text));
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error('expected a problem');
};

describe('the body of a request', () => {
  it('should read any JSON exactly as JSON.parse does', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 8, noUnicodeString: false } as object), (text) => {
        let expected: unknown;
        try {
          expected = parseJsonText(text);
        } catch (error) {
          // Generated keys may collide after escaping or be forbidden: those are refused, not misread.
          expect(error).toBeInstanceOf(Problem);
          return;
        }
        expect(expected).toEqual(JSON.parse(text));
      }),
    );
  });

  it('should read an empty body as nothing', () => {
    expect(parseJsonBody(Buffer.alloc(0))).toBeUndefined();
  });

  it.each(['{', '{"a":1,}', "{'a':1}", 'NaN', '{"a":1}{"b":2}', '\ufeff{}', '{"a":1 // x\n}', '"', '{"a', ']', '}{'])(
    'rejects %j as malformed',
    (text) => {
      expect(problemOf(text)).toMatchObject({ status: 400, code: 'malformed_json' });
    },
  );

  it('rejects bytes that are no UTF-8', () => {
    expect(problemOf(Buffer.from([0x7b, 0x22, 0xc3, 0x28, 0x22, 0x7d]))).toMatchObject({ status: 400 });
    expect(problemOf(Buffer.from('{"a":1}', 'utf16le')).status).toBe(400);
  });

  it('should take the deepest nesting allowed and refuse one more, naming the place', () => {
    const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
    expect(parseJsonText(nested(MAX_JSON_DEPTH))).toBeDefined();
    expect(problemOf(nested(MAX_JSON_DEPTH + 1)).options.errors?.[0]?.pointer).toBe('/0'.repeat(MAX_JSON_DEPTH));
    expect(problemOf('{"a":'.repeat(33) + '1' + '}'.repeat(33)).detail).toContain('nested deeper than 32');
  });

  it('rejects 5,000 and 400,000 levels without recursing', () => {
    for (const depth of [5_000, 400_000]) expect(problemOf('['.repeat(depth)).status).toBe(422);
  });

  it.each([
    ['{"a":1,"a":2}', '/a'],
    ['{"a":{"b":[1,{"c":1,"\\u0063":2}]}}', '/a/b/1/c'],
    ['{"__proto__":{"x":1}}', '/__proto__'],
    ['{"a":{"constructor":1}}', '/a/constructor'],
    ['{"\\u005f_proto__":1}', '/__proto__'],
    ['[1,2,{"x/y":{"prototype":1}}]', '/2/x~1y/prototype'],
  ])('rejects the keys of %s', (text, pointer) => {
    const problem = problemOf(text);
    expect(problem.status).toBe(422);
    expect(problem.options.errors?.[0]?.pointer).toBe(pointer);
  });

  it('should allow the same key in different objects and as a value', () => {
    expect(parseJsonText('{"a":{"a":1},"b":["a","a","__proto__"]}')).toEqual({
      a: { a: 1 },
      b: ['a', 'a', '__proto__'],
    });
  });

  it('should read quotes behind any number of backslashes', () => {
    const value = { a: '\\"', b: '\\\\', c: '"', '\\"d': 1 };
    expect(parseJsonText(JSON.stringify(value))).toEqual(value);
  });
});
