import { Injectable, type ArgumentMetadata, type PipeTransform } from '@nestjs/common';
import { isZodDto } from 'nestjs-zod/dto';
import type { z } from 'zod';
import { validationProblem } from './failures';

/**
 * Validates what a route declares by a DTO made from a zod schema, the same that /openapi.json shows. What the schema does
 * not name is not passed on. Pointers begin at the body; those of the query at `/query`.
 */
@Injectable()
export class ZodPipe implements PipeTransform {
  transform(value: unknown, { type, metatype }: ArgumentMetadata): unknown {
    if (!isZodDto(metatype)) return value;
    const parsed = (metatype.schema as z.ZodType).safeParse(value);
    if (parsed.success) return parsed.data;
    throw validationProblem(parsed.error, type === 'body' ? '' : `/${type}`);
  }
}
