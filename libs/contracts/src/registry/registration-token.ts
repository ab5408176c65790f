import { z } from 'zod';
import { command, event, type EventOf } from '../contract';
import { Digest } from '../identity/sealed';
import { Id, Time, Word, text } from '../text';

/** `ao_reg_<id of 32 hex>_<secret>` */
export const REGISTRATION_TOKEN = /^ao_reg_([0-9a-f]{32})_([A-Za-z0-9_-]{43})$/;

/** A registration token lives so long at most, and by default. */
export const REGISTRATION_TOKEN_SECONDS = 24 * 60 * 60;

const CATEGORY = 'registrationtoken';

const RegistrationToken = z.object({
  token_id: Id,
  /** SHA-256 of the secret's text. */
  secret_hash: Digest,
  /** The one name that the agent may have. */
  name: text(200, 1).nullable(),
  /** Labels that the agent gets, whatever it says of itself. */
  labels: z.record(Word, text(256)),
  /** The agent that enrols again with it; null: a new one. */
  agent_id: Id.nullable(),
  expires_at: Time,
  created_at: Time,
});

/** With what a deployment agent enrols, once: stream `registrationtoken-<uuid>`. */
export const registrationTokenEvents = {
  RegistrationTokenIssued: event(CATEGORY, 'RegistrationTokenIssued', 1, RegistrationToken),
  /** In the unit of append that makes the agent. */
  RegistrationTokenUsed: event(
    CATEGORY,
    'RegistrationTokenUsed',
    1,
    z.object({ token_id: Id, agent_id: Id, at: Time }),
  ),
  RegistrationTokenRevoked: event(CATEGORY, 'RegistrationTokenRevoked', 1, z.object({ token_id: Id, at: Time })),
} as const;
export type RegistrationTokenEvent = EventOf<typeof registrationTokenEvents>;

export const RegistrationTokenDocument = RegistrationToken.extend({
  used_at: Time.nullable(),
  used_by: Id.nullable(),
  revoked_at: Time.nullable(),
});
export type RegistrationTokenDocument = z.infer<typeof RegistrationTokenDocument>;

export function evolveRegistrationToken(
  token: RegistrationTokenDocument | undefined,
  event: RegistrationTokenEvent,
): RegistrationTokenDocument | undefined {
  if (event.type === 'RegistrationTokenIssued')
    return { ...event.data, used_at: null, used_by: null, revoked_at: null };
  if (!token) return token;
  switch (event.type) {
    case 'RegistrationTokenUsed':
      return { ...token, used_at: event.data.at, used_by: event.data.agent_id };
    case 'RegistrationTokenRevoked':
      return { ...token, revoked_at: event.data.at };
    default:
      return token;
  }
}

/** The token is in clear only in this answer: the same command again is refused with `secret_already_shown`. */
export const issueRegistrationToken = command(
  'registry.issue_registration_token',
  z.object({
    name: RegistrationToken.shape.name,
    labels: RegistrationToken.shape.labels,
    agent_id: RegistrationToken.shape.agent_id,
    expires_in_seconds: z.int().min(1).max(REGISTRATION_TOKEN_SECONDS),
  }),
  z.object({ token_id: Id, token: z.string(), created_at: Time, expires_at: Time }),
);

export const revokeRegistrationToken = command(
  'registry.revoke_registration_token',
  z.object({ token_id: Id }),
  z.object({ token_id: Id, revoked_at: Time }),
);
