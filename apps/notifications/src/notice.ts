import { Recipients, Severity } from '@ao/contracts';
import { z } from 'zod';

/** The kind of timer that hands a notice on. */
export const NOTICE = 'notice';

/** Something to tell people: made by a rule or by a person's own preferences, as the payload of a timer. */
export const Notice = z.object({
  /** Derived from what caused it: a repetition has the same. */
  notice_id: z.uuid(),
  /** Null: from a person's preferences. */
  rule_id: z.uuid().nullable(),
  severity: Severity,
  /** Name and place of the event; null: it stands for several. */
  event: z.string().nullable(),
  position: z.int().nullable(),
  subject: z.string(),
  body: z.string(),
  recipients: Recipients,
  /** Channels it goes to. */
  channels: z.array(z.uuid()),
});
export type Notice = z.infer<typeof Notice>;
