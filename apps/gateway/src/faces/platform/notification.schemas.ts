import { Preferences, Severity } from '@ao/contracts';
import { createZodDto } from '../../http/zod-dto';
import { z } from 'zod';
import { AtLeast } from '../query.schemas';
import { Page, Timestamp } from './user.schemas';

export class NotificationListQueryDto extends createZodDto(
  Page.extend({
    /** Absent: both. */
    unread: z.enum(['true', 'false']).optional(),
  }),
) {}
export class NotificationQueryDto extends createZodDto(z.object({ at_least: AtLeast })) {}

export class ShownNotificationDto extends createZodDto(
  z.object({
    id: z.uuid(),
    severity: Severity,
    /** What it is about, by its public name; null: several events. */
    event: z.string().nullable(),
    position: z.int().nullable(),
    subject: z.string(),
    body: z.string(),
    /** The rule that says so; null: one's own preferences. */
    rule_id: z.uuid().nullable(),
    read: z.boolean(),
    read_at: Timestamp.nullable(),
    created_at: Timestamp,
  }),
) {}

export class UnreadCountDto extends createZodDto(z.object({ unread_count: z.int() })) {}

/** `PUT /api/v1/notifications/read-all`: everything that the inbox showed. */
export class ReadAllDto extends createZodDto(
  z.object({
    /** Position of the log: what was created up to it counts as read. */
    read_until: z.int(),
    unread_count: z.int(),
  }),
) {}

/** `PUT /api/v1/notifications/preferences`: the fields given change. */
export class PreferenceChangesDto extends createZodDto(
  Preferences.partial().meta({
    example: {
      ...{ events: ['task.failed', 'system.*'], mail: true, mail_from: 'warning' },
      quiet_hours: { from: '22:00', to: '07:00', zone: 'Europe/Berlin' },
      digest: { mode: 'window', minutes: 30 },
    },
  }),
) {}

export class ShownPreferencesDto extends createZodDto(
  Preferences.extend({
    /** Null: nothing was ever said, and these are the defaults. */
    updated_at: Timestamp.nullable(),
  }),
) {}
