import { ChannelDocument, ChannelTerms, JsonObject } from '@ao/contracts';
import { createZodDto } from '../../http/zod-dto';
import { z } from 'zod';
import { AtLeast } from '../query.schemas';
import { Page, Timestamp } from './user.schemas';

const { name, type, description, enabled } = ChannelTerms.shape;

const FIELDS =
  'email: to (1 to 50 addresses), from, smtp_url, subject_prefix. slack: webhook_url, channel, username. ' +
  'telegram: bot_token, chat_id, api_url. webhook: url, headers, secret (whsec_…). ' +
  'It is kept in the vault and never shown.';

/** `POST /api/v1/notifications/channels` */
export class NewChannelDto extends createZodDto(
  z
    .object({
      ...{ name, type },
      description: description.default(''),
      enabled: enabled.default(true),
      config: JsonObject.meta({ description: FIELDS }),
    })
    .meta({
      example: { name: 'on call', type: 'email', config: { to: ['on-call@example.org'], subject_prefix: '[agents]' } },
    }),
) {}

/** `PUT /api/v1/notifications/channels/{id}`: the fields given change, those of `config` too; null takes one of these away. */
export class ChannelChangesDto extends createZodDto(
  z
    .object({
      ...{ name: name.optional(), description: description.optional(), enabled: enabled.optional() },
      type: type.optional().meta({ description: 'It never changes: another one is refused' }),
      config: JsonObject.meta({ description: FIELDS }).optional(),
    })
    .meta({ example: { enabled: false, config: { subject_prefix: null } } }),
) {}

export class ChannelListQueryDto extends createZodDto(
  Page.extend({ type: type.optional(), status: ChannelDocument.shape.status.optional() }),
) {}
export class ChannelQueryDto extends createZodDto(z.object({ at_least: AtLeast })) {}

/** A channel with the names of the fields that are set, never their values. */
export class ShownChannelDto extends createZodDto(
  z.object({
    id: z.uuid(),
    name: z.string(),
    type,
    description: z.string(),
    enabled: z.boolean(),
    configured: z.array(z.string()),
    /** Of the vault: what holds the configuration. */
    secret_id: z.uuid(),
    /** `failing`: what was sent last did not arrive, for good or at its second attempt too. */
    status: ChannelDocument.shape.status,
    failing_since: Timestamp.nullable(),
    last_error: z.string().nullable(),
    created_at: Timestamp,
    updated_at: Timestamp,
  }),
) {}
