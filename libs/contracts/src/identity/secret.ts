import { z } from 'zod';
import { event, type EventOf } from '../contract';
import { Id, Time, Word, text } from '../text';
import { Sealed } from './sealed';

const CATEGORY = 'secret';

/** A secret of the vault: stream `secret-<uuid>`, its values sealed under the key of that subject. */
export const secretEvents = {
  SecretCreated: event(
    CATEGORY,
    'SecretCreated',
    1,
    z.object({
      secret_id: Id,
      name: text(200, 1),
      category: Word,
      description: text(2_000),
      value: Sealed,
      expires_at: Time.nullable(),
      created_at: Time,
    }),
  ),
  /** Another name, category, description or expiry; the value stays. */
  SecretChanged: event(
    CATEGORY,
    'SecretChanged',
    1,
    z.object({
      secret_id: Id,
      name: text(200, 1),
      category: Word,
      description: text(2_000),
      expires_at: Time.nullable(),
      at: Time,
    }),
  ),
  SecretRotated: event(
    CATEGORY,
    'SecretRotated',
    1,
    z.object({ secret_id: Id, version: z.int(), value: Sealed, expires_at: Time.nullable(), at: Time }),
  ),
  /** Appended before the value is given out. */
  SecretRevealed: event(CATEGORY, 'SecretRevealed', 1, z.object({ secret_id: Id, version: z.int(), at: Time })),
  /** Appended before the value is given to the agent that has the task. */
  SecretDelivered: event(
    CATEGORY,
    'SecretDelivered',
    1,
    z.object({ secret_id: Id, version: z.int(), task_id: Id, agent_id: Id, at: Time }),
  ),
  /** Its key is destroyed with this. */
  SecretDeleted: event(CATEGORY, 'SecretDeleted', 1, z.object({ secret_id: Id, at: Time })),
} as const;
export type SecretEvent = EventOf<typeof secretEvents>;

/** Who holds a secret's name: stream `secretname-<derivedId('secret-name', name)>`. */
export const secretNameEvents = {
  SecretNameReserved: event('secretname', 'SecretNameReserved', 1, z.object({ name: text(200, 1), secret_id: Id })),
  SecretNameReleased: event('secretname', 'SecretNameReleased', 1, z.object({ name: text(200, 1), secret_id: Id })),
} as const;
export type SecretNameEvent = EventOf<typeof secretNameEvents>;

/** What lists show: never the value, not even sealed. */
export const SecretDocument = z.object({
  secret_id: Id,
  name: text(200, 1),
  category: Word,
  description: text(2_000),
  version: z.int(),
  expires_at: Time.nullable(),
  created_at: Time,
  updated_at: Time,
  rotated_at: Time.nullable(),
  revealed_at: Time.nullable(),
});
export type SecretDocument = z.infer<typeof SecretDocument>;

export function evolveSecret(secret: SecretDocument | undefined, event: SecretEvent): SecretDocument | undefined {
  if (event.type === 'SecretCreated') {
    const { value: _value, ...data } = event.data;
    return { ...data, version: 1, updated_at: data.created_at, rotated_at: null, revealed_at: null };
  }
  if (!secret) return secret;
  switch (event.type) {
    case 'SecretChanged': {
      const { at, ...data } = event.data;
      return { ...secret, ...data, updated_at: at };
    }
    case 'SecretRotated': {
      const { at, version, expires_at } = event.data;
      return { ...secret, version, expires_at, updated_at: at, rotated_at: at };
    }
    case 'SecretRevealed':
      return { ...secret, revealed_at: event.data.at };
    case 'SecretDeleted':
      return undefined;
    default:
      return secret;
  }
}
