import {
  MAX_ARGUMENTS,
  approvalEvents,
  evolveApproval,
  schemaVersionsOf,
  whyNeverGranted,
  whyNotApprover,
  type ApprovalDocument,
  type ApprovalEvent,
  type DecideApproval,
  type RequestApproval as Asked,
} from '@ao/contracts';
import type { Aggregate } from '@ao/event-log';
import {
  accept,
  addMilliseconds,
  assertNever,
  reject,
  type Command,
  type Decider,
  type Decision,
  type Rejection,
} from '@ao/kernel';
import { argumentsHash } from './arguments-hash';

/** Undefined: nobody has asked. */
export type ApprovalState = ApprovalDocument | undefined;

interface Reference {
  readonly approval_id: string;
}
/** `any`: may do it to what others asked for, too. */
interface OfAsker extends Reference {
  readonly by: string;
  readonly any: boolean;
}

export type RequestApproval = Command<'RequestApproval', Asked & Reference & Pick<ApprovalDocument, 'run'>>;
export type CastVote = Command<'CastVote', DecideApproval>;
/** Its time is over; looked at again here, and not a moment early. */
export type ExpireApproval = Command<'ExpireApproval', Reference>;
/** Nobody needs it any more; one that has ended, or was never asked for, stays as it is. */
export type VoidApproval = Command<'VoidApproval', Reference & { readonly reason: string }>;
export type CancelApproval = Command<'CancelApproval', OfAsker>;
export type ChangeApproval = Command<'ChangeApproval', OfAsker & { readonly arguments: unknown }>;
export type ApprovalCommand =
  RequestApproval | CastVote | ExpireApproval | VoidApproval | CancelApproval | ChangeApproval;

/** An approval that is not due yet: its timer has to come again. */
export const NOT_DUE = 'approval_not_due';

/**
 *     (none) ──asked──▶ pending ──the last approval that is required──▶ approved
 *                          ├──one rejection──▶ rejected
 *                          ├──its time is over──▶ expired
 *                          └──cancelled, other arguments, its run has ended──▶ voided
 *
 * Nothing leads from one end to another, so an approval is decided exactly once, whatever arrives at the same moment. Only a grant
 * is void once the arguments that it was given for are no longer those that are meant.
 */
export const approvalDecider: Decider<ApprovalState, ApprovalCommand, ApprovalEvent> = {
  initialState: () => undefined,
  evolve: evolveApproval,
  decide(command, approval): Decision<ApprovalEvent> {
    const { approval_id } = command.data;
    const at = command.metadata.time;
    switch (command.type) {
      case 'RequestApproval':
        return approval ? accept([], asked(approval)) : request(command);
      case 'CastVote':
        return approval ? castVote(command, approval) : unknownApproval(command.data.vote, approval_id);
      case 'ExpireApproval': {
        if (approval?.status !== 'pending' || approval.expires_at === null) return accept([]);
        if (at >= approval.expires_at) return accept([{ type: 'ApprovalExpired', data: { approval_id, at } }]);
        const why = `it can be decided until ${approval.expires_at}`;
        return reject('conflict', NOT_DUE, `Expected to expire approval '${approval_id}', but ${why}`);
      }
      case 'VoidApproval': {
        if (approval?.status !== 'pending') return accept([], { approval_id, status: approval?.status ?? null });
        const { reason } = command.data;
        return accept([{ type: 'ApprovalVoided', data: { approval_id, reason, at } }], {
          approval_id,
          status: 'voided',
        });
      }
      case 'CancelApproval':
        return approval ? cancel(command, approval) : unknownApproval('cancel', approval_id);
      case 'ChangeApproval':
        return approval ? change(command, approval) : unknownApproval('change', approval_id);
      default:
        return assertNever(command);
    }
  },
};

function request({ data, metadata }: RequestApproval): Decision<ApprovalEvent> {
  const { expires_seconds, ...terms } = data;
  const never = whyNeverGranted(terms) ?? whyTooLong(terms.arguments);
  if (never) return reject('invalid', 'never_granted', never.message, never.pointer);
  const requested_at = metadata.time;
  const requested = {
    ...terms,
    arguments_hash: argumentsHash(terms.arguments),
    expires_at: expires_seconds === null ? null : addMilliseconds(requested_at, Math.round(expires_seconds * 1_000)),
    requested_at,
  };
  return accept([{ type: 'ApprovalRequested', data: requested }], asked(requested));
}

function whyTooLong(value: unknown): { readonly pointer: string; readonly message: string } | undefined {
  if (Buffer.byteLength(JSON.stringify(value ?? null)) <= MAX_ARGUMENTS) return undefined;
  return { pointer: '/arguments', message: `must not be longer than ${MAX_ARGUMENTS} bytes of JSON` };
}

const asked = ({
  approval_id,
  arguments_hash,
  requested_at,
}: Pick<ApprovalDocument, 'approval_id' | 'arguments_hash' | 'requested_at'>) => ({
  ...{ approval_id, arguments_hash, requested_at },
});

function castVote({ data, metadata }: CastVote, approval: ApprovalDocument): Decision<ApprovalEvent> {
  const { approval_id, vote, comment, by, roles } = data;
  const at = metadata.time;
  const no = (kind: 'conflict' | 'forbidden', code: string, why: string) =>
    reject(kind, code, `Expected to ${vote} approval '${approval_id}', but ${why}`);
  const { status, expires_at, arguments_hash, required, votes } = approval;
  // Even before its timer has come.
  const isLate = expires_at !== null && at >= expires_at;
  if (status !== 'pending' || isLate)
    return no(
      'conflict',
      'approval_not_pending',
      status === 'pending' ? `its time was over at ${expires_at}` : `it is ${status}`,
    );
  const why = whyNotApprover(approval, { by, roles });
  if (why === 'own_approval') return no('forbidden', why, 'whoever asked must not decide it: cancel it instead');
  if (why) return no('forbidden', why, 'it is for others to decide');
  if (votes.some((cast) => cast.by === by)) return no('conflict', 'already_voted', 'you have approved it before');
  if (data.arguments_hash !== undefined && data.arguments_hash !== arguments_hash)
    return no('conflict', 'arguments_changed', `what is asked has the hash ${arguments_hash}: look at it again`);
  const voted: ApprovalEvent = { type: 'ApprovalVoted', data: { approval_id, by, vote, comment, arguments_hash, at } };
  const approvals = votes.length + (vote === 'approve' ? 1 : 0);
  const answer = (now: ApprovalDocument['status']) => ({
    approval_id,
    status: now,
    approvals,
    required,
    decided_at: at,
  });
  if (vote === 'reject')
    return accept([voted, { type: 'ApprovalRejected', data: { approval_id, by, comment, at } }], answer('rejected'));
  if (approvals < required) return accept([voted], answer('pending'));
  return accept([voted, { type: 'ApprovalGranted', data: { approval_id, at } }], answer('approved'));
}

function cancel({ data, metadata }: CancelApproval, approval: ApprovalDocument): Decision<ApprovalEvent> {
  const { approval_id, status, reason, decided_at } = approval;
  const foreign = whyForeign('cancel', data, approval);
  if (foreign) return foreign;
  if (status === 'voided' && reason === 'cancelled') return accept([], { approval_id, status, voided_at: decided_at });
  if (status !== 'pending') return ended('cancel', approval);
  const at = metadata.time;
  return accept([{ type: 'ApprovalVoided', data: { approval_id, reason: 'cancelled', at } }], {
    ...{ approval_id, status: 'voided', voided_at: at },
  });
}

function change({ data, metadata }: ChangeApproval, approval: ApprovalDocument): Decision<ApprovalEvent> {
  const { approval_id, status, run, arguments_hash } = approval;
  const foreign = whyForeign('change', data, approval) ?? whyTooLarge(data.arguments);
  if (foreign) return foreign;
  if (run) {
    const why = `step '${run.node}' of run '${run.run_id}' waits for it, which goes on with what was asked`;
    return reject('conflict', 'approval_of_run', `Expected to change approval '${approval_id}', but ${why}`);
  }
  const hash = argumentsHash(data.arguments);
  if (hash === arguments_hash) return accept([], { approval_id, status, arguments_hash });
  // A grant is for the arguments of then and none for these: whoever goes by it must see so.
  if (status !== 'pending' && status !== 'approved') return ended('change', approval);
  return accept([{ type: 'ApprovalVoided', data: { approval_id, reason: 'arguments_changed', at: metadata.time } }], {
    ...{ approval_id, status: 'voided', arguments_hash: hash },
  });
}

function whyTooLarge(value: unknown): Rejection | undefined {
  const long = whyTooLong(value);
  return long && reject('invalid', 'arguments_too_long', long.message, long.pointer);
}

function whyForeign(
  verb: string,
  { by, any }: OfAsker,
  { approval_id, requested_by }: ApprovalDocument,
): Rejection | undefined {
  if (any || by === requested_by) return undefined;
  return reject(
    'forbidden',
    'not_yours',
    `Expected to ${verb} approval '${approval_id}', but somebody else asked for it`,
  );
}

function ended(verb: string, { approval_id, status }: ApprovalDocument): Rejection {
  return reject(
    'conflict',
    'approval_not_pending',
    `Expected to ${verb} approval '${approval_id}', but it is ${status}`,
  );
}

function unknownApproval(verb: string, approvalId: string): Rejection {
  return reject('not_found', 'approval_not_found', `Expected to ${verb} approval '${approvalId}', but there is none`);
}

/** Stream `approval-<uuid>`. */
export const approvalAggregate: Aggregate<ApprovalState, ApprovalCommand, ApprovalEvent> = {
  category: 'approval',
  decider: approvalDecider,
  schemaVersions: schemaVersionsOf(approvalEvents),
  freshIds: 0,
};
