import { z } from 'zod';
import { parseSmtpUrl } from './channel/smtp-url';

const seconds = () => z.coerce.number().int().min(1).max(86_400);

/** The notifications service's own settings; what every service shares comes from the platform. */
export const notificationsConfig = z.object({
  ALLOW_PRIVATE_WEBHOOKS: z
    .stringbool()
    .default(false)
    .describe('whether webhooks and channels may call private addresses and plain http: for development'),
  SMTP_URL: z
    .string()
    .refine((url) => parseSmtpUrl(url) !== undefined, 'must be smtp://user:password@host:port or smtps://…')
    .optional()
    .describe('mail server, smtp://user:password@host:port or smtps://…; absent: no mail is sent'),
  // HTML's rule for addresses: a host without a dot, as in the default, is one.
  MAIL_FROM: z
    .email({ pattern: z.regexes.html5Email })
    .default('agent-orchestration@localhost')
    .describe('address that mail comes from'),
  ALERT_UNHEALTHY_SECONDS: seconds()
    .min(10)
    .default(30)
    .describe('seconds that a process of a service may be silent or not ready before there is an alert'),
  ALERT_GONE_SECONDS: seconds()
    .default(600)
    .describe('seconds after which a silent process is gone for good, where others of its service serve'),
  ALERT_LAG_SECONDS: seconds().default(60).describe('seconds that a subscription may be behind the log'),
  ALERT_LAG_FOR_SECONDS: seconds().default(30).describe('seconds for which it must be further behind than that'),
  ALERT_CAUGHT_UP_SECONDS: seconds().default(10).describe('seconds behind the log below which it has caught up'),
  ALERT_DEAD_LETTERS: z.coerce
    .number()
    .int()
    .min(1)
    .max(1_000_000)
    .default(20)
    .describe('dead letters within ALERT_DEAD_LETTER_SECONDS that are an alert; below half of them it is over'),
  ALERT_DEAD_LETTER_SECONDS: seconds().default(600).describe('seconds within which dead letters are counted'),
  DELIVERY_RETENTION_DAYS: z.coerce
    .number()
    .int()
    .min(1)
    .max(3_650)
    .default(30)
    .describe('how long deliveries that have ended stay in the delivery log, with their attempts'),
  WEBHOOK_DISABLE_AFTER_HOURS: z.coerce
    .number()
    .min(1)
    .max(8_760)
    .default(120)
    .describe('a webhook at which nothing has arrived for so long is disabled; a warning comes at half of it'),
});
export type NotificationsConfig = z.infer<typeof notificationsConfig>;
