import { createZodDto } from '../../http/zod-dto';
import { z } from 'zod';
import { wholeNumber } from '../query.schemas';
import { Timestamp } from './user.schemas';

const Instant = z
  .string()
  .max(40)
  .refine(
    (text) => z.iso.datetime({ offset: true }).safeParse(text).success && !Number.isNaN(Date.parse(text)),
    'must be an ISO 8601 time',
  );

/** `GET /api/v1/admin/audit`: newest first. */
export class AuditQueryDto extends createZodDto(
  z.object({
    /** Id of who acted, or a user's e-mail address. */
    actor: z.string().min(1).max(254).optional(),
    /** An event's type, for example `SecretRevealed`. */
    action: z
      .string()
      .regex(/^[A-Za-z][A-Za-z0-9]{0,127}$/, 'must be the type of an event')
      .optional(),
    /** What was acted on: `user`, `secret`, `task` … */
    object_type: z
      .string()
      .regex(/^[a-z][a-z0-9_]{0,63}$/, 'must be the type of an object')
      .optional(),
    object_id: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9_:-]{0,127}$/, 'must be the id of an object')
      .optional(),
    result: z.enum(['ok', 'refused']).optional(),
    /** Inclusive. */
    from: Instant.optional(),
    /** Exclusive. */
    to: Instant.optional(),
    /** Only entries before this position: `next_before` of the page before. */
    before: wholeNumber(Number.MAX_SAFE_INTEGER, 1).optional(),
    limit: wholeNumber(200, 1).default(50),
    offset: wholeNumber(10_000).default(0),
  }),
) {}

export const AuditEntry = z.object({
  position: z.int(),
  time: Timestamp,
  actor: z.object({
    type: z.string(),
    id: z.string(),
    /** Of a user; `erased` once the user is. */
    name: z.string().nullable(),
    email: z.string().nullable(),
  }),
  action: z.string(),
  object: z.object({ type: z.string(), id: z.string() }),
  result: z.enum(['ok', 'refused']),
  /** Where the actor called from, where that is known. */
  address: z.string().nullable(),
  correlation_id: z.string(),
  /** What the event says, less what is sealed; null when it is more than an audit's page can carry. */
  details: z.record(z.string(), z.unknown()).nullable(),
});
export type AuditEntry = z.infer<typeof AuditEntry>;

export class AuditPageDto extends createZodDto(
  z.object({
    entries: z.array(AuditEntry),
    /** `before` of the next page; null at the end. A filtered page may be short and still have a next one. */
    next_before: z.int().nullable(),
    /** How many entries there are, where nothing but time is filtered. */
    total: z.int().optional(),
  }),
) {}
