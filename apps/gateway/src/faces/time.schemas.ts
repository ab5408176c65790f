import { z } from 'zod';

const FIRST = Date.parse('1970-01-01T00:00:00.000Z');
const LAST = Date.parse('9999-12-31T23:59:59.999Z');

/** A time in ISO 8601, in UTC or with an offset; comes out in UTC with milliseconds. */
export const AnyTime = z.iso
  .datetime({ offset: true })
  .max(40)
  .transform((value, context) => {
    const time = Date.parse(value);
    if (time >= FIRST && time <= LAST) return new Date(time).toISOString();
    context.addIssue({ code: 'custom', message: 'must be a time from the year 1970 to the year 9999' });
    return z.NEVER;
  });
