import { ALERT_KINDS, AlertKind, SEVERITIES, Severity } from '@ao/contracts';
import { createZodDto } from '../../http/zod-dto';
import { z } from 'zod';
import { AtLeast } from '../query.schemas';
import { Page, Timestamp } from './user.schemas';

const STATUSES = ['raised', 'cleared'] as const;

export class AlertListQueryDto extends createZodDto(
  Page.extend({
    status: z.enum(STATUSES).optional(),
    kind: AlertKind.optional(),
    severity: Severity.optional(),
  }),
) {}
export class AlertQueryDto extends createZodDto(z.object({ at_least: AtLeast })) {}

/** Something that is, or was, the matter with the installation. */
export class ShownAlertDto extends createZodDto(
  z.object({
    id: z.uuid(),
    kind: z.enum(ALERT_KINDS),
    /** What it is about: a service, a subscription, the id of a secret, of a webhook and so on. */
    source: z.string(),
    severity: z.enum(SEVERITIES),
    status: z.enum(STATUSES),
    /** What is the matter and what to do; of one that is cleared, what is well again. */
    message: z.string(),
    /** The facts in the message; which there are depends on the kind. */
    details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
    raised_at: Timestamp,
    cleared_at: Timestamp.nullable(),
    updated_at: Timestamp,
    /** How often it was raised. */
    times: z.int(),
  }),
) {}
