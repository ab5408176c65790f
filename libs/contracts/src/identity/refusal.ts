import { z } from 'zod';
import { event, type EventOf } from '../contract';
import { Id, Time } from '../text';
import { Digest, Sealed } from './sealed';

/** What was refused: a login, a credential, a permission, an address, too many requests. */
export const RefusalKind = z.enum(['login', 'credential', 'permission', 'address', 'rate_limit']);
export type RefusalKind = z.infer<typeof RefusalKind>;

/**
 * Attempts that were refused, for the audit: stream `refusal-<uuid>`. Equal ones of a minute are one event with their count,
 * and what exceeds the bound of a minute is one event more, so that an attacker cannot flood the log.
 */
export const refusalEvents = {
  AccessRefused: event(
    'refusal',
    'AccessRefused',
    1,
    z.object({
      refusal_id: Id,
      kind: RefusalKind,
      /** Stable word, as in the answer's `code`. */
      code: z.string().max(64),
      /** `POST /api/v1/secrets` with placeholders, never the path as it came; null when many are counted together. */
      route: z.string().max(200).nullable(),
      permission: z.string().max(64).nullable(),
      principal: z.object({ type: z.string().max(32), id: z.string().max(64) }).nullable(),
      user_id: Id.nullable(),
      /** Of a failed login: tells the same address from another without telling it. */
      email_index: Digest.nullable(),
      address: Sealed.nullable(),
      count: z.int().min(1),
      first_at: Time,
      last_at: Time,
    }),
  ),
} as const;
export type RefusalEvent = EventOf<typeof refusalEvents>;
