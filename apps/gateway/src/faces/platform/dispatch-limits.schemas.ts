import { DispatchLimitDocument, DispatchLimitTerms } from '@ao/contracts';
import { createZodDto } from '../../http/zod-dto';
import { z } from 'zod';
import { AtLeast, wholeNumber } from '../query.schemas';

export class DispatchLimitListQueryDto extends createZodDto(
  z.object({
    limit: wholeNumber(200, 1).default(100),
    offset: wholeNumber(100_000).default(0),
    at_least: AtLeast,
  }),
) {}

/** `PUT /api/v1/dispatch-limits/{scope}/{value}`: all that is limited from now on. */
export class DispatchLimitBodyDto extends createZodDto(
  DispatchLimitTerms.refine(({ max_concurrent, rate }) => max_concurrent !== undefined || rate !== undefined, {
    path: ['max_concurrent'],
    message: 'must be given, or rate',
  }).meta({ example: { max_concurrent: 5, rate: { tasks: 100, per_seconds: 60 } } }),
) {}

export class DispatchLimitDto extends createZodDto(DispatchLimitDocument) {}

export class ListedDispatchLimitDto extends createZodDto(
  DispatchLimitDocument.extend({
    /** Tasks of that value that agents have now, or are about to get; absent for `*`. */
    running: z.int().optional(),
  }),
) {}

export class DispatchLimitRemovedDto extends createZodDto(
  z.object({ deleted: z.literal(true), id: z.uuid(), deleted_at: z.iso.datetime() }),
) {}
