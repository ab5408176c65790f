import { SecretValue, Time, Word, text } from '@ao/contracts';
import { createZodDto } from '../../http/zod-dto';
import { z } from 'zod';
import { AtLeast, wholeNumber } from '../query.schemas';
import { Page, Timestamp } from './user.schemas';

const Name = text(200, 1);
const Description = text(2_000);

/** `POST /api/v1/secrets` */
export class NewSecretDto extends createZodDto(
  z
    .object({
      name: Name,
      value: SecretValue,
      category: Word.default('general'),
      description: Description.default(''),
      expires_at: Time.nullable().default(null),
    })
    .meta({ example: { name: 'registry password', value: 's3cret', category: 'registry' } }),
) {}

/** `PUT /api/v1/secrets/{id}`: the fields given change; a value makes the next version. */
export class SecretChangesDto extends createZodDto(
  z
    .object({
      name: Name.optional(),
      value: SecretValue.optional(),
      category: Word.optional(),
      description: Description.optional(),
      expires_at: Time.nullable().optional(),
    })
    .meta({ example: { description: 'of the staging registry' } }),
) {}

/** `POST /api/v1/secrets/{id}/rotate`: without a value, one is made up. */
export class RotationDto extends createZodDto(
  z.object({ value: SecretValue.optional(), expires_at: Time.nullable().optional() }),
) {}

export class SecretListQueryDto extends createZodDto(Page.extend({ category: Word.optional() })) {}
export class SecretQueryDto extends createZodDto(
  z.object({
    /** `true` gives the value: for persons with a recent login, and always an entry of the audit. */
    reveal: z.enum(['true', 'false']).default('false'),
    /** With `reveal`: an earlier one. */
    version: wholeNumber(1_000_000, 1).optional(),
    at_least: AtLeast,
  }),
) {}
export class ExpiringQueryDto extends createZodDto(
  z.object({ days: wholeNumber(3_650).default(30), limit: wholeNumber(200, 1).default(50), at_least: AtLeast }),
) {}

/** A secret with its value masked. */
export const ShownSecret = z.object({
  id: z.uuid(),
  name: z.string(),
  category: z.string(),
  description: z.string(),
  /** Masked, unless it was asked to be revealed. */
  value: z.string(),
  revealed: z.boolean(),
  version: z.int(),
  expired: z.boolean(),
  expires_at: Timestamp.nullable(),
  created_at: Timestamp,
  updated_at: Timestamp,
  rotated_at: Timestamp.nullable(),
  revealed_at: Timestamp.nullable(),
});
export type ShownSecret = z.infer<typeof ShownSecret>;
export class ShownSecretDto extends createZodDto(ShownSecret) {}
