import { z } from 'zod';
import { validationProblem } from './failures';

describe('what a schema found wrong', () => {
  function problemOf(schema: z.ZodType, value: unknown, prefix?: string) {
    const { status, code, detail, options } = validationProblem(schema.safeParse(value).error!, prefix);
    return { status, code, detail, errors: options.errors ?? [] };
  }

  it('should name each field, the first in the sentence', () => {
    const schema = z.object({ a: z.object({ b: z.int() }), c: z.string() });
    const { errors, ...problem } = problemOf(schema, { a: { b: 'x' } });
    expect(problem).toEqual({
      ...{ status: 422, code: 'validation_failed' },
      detail: expect.stringMatching(/^\/a\/b: /) as string,
    });
    expect(errors.map(({ pointer }) => pointer)).toEqual(['/a/b', '/c']);
  });

  it('should name each key that is no field, at any length of it', () => {
    const long = 'k'.repeat(1_000);
    const { errors } = problemOf(z.strictObject({ a: z.object({}) }), { a: {}, 'b/c': 1, [long]: 2 }, '/config');
    expect(errors).toEqual([
      { pointer: '/config/b~1c', message: 'is no field here' },
      { pointer: `/config/${'k'.repeat(128)}`, message: 'is no field here' },
    ]);
  });

  it('should name twenty at most', () => {
    const many = Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`key${n}`, n]));
    expect(problemOf(z.strictObject({}), many).errors).toHaveLength(20);
  });
});
