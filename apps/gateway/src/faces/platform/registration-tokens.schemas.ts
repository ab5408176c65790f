import { REGISTRATION_TOKEN_SECONDS, Word, text } from '@ao/contracts';
import { createZodDto } from '../../http/zod-dto';
import { z } from 'zod';
import { Page, Timestamp } from './user.schemas';

/** `POST /api/v1/agents/registration-tokens` */
export class NewRegistrationTokenDto extends createZodDto(
  z
    .object({
      /** The one name that the agent may have. */
      name: text(200, 1).nullable().default(null),
      /** Labels that the agent gets, whatever it says of itself. */
      labels: z.record(Word, text(256)).default({}),
      /** An agent that is to enrol again: its id, or its own id for itself. */
      agent_id: z.string().min(1).max(128).nullable().default(null),
      expires_in_seconds: z.int().min(1).max(REGISTRATION_TOKEN_SECONDS).default(REGISTRATION_TOKEN_SECONDS),
    })
    .meta({ example: { name: 'agent-prod-01', labels: { datacenter: 'us-east-1' } } }),
) {}

export class RegistrationTokenListQueryDto extends createZodDto(
  Page.extend({
    /** Those too that were used, revoked or have expired. */
    include_spent: z.enum(['true', 'false']).default('false'),
  }),
) {}

export const ShownRegistrationToken = z.object({
  id: z.uuid(),
  /** How its text begins, to tell it by. */
  prefix: z.string(),
  status: z.enum(['active', 'used', 'revoked', 'expired']),
  name: z.string().nullable(),
  labels: z.record(z.string(), z.string()),
  agent_id: z.uuid().nullable(),
  created_at: Timestamp,
  expires_at: Timestamp,
  used_at: Timestamp.nullable(),
  /** The agent that enrolled with it. */
  used_by: z.uuid().nullable(),
  revoked_at: Timestamp.nullable(),
});
export type ShownRegistrationToken = z.infer<typeof ShownRegistrationToken>;
export class ShownRegistrationTokenDto extends createZodDto(ShownRegistrationToken) {}
/** `token` is shown here and never again. */
export class IssuedRegistrationTokenDto extends createZodDto(ShownRegistrationToken.extend({ token: z.string() })) {}
