import {
  DISABLED_BY,
  FormerSecrets,
  SHARED_EVENT_NAMES,
  SigningSecret,
  WebhookDocument,
  webhookProgress,
  WebhookTerms,
} from '@ao/contracts';
import { createZodDto } from '../../http/zod-dto';
import { z } from 'zod';
import { AtLeast } from '../query.schemas';
import { AnyTime } from '../time.schemas';
import { Page, Timestamp } from './user.schemas';

/** What is shown of a secret. */
export const MASKED_SECRET = 'whsec_********';

const { url, description, filter, enabled } = WebhookTerms.shape;
const events = WebhookTerms.shape.events.meta({
  description: `Names or patterns such as \`task.*\` or \`*\`. Names: ${SHARED_EVENT_NAMES.join(', ')}`,
});
const secret = SigningSecret.optional().meta({
  description:
    'What deliveries are signed with: whsec_ and base64 of 24 to 64 bytes. Absent: one is made up and shown once',
});

/** `POST /api/v1/webhooks` */
export class NewWebhookDto extends createZodDto(
  z
    .object({
      ...{ url, events, secret },
      description: description.default(''),
      filter: filter.default(null).meta({ description: 'CEL over `event`: name, position, time, subject, data' }),
      enabled: enabled.default(true),
    })
    .meta({
      example: {
        ...{ url: 'https://example.org/hooks/agents', events: ['task.completed', 'task.failed'] },
        filter: 'event.name == "task.failed" || event.data.status == "completed"',
      },
    }),
) {}

/** `PUT /api/v1/webhooks/{id}`: the fields given change. */
export class WebhookChangesDto extends createZodDto(
  z
    .object({
      ...{ url: url.optional(), events: events.optional(), description: description.optional() },
      filter: filter.optional(),
      enabled: enabled
        .optional()
        .meta({ description: 'true: from now on; `POST …/enable` also delivers what was missed' }),
      secret: z.never({ error: 'is changed by POST /api/v1/webhooks/{id}/rotate-secret' }).optional(),
    })
    .meta({ example: { events: ['task.*'], enabled: true } }),
) {}

const { status } = WebhookDocument.shape;
export class WebhookListQueryDto extends createZodDto(Page.extend({ status: status.optional() })) {}
export class WebhookQueryDto extends createZodDto(z.object({ at_least: AtLeast })) {}

const ShownWebhook = z.object({
  id: z.uuid(),
  url: z.string(),
  events: z.array(z.string()),
  description: z.string(),
  filter: z.string().nullable(),
  enabled: z.boolean(),
  /** `failing`: nothing has arrived since `failing_since`; if that goes on it is disabled at `disables_at`. */
  status,
  failing_since: Timestamp.nullable(),
  disables_at: Timestamp.nullable(),
  disabled_by: z.enum(DISABLED_BY).nullable(),
  last_error: z.string().nullable(),
  /** In clear only in the answer that made it up. */
  secret: z.string(),
  /** Of the vault. */
  secret_id: z.uuid(),
  secret_version: z.int(),
  /** Versions that deliveries are signed with as well, and until when. */
  former_secrets: FormerSecrets,
  /** Kind and id of who did. */
  created_by: z.string(),
  created_at: Timestamp,
  updated_at: Timestamp,
});

export class ShownWebhookDto extends createZodDto(ShownWebhook) {}
export class WebhookDetailsDto extends createZodDto(
  ShownWebhook.extend({
    /** How far its deliveries are; null: that cannot be asked now. */
    progress: webhookProgress.result.nullable(),
  }),
) {}

/** `POST /api/v1/webhooks/{id}/rotate-secret` */
export class WebhookRotationDto extends createZodDto(z.object({ secret })) {}

/** `POST /api/v1/webhooks/{id}/enable` */
export class WebhookEnableDto extends createZodDto(
  z.object({
    /** What happened since it was disabled is delivered as well. */
    backfill: z.boolean().default(true),
  }),
) {}

const position = z.int().min(0).optional();
const time = AnyTime.optional();

/** `POST /api/v1/webhooks/{id}/replay`: events after the one place in the log, up to the other or to the log's end. */
export class WebhookReplayDto extends createZodDto(
  z
    .object({
      from_position: position.meta({ description: 'Events after this position; 0: from the beginning' }),
      from_time: time.meta({ description: 'Instead: events at or after this time' }),
      to_position: position.meta({ description: 'Up to and with this position' }),
      to_time: time.meta({ description: 'Instead: up to and with this time' }),
      per_second: z.int().min(1).max(500).default(50),
    })
    .superRefine(({ from_position, from_time, to_position, to_time }, context) => {
      const wrong = (field: string, message: string) => context.addIssue({ code: 'custom', message, path: [field] });
      if (from_position === undefined && from_time === undefined) wrong('from_position', 'or from_time is needed');
      if (from_position !== undefined && from_time !== undefined)
        wrong('from_time', 'must not stand with from_position');
      if (to_position !== undefined && to_time !== undefined) wrong('to_time', 'must not stand with to_position');
    })
    .meta({ example: { from_time: '2026-01-01T00:00:00Z', per_second: 50 } }),
) {}
export class StartedReplayDto extends createZodDto(
  z.object({ replay_id: z.uuid(), from_position: z.int(), to_position: z.int(), per_second: z.int() }),
) {}
