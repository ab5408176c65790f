import type { Part, PartDependencies } from '../part';
import { Approvals } from './approvals';
import { APPROVAL_EXPIRY, approvalExpirySubscription, expireApprovalWhenDue } from './expire-approval-when-due';

export interface ApprovalsPart extends Part {
  readonly approvals: Approvals;
}

/** What people decide before something is done. */
export function createApprovals({ shell, timers }: Pick<PartDependencies, 'shell' | 'timers'>): ApprovalsPart {
  return {
    approvals: new Approvals(shell),
    subscriptions: [approvalExpirySubscription(timers)],
    timers: { [APPROVAL_EXPIRY]: expireApprovalWhenDue(shell) },
  };
}
