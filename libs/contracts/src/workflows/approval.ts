import { z } from 'zod';
import { PersonRole, ROLE_PERMISSIONS, Role } from '../identity/access';
import { command, event, type DataOf, type EventOf } from '../contract';
import { Id, Json, Time, Word, text } from '../text';

const CATEGORY = 'approval';

/** In bytes of JSON: approvers are to read it. */
export const MAX_ARGUMENTS = 128 * 1_024;

export const APPROVAL_STATUSES = ['pending', 'approved', 'rejected', 'expired', 'voided'] as const;
export const ApprovalStatus = z.enum(APPROVAL_STATUSES);
export type ApprovalStatus = z.infer<typeof ApprovalStatus>;

/** What is asked. */
export const ApprovalTerms = z.object({
  title: text(200, 1),
  description: text(4_000),
  /** What is approved, exactly as approvers see it. */
  arguments: Json,
  /** So many approve; one who rejects ends it. */
  required: z.int().min(1).max(20),
  /** People with one of these roles and these people may decide; neither: whoever has the permission to decide. */
  roles: z.array(PersonRole).max(5),
  users: z.array(Id).max(100),
  /** Whether who asks may be among those who approve. */
  allow_self: z.boolean(),
  expires_at: Time.nullable(),
});
export type ApprovalTerms = z.infer<typeof ApprovalTerms>;
/** As events keep them: a role that a later release does not know is nobody's. */
const StoredTerms = ApprovalTerms.extend({ roles: z.array(text(64, 1)).max(5) });

/** The step of a run that waits for it. */
export const ApprovalOfRun = z.object({ run_id: Id, node: text(200, 1) });

/** `by`: `<type>:<id>` of an actor, as `requested_by`. */
const Vote = z.object({ by: text(200, 1), comment: text(2_000), at: Time });

/** Stream `approval-<uuid>`. */
export const approvalEvents = {
  ApprovalRequested: event(
    CATEGORY,
    'ApprovalRequested',
    1,
    StoredTerms.extend({
      approval_id: Id,
      /** SHA-256 (hex) of the canonical JSON (RFC 8785) of `arguments`. */
      arguments_hash: text(64, 1),
      /** Who asked, of a run who started it: `<type>:<id>` of an actor, the person behind a key where there is one. Null: nobody. */
      requested_by: text(200, 1).nullable(),
      run: ApprovalOfRun.nullable(),
      requested_at: Time,
    }),
  ),
  ApprovalVoted: event(
    CATEGORY,
    'ApprovalVoted',
    1,
    Vote.extend({ approval_id: Id, vote: z.enum(['approve', 'reject']), arguments_hash: text(64, 1) }),
  ),
  /** As many as are required have approved. */
  ApprovalGranted: event(CATEGORY, 'ApprovalGranted', 1, z.object({ approval_id: Id, at: Time })),
  ApprovalRejected: event(
    CATEGORY,
    'ApprovalRejected',
    1,
    z.object({ approval_id: Id, by: text(200, 1), comment: text(2_000), at: Time }),
  ),
  ApprovalExpired: event(CATEGORY, 'ApprovalExpired', 1, z.object({ approval_id: Id, at: Time })),
  /**
   * Without effect from now on: its run has gone on without it (`run_ended`), its arguments changed (`arguments_changed`), or who
   * asked needs it no more (`cancelled`).
   */
  ApprovalVoided: event(CATEGORY, 'ApprovalVoided', 1, z.object({ approval_id: Id, reason: Word, at: Time })),
} as const;
export type ApprovalEvent = EventOf<typeof approvalEvents>;

export const ApprovalDocument = StoredTerms.extend({
  approval_id: Id,
  arguments_hash: z.string(),
  requested_by: z.string().nullable(),
  run: ApprovalOfRun.nullable(),
  status: ApprovalStatus,
  votes: z.array(Vote.extend({ vote: z.enum(['approve', 'reject']) })),
  /** Of one that is voided. */
  reason: z.string().nullable(),
  requested_at: Time,
  decided_at: Time.nullable(),
});
export type ApprovalDocument = z.infer<typeof ApprovalDocument>;

/** The approval after one more event. Every reader folds with this function. */
export function evolveApproval(
  approval: ApprovalDocument | undefined,
  event: ApprovalEvent,
): ApprovalDocument | undefined {
  if (event.type === 'ApprovalRequested')
    return { ...event.data, status: 'pending', votes: [], reason: null, decided_at: null };
  if (!approval) return approval;
  switch (event.type) {
    case 'ApprovalVoted': {
      const { by, comment, vote, at } = event.data;
      return { ...approval, votes: [...approval.votes, { by, comment, vote, at }] };
    }
    case 'ApprovalGranted':
      return { ...approval, status: 'approved', decided_at: event.data.at };
    case 'ApprovalRejected':
      return { ...approval, status: 'rejected', decided_at: event.data.at };
    case 'ApprovalExpired':
      return { ...approval, status: 'expired', decided_at: event.data.at };
    case 'ApprovalVoided':
      return { ...approval, status: 'voided', reason: event.data.reason, decided_at: event.data.at };
    default:
      return approval;
  }
}

/** Who wants to decide: `<type>:<id>` as in `requested_by`, with the roles of that person. */
export interface Approver {
  readonly by: string;
  readonly roles: readonly string[];
}

type WhoDecides = Pick<ApprovalDocument, 'users' | 'requested_by' | 'allow_self'> & {
  readonly roles: readonly string[];
};

/** Why somebody with the permission to decide may not decide this one; undefined: may. Pure. */
export function whyNotApprover(
  { roles, users, requested_by, allow_self }: WhoDecides,
  approver: Approver,
): 'own_approval' | 'not_an_approver' | undefined {
  if (!allow_self && approver.by === requested_by) return 'own_approval';
  if (roles.length === 0 && users.length === 0) return undefined;
  const isNamed =
    users.some((id) => approver.by === `user:${id}`) || roles.some((role) => approver.roles.includes(role));
  return isNamed ? undefined : 'not_an_approver';
}

/** Why what is asked could never be granted, with the pointer of the field; undefined: it could. Pure. */
export function whyNeverGranted({
  roles,
  users,
  requested_by,
  allow_self,
  required,
}: WhoDecides & Pick<ApprovalTerms, 'required'>): { readonly pointer: string; readonly message: string } | undefined {
  for (const [index, role] of roles.entries()) {
    if (ROLE_PERMISSIONS[role as Role].has('approvals:decide')) continue;
    return { pointer: `/roles/${index}`, message: `must be a role that may decide approvals, which ${role} may not` };
  }
  if (roles.length > 0 || users.length === 0) return undefined;
  const may = new Set(users.filter((id) => allow_self || `user:${id}` !== requested_by)).size;
  if (may >= required) return undefined;
  return { pointer: '/required', message: `must not be more than the ${may} who may decide` };
}

/** 422 with a pointer where nobody could ever grant it. */
export const requestApproval = command(
  'workflows.request_approval',
  ApprovalTerms.omit({ expires_at: true }).extend({
    expires_seconds: z.number().min(1).max(31_536_000).nullable(),
    requested_by: text(200, 1).nullable(),
  }),
  z.object({ approval_id: Id, arguments_hash: z.string(), requested_at: Time }),
);
export type RequestApproval = DataOf<typeof requestApproval>;

/**
 * 403 `own_approval`, `not_an_approver`; 409 `approval_not_pending`,
 * `already_voted`; 409 `arguments_changed` when `arguments_hash` is given and not that of what is asked.
 */
export const decideApproval = command(
  'workflows.decide_approval',
  z.object({
    approval_id: Id,
    vote: z.enum(['approve', 'reject']),
    comment: text(2_000),
    arguments_hash: text(64, 1).optional(),
    /** Who decides, as `requested_by`. */
    by: text(200, 1),
    roles: z.array(Role).max(10),
  }),
  z.object({ approval_id: Id, status: ApprovalStatus, approvals: z.int(), required: z.int(), decided_at: Time }),
);
export type DecideApproval = DataOf<typeof decideApproval>;

/** By whom, and whether that one may do it to any approval or, as who asked, to its own alone (403 `not_yours`). */
const OfAsker = z.object({ approval_id: Id, by: text(200, 1), any: z.boolean() });

/** 409 `approval_not_pending` unless it is cancelled already. */
export const cancelApproval = command(
  'workflows.cancel_approval',
  OfAsker,
  z.object({ approval_id: Id, status: ApprovalStatus, voided_at: Time }),
);

/**
 * Other arguments than those that are asked about: the approval is void and has to be asked for anew, for nobody approved these.
 * 409 `approval_of_run`: the step's arguments are what the run goes on with.
 */
export const changeApproval = command(
  'workflows.change_approval',
  OfAsker.extend({ arguments: Json }),
  z.object({ approval_id: Id, status: ApprovalStatus, arguments_hash: z.string() }),
);
