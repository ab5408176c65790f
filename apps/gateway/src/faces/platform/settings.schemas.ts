import { SETTING_TYPES } from '@ao/contracts';
import { createZodDto } from '../../http/zod-dto';
import { z } from 'zod';
import { wholeNumber } from '../query.schemas';
import { Timestamp } from './user.schemas';

/** One setting: its value now, and what it is when nobody sets it. */
export const ShownSetting = z.object({
  value: z.unknown(),
  default: z.unknown(),
  type: z.enum(SETTING_TYPES),
  description: z.string(),
});
export type ShownSetting = z.infer<typeof ShownSetting>;
export class ShownSettingDto extends createZodDto(ShownSetting) {}

/** By category, then by key. */
export class SettingsDto extends createZodDto(z.record(z.string(), z.record(z.string(), ShownSetting))) {}

/** `PUT /api/v1/settings/{category}/{key}` */
export class SettingBodyDto extends createZodDto(
  z
    .object({ value: z.unknown() })
    .refine((body) => body.value !== undefined, { path: ['value'], message: 'is required' })
    .meta({ example: { value: 500 } }),
) {}

/** `PUT /api/v1/settings/bulk`: all or none. */
export class SettingsBodyDto extends createZodDto(
  z
    .object({
      settings: z
        .record(z.string().max(200), z.unknown())
        .refine((settings) => Object.keys(settings).length > 0, 'must name at least one setting')
        .refine((settings) => Object.keys(settings).length <= 200, 'must name at most 200 settings'),
    })
    .meta({ example: { settings: { 'general.time_zone': 'Europe/Berlin', 'tasks.lease_seconds': 120 } } }),
) {}
export class SettingsChangedDto extends createZodDto(
  z.object({ changed: z.array(z.string()), changed_at: Timestamp }),
) {}

export class SettingHistoryQueryDto extends createZodDto(z.object({ limit: wholeNumber(200, 1).default(50) })) {}
export const SettingChange = z.object({
  position: z.int(),
  changed_at: Timestamp,
  actor: z.object({ type: z.string(), id: z.string() }),
  value: z.unknown(),
  previous: z.unknown(),
});
export class SettingHistoryDto extends createZodDto(z.array(SettingChange)) {}

const Part = z.object({ status: z.enum(['healthy', 'unhealthy', 'not_configured']) });
/** `GET /api/v1/settings/health`: a part that is not in use is `not_configured`, and nothing is wrong with that. */
export class SystemHealthDto extends createZodDto(
  z.object({
    status: z.enum(['healthy', 'degraded']),
    service: z.string(),
    version: z.string(),
    timestamp: Timestamp,
    services: z.object({ database: Part, message_queue: Part, redis: Part, minio: Part, mail: Part }),
  }),
) {}
