import { parametersProblems } from './parameters';
import { compileSchema } from './parameters-schema';

const check = (schema: Record<string, unknown> | null, parameters: Record<string, unknown>) =>
  parametersProblems({ parameters: schema }, parameters);

describe('the parameters of a run', () => {
  it('should be any where there is no schema', () => {
    expect(check(null, { a: 1 })).toEqual({ parameters: { a: 1 }, problems: [] });
  });

  it('should get the defaults of the schema, and stay as they were given', () => {
    const schema = { properties: { a: { default: [1] }, b: { properties: { c: { default: 'x' } }, default: {} } } };
    const given = { z: 1 };
    expect(check(schema, given)).toEqual({ parameters: { z: 1, a: [1], b: { c: 'x' } }, problems: [] });
    expect(given).toEqual({ z: 1 });
  });

  it('should be wrong at each place where they are', () => {
    const schema = {
      type: 'object',
      required: ['who'],
      additionalProperties: false,
      properties: {
        who: { type: 'string' },
        count: { type: 'integer', minimum: 1 },
        mail: { type: 'string', format: 'email' },
        code: { type: 'string', pattern: '^[A-Z]{3}$' },
        level: { enum: ['low', 'high'] },
        'a/b': { type: 'boolean' },
      },
    };
    const parameters = { count: 0, mail: 'nobody', code: 'abc', level: 'mid', 'a/b': 1, extra: 1 };
    expect(check(schema, parameters).problems).toEqual(
      expect.arrayContaining([
        { pointer: '/who', message: 'must be given' },
        { pointer: '/extra', message: 'is not known' },
        { pointer: '/count', message: 'must be >= 1' },
        { pointer: '/mail', message: 'must match format "email"' },
        { pointer: '/code', message: 'must match pattern "^[A-Z]{3}$"' },
        { pointer: '/level', message: 'must be one of ["low","high"]' },
        { pointer: '/a~1b', message: 'must be boolean' },
      ]),
    );
    expect(check(schema, { who: 'x', count: 1, mail: 'a@example.com', code: 'ABC', level: 'low' }).problems).toEqual(
      [],
    );
  });

  it('should tell patterns apart', () => {
    const schema = { properties: { a: { pattern: '^a$' }, b: { pattern: '^b$' } } };
    expect(check(schema, { a: 'a', b: 'b' }).problems).toEqual([]);
    expect(check(schema, { a: 'b', b: 'a' }).problems.map(({ pointer }) => pointer)).toEqual(['/a', '/b']);
  });

  it('should follow references within the schema, by anchor too', () => {
    const schema = {
      properties: { tree: { $ref: '#/$defs/node' }, leaf: { $ref: '#leaf' } },
      $defs: {
        node: { type: 'object', properties: { kids: { type: 'array', items: { $ref: '#/$defs/node' } } } },
        leaf: { $anchor: 'leaf', type: 'number' },
      },
    };
    expect(check(schema, { tree: { kids: [{ kids: [] }] }, leaf: 1 }).problems).toEqual([]);
    expect(check(schema, { tree: { kids: [{ kids: 1 }] }, leaf: '1' }).problems.map(({ pointer }) => pointer)).toEqual([
      ...['/tree/kids/0/kids', '/leaf'],
    ]);
  });

  it('should know what is of the author alone', () => {
    expect(
      check({ 'x-form': { any: 'thing' }, properties: { const: { const: { $ref: 'x' } } } }, { const: { $ref: 'x' } })
        .problems,
    ).toEqual([]);
  });

  const doubling = Object.fromEntries(
    Array.from({ length: 60 }, (_, index) => [
      `d${index}`,
      { allOf: [{ $ref: `#/$defs/d${index + 1}` }, { $ref: `#/$defs/d${index + 1}` }] },
    ]),
  );
  it.each([
    ['doubles at every step', { $defs: { ...doubling, d60: {} }, $ref: '#/$defs/d0' }, {}],
    ['refers to itself', { allOf: [{ $ref: '#' }] }, {}],
    ['makes itself up', { properties: { a: { $ref: '#', default: {} } } }, {}],
    [
      'compares all with all',
      { properties: { a: { uniqueItems: true } } },
      { a: Array.from({ length: 20_000 }, (_, index) => [index]) },
    ],
    [
      'looks for a long pattern in a long text',
      { properties: { a: { pattern: '(a{0,100}){0,2}b' } } },
      { a: 'a'.repeat(100_000) },
    ],
  ])('should not be checked without end by a schema that %s', (_, schema, parameters) => {
    expect(check(schema, parameters).problems).toEqual([{ pointer: '', message: 'takes too many steps to check' }]);
  });

  it('should have no pattern that takes longer than the text is long', () => {
    const schema = { properties: { a: { pattern: '^(a+)+$' } } };
    expect(check(schema, { a: `${'a'.repeat(5_000)}!` }).problems.map(({ pointer }) => pointer)).toEqual(['/a']);
  });

  it('should have a schema of a thousand parts at most', () => {
    const properties = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`p${index}`, { type: 'string', minLength: 1 }]));
    expect(typeof compileSchema({ properties: properties(999) })).toBe('function');
    expect(compileSchema({ properties: properties(1_000) })).toEqual([
      expect.objectContaining({ message: 'must not be one of more than 1000 schemas' }),
    ]);
  });
});
