import { Email, FullName, NewPassword, PersonRole } from '@ao/contracts';
import { createZodDto } from '../../http/zod-dto';
import { z } from 'zod';
import { AtLeast, wholeNumber } from '../query.schemas';

export const Timestamp = z.iso.datetime();

/** What every list under `/api/v1` takes. */
export const Page = z.object({
  limit: wholeNumber(200, 1).default(50),
  offset: wholeNumber(100_000).default(0),
  at_least: AtLeast,
});
export class PageDto extends createZodDto(Page) {}

/** A person. E-mail and name read `erased` once they are. */
export const ShownUser = z.object({
  id: z.uuid(),
  email: z.string(),
  full_name: z.string(),
  role: PersonRole,
  is_active: z.boolean(),
  status: z.enum(['active', 'disabled', 'erased']),
  mfa_enabled: z.boolean(),
  created_at: Timestamp,
  updated_at: Timestamp,
});
export type ShownUser = z.infer<typeof ShownUser>;
export class ShownUserDto extends createZodDto(ShownUser) {}

export class UserListQueryDto extends createZodDto(
  Page.extend({
    role: PersonRole.optional(),
    status: ShownUser.shape.status.optional(),
    /** Exactly this address. */
    email: z.string().min(1).max(254).optional(),
  }),
) {}

/** `POST /api/v1/admin/users` */
export class NewUserDto extends createZodDto(
  z.object({ email: Email, password: NewPassword, full_name: FullName, role: PersonRole }).meta({
    example: {
      email: 'ada@example.org',
      password: 'correct horse battery staple',
      full_name: 'Ada Lovelace',
      role: 'operator',
    },
  }),
) {}

/** `PATCH /api/v1/admin/users/{id}`: the fields given change. */
export class UserChangesDto extends createZodDto(
  z
    .object({ role: PersonRole.optional(), is_active: z.boolean().optional(), full_name: FullName.optional() })
    .meta({ example: { role: 'approver', is_active: false } }),
) {}

/** `POST /api/v1/auth/register` */
export class RegistrationDto extends createZodDto(
  z.object({ email: Email, password: NewPassword, full_name: FullName }).meta({
    example: { email: 'ada@example.org', password: 'correct horse battery staple', full_name: 'Ada Lovelace' },
  }),
) {}
export class ProfileDto extends createZodDto(z.object({ full_name: FullName })) {}

export class DeletedDto extends createZodDto(
  z.object({ deleted: z.literal(true), id: z.uuid(), deleted_at: Timestamp }),
) {}
export class RevokedDto extends createZodDto(
  z.object({ revoked: z.literal(true), id: z.uuid(), revoked_at: Timestamp }),
) {}
