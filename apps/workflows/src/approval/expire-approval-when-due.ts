import type { ApprovalEvent } from '@ao/contracts';
import type { CommandShell, OwnedSubscription, RecordedEvent } from '@ao/event-log';
import { isRejection, systemMetadata } from '@ao/kernel';
import type { FiredTimer, Timers } from '@ao/timers';
import { approvalAggregate } from './approval.decider';

/** The kind of timer that ends one approval. */
export const APPROVAL_EXPIRY = 'approval-expiry';

const timerId = (approvalId: string) => `${APPROVAL_EXPIRY}-${approvalId}`;

/** Keeps a timer per approval that has a last moment, until it is decided. */
export function approvalExpirySubscription(timers: Pick<Timers, 'schedule' | 'cancel' | 'nudge'>): OwnedSubscription {
  return {
    name: APPROVAL_EXPIRY,
    categories: [approvalAggregate.category],
    async handle(events, transaction) {
      // In order: an approval may be asked for and decided within one batch.
      for (const { type, data } of events as readonly (RecordedEvent & ApprovalEvent)[]) {
        const { approval_id } = data;
        if (type === 'ApprovalVoted') continue;
        if (type !== 'ApprovalRequested') await timers.cancel(transaction, [timerId(approval_id)]);
        else if (data.expires_at !== null) {
          const { expires_at: due_at } = data;
          await timers.schedule(transaction, [
            { timer_id: timerId(approval_id), due_at, kind: APPROVAL_EXPIRY, payload: { approval_id } },
          ]);
        }
      }
    },
    committed: () => timers.nudge(),
  };
}

/**
 * Expires an approval whose timer has come. The decider looks at the clock again: Postgres' clock, by which timers fire, and the
 * decider's may differ a little, and then the timer comes once more.
 */
export function expireApprovalWhenDue(shell: Pick<CommandShell, 'run'>) {
  return async ({ payload, command_id }: Pick<FiredTimer, 'payload' | 'command_id'>): Promise<void> => {
    const { approval_id } = payload as { approval_id: string };
    const command = {
      type: 'ExpireApproval' as const,
      data: { approval_id },
      metadata: systemMetadata('approvals', command_id),
    };
    const outcome = await shell.run(approvalAggregate, approval_id, command);
    if (isRejection(outcome)) throw new Error(outcome.message);
  };
}
