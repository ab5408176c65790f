import { APPROVAL_STATUSES, ApprovalTerms, Json, text } from '@ao/contracts';
import { createZodDto } from '../../http/zod-dto';
import { z } from 'zod';
import { AtLeast } from '../query.schemas';
import { Page, Timestamp } from './user.schemas';

const terms = ApprovalTerms.shape;

/** `POST /api/v1/approvals` */
export class ApprovalBodyDto extends createZodDto(
  z
    .object({
      title: terms.title,
      description: terms.description.default(''),
      /** What is approved, exactly as approvers see it. */
      arguments: Json.default({}),
      /** So many approve; one who rejects ends it. */
      required: terms.required.default(1),
      /** People with one of these roles and these people may decide; neither: whoever has the permission to decide. */
      roles: terms.roles.default([]),
      users: terms.users.default([]),
      /** Whether who asks may be among those who approve. */
      allow_self: terms.allow_self.default(false),
      /** So long it can be decided; null: for ever. */
      expires_seconds: z.number().min(1).max(31_536_000).nullable().default(null),
    })
    .meta({
      example: {
        title: 'Deploy 4.2.0 to production',
        arguments: { version: '4.2.0', target: 'production' },
        required: 2,
        roles: ['approver'],
        expires_seconds: 86_400,
      },
    }),
) {}

/** `PUT /api/v1/approvals/{id}` */
export class ApprovalChangeDto extends createZodDto(
  z
    .object({ arguments: Json.refine((value) => value !== undefined, 'must be given') })
    .meta({ example: { arguments: { version: '4.2.1', target: 'production' } } }),
) {}

/** With the hash of what was looked at, what is decided is that and nothing else. */
export class ApprovalDecisionDto extends createZodDto(
  z
    .object({
      comment: text(2_000).default(''),
      arguments_hash: z
        .string()
        .regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in lower-case hex')
        .optional(),
    })
    .meta({ example: { comment: 'Looked at the change log' } }),
) {}

export class ApprovalListQueryDto extends createZodDto(
  Page.extend({
    status: z.enum([...APPROVAL_STATUSES, 'all']).default('pending'),
    run_id: z.uuid().toLowerCase().optional(),
    /** Those that the caller may decide and has not voted on. */
    mine: z.stringbool({ truthy: ['true'], falsy: ['false'], case: 'sensitive' }).default(false),
  }),
) {}
export class ApprovalQueryDto extends createZodDto(z.object({ at_least: AtLeast })) {}

export const ListedApproval = z.object({
  id: z.uuid(),
  title: z.string(),
  description: z.string(),
  /** SHA-256 (hex) of the canonical JSON (RFC 8785) of the arguments. */
  arguments_hash: z.string(),
  status: z.enum(APPROVAL_STATUSES),
  required: z.int(),
  /** So many have approved. */
  approvals: z.int(),
  /** Who may decide: people with one of these roles and these people; neither: whoever has the permission. */
  roles: z.array(z.string()),
  users: z.array(z.uuid()),
  allow_self: z.boolean(),
  /** Whether the caller may decide it, and has not yet. */
  may_decide: z.boolean(),
  /** `by`: an actor as `<type>:<id>`; behind a key the person whose it is. */
  votes: z.array(z.object({ by: z.string(), vote: z.enum(['approve', 'reject']), comment: z.string(), at: Timestamp })),
  /** The step of a run that waits for it. */
  run: z.object({ run_id: z.uuid(), node: z.string() }).nullable(),
  requested_by: z.string().nullable(),
  /** Of one that is voided: `cancelled`, `arguments_changed` or `run_ended`. */
  reason: z.string().nullable(),
  requested_at: Timestamp,
  expires_at: Timestamp.nullable(),
  decided_at: Timestamp.nullable(),
});
export type ListedApprovalShown = z.infer<typeof ListedApproval>;
export class ListedApprovalDto extends createZodDto(ListedApproval) {}

export const ShownApproval = ListedApproval.extend({
  /** Exactly what is approved. */
  arguments: Json,
});
export type ShownApproval = z.infer<typeof ShownApproval>;
export class ShownApprovalDto extends createZodDto(ShownApproval) {}

export class ChangedApprovalDto extends createZodDto(
  ShownApproval.extend({
    /** Of the arguments that were sent. */
    sent_hash: z.string(),
    /** They are others than those that are asked about, which are void with it. */
    ask_anew: z.boolean(),
    detail: z.string(),
  }),
) {}
