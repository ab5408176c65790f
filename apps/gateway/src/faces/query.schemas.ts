import type { Moment } from '@ao/projections';
import { createZodDto } from '../http/zod-dto';
import { z } from 'zod';

/** A whole number as a query carries it: digits, nothing that only looks like one. */
export const wholeNumber = (most: number, least = 0) =>
  z
    .string()
    .regex(/^\d{1,16}$/, 'must be a whole number')
    .transform(Number)
    .refine((value) => value >= least && value <= most, `must be ${least} to ${most}`)
    .meta({ type: 'integer', minimum: least, maximum: most });

/** A log position: the answer includes everything up to it. */
export const AtLeast = wholeNumber(Number.MAX_SAFE_INTEGER)
  .optional()
  .meta({ description: 'Log position that the answer must have seen: a Log-Position of an earlier write' });

/** The state at a past moment: a log position, or a time in ISO 8601. */
export const AsOf = z
  .string()
  .max(40)
  .transform((value, context): Moment => {
    if (/^\d{1,16}$/.test(value)) return { position: Number(value) };
    const time = z.iso.datetime({ offset: true }).safeParse(value);
    if (time.success && !Number.isNaN(Date.parse(value))) return { time: value };
    context.addIssue({ code: 'custom', message: 'must be a log position or an ISO 8601 time' });
    return z.NEVER;
  })
  .optional()
  .meta({ description: 'The state as of this log position or ISO 8601 time, from the log itself' });

export class ListQueryDto extends createZodDto(z.object({ at_least: AtLeast })) {}
export class OneQueryDto extends createZodDto(z.object({ at_least: AtLeast, as_of: AsOf })) {}
