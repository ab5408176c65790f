import { whyNotApprover, type ApprovalDocument, type Approver } from '@ao/contracts';
import type { ListedApproval } from '../../projections/approvals/approval.queries';
import type { ListedApprovalShown, ShownApproval } from './approval.schemas';

/** @param approver the caller, where it may decide approvals at all */
export function presentListedApproval(approval: ListedApproval, approver: Approver | undefined): ListedApprovalShown {
  const { approval_id, votes, status } = approval;
  const { title, description, arguments_hash, required, roles, users, allow_self, run, requested_by, reason } =
    approval;
  const { requested_at, expires_at, decided_at } = approval;
  const isOpen = approver !== undefined && status === 'pending' && !votes.some(({ by }) => by === approver.by);
  return {
    ...{ id: approval_id, title, description, arguments_hash, status, required },
    approvals: votes.filter(({ vote }) => vote === 'approve').length,
    ...{ roles, users, allow_self, may_decide: isOpen && whyNotApprover(approval, approver) === undefined },
    ...{ votes, run, requested_by, reason, requested_at, expires_at, decided_at },
  };
}

export function presentApproval(approval: ApprovalDocument, approver: Approver | undefined): ShownApproval {
  return { ...presentListedApproval(approval, approver), arguments: approval.arguments };
}
