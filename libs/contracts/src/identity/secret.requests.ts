import { z } from 'zod';
import { command } from '../contract';
import { Id, Time, Word, text } from '../text';

/** At most 64 KiB of text. */
export const SecretValue = z
  .string()
  .min(1)
  .max(64 * 1024)
  .refine((value) => value.isWellFormed() && Buffer.byteLength(value) <= 64 * 1024, 'must be at most 64 KiB of text');

export const createSecret = command(
  'identity.create_secret',
  z.object({
    name: text(200, 1),
    value: SecretValue,
    category: Word,
    description: text(2_000),
    expires_at: Time.nullable(),
  }),
  z.object({ secret_id: Id, created_at: Time }),
);
/** Absent fields stay; a value makes the next version, as a rotation does. */
export const changeSecret = command(
  'identity.change_secret',
  z.object({
    secret_id: Id,
    name: text(200, 1).optional(),
    category: Word.optional(),
    description: text(2_000).optional(),
    value: SecretValue.optional(),
    expires_at: Time.nullable().optional(),
  }),
  z.object({ secret_id: Id, version: z.int(), updated_at: Time }),
);
/** A new value under the next version; without one, 32 random bytes in base64url are made up. */
export const rotateSecret = command(
  'identity.rotate_secret',
  z.object({ secret_id: Id, value: SecretValue.optional(), expires_at: Time.nullable().optional() }),
  z.object({ secret_id: Id, version: z.int(), rotated_at: Time }),
);
/** Appends that it was revealed, then gives the value: the newest, or an earlier version's. */
export const revealSecret = command(
  'identity.reveal_secret',
  z.object({ secret_id: Id, version: z.int().min(1).optional() }),
  z.object({ secret_id: Id, version: z.int(), value: z.string() }),
);
/**
 * As `revealSecret`, to an agent for a task that it has. 409 `secret_expired`; 404 `secret_not_found` and
 * `secret_version_not_found`: asking again will not help.
 */
export const deliverSecret = command(
  'identity.deliver_secret',
  z.object({ secret_id: Id, version: z.int().min(1).optional(), task_id: Id, agent_id: Id }),
  z.object({ secret_id: Id, version: z.int(), value: z.string() }),
);
/** Destroys the secret's key. */
export const deleteSecret = command(
  'identity.delete_secret',
  z.object({ secret_id: Id }),
  z.object({ secret_id: Id, deleted_at: Time }),
);
