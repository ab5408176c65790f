import { createZodDto } from '../../http/zod-dto';
import { z } from 'zod';
import { Page, ShownUser, Timestamp } from './user.schemas';

/** A login that may still be used. */
export const ShownSession = z.object({
  id: z.uuid(),
  user: ShownUser.pick({ id: true, email: true, full_name: true, role: true }),
  /** Whether it is the session that asks. */
  current: z.boolean(),
  /** Whether it began with a second factor. */
  mfa: z.boolean(),
  /** Where it began. */
  address: z.string().nullable(),
  user_agent: z.string().nullable(),
  started_at: Timestamp,
  refreshed_at: Timestamp,
  expires_at: Timestamp,
});
export type ShownSession = z.infer<typeof ShownSession>;
export class ShownSessionDto extends createZodDto(ShownSession) {}

export class SessionListQueryDto extends createZodDto(
  Page.extend({
    user_id: z
      .uuid()
      .transform((id) => id.toLowerCase())
      .optional(),
  }),
) {}
