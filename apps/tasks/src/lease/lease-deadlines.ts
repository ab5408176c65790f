import type { CommandShell } from '@ao/event-log';
import { systemMetadata, derivedId, isRejection, isoTime } from '@ao/kernel';
import type { DueCommand } from '@ao/timers';
import { taskAggregate } from '../task/task.aggregate';
import type { LeaseStore } from './lease.store';

interface LeaseDeadline {
  readonly task_id: string;
  readonly lease_token: string;
}

export const LEASE_DEADLINE = 'lease_deadline';
/** Before every deadline: leases of lost agents end first. */
const AT_ONCE = '1970-01-01T00:00:00.000Z';
const SOON_MS = 100;

/** One timer per task: the next lease of a task takes the place of the one before. */
export function leaseTimerId(taskId: string): string {
  return `lease-${taskId}`;
}

/** The timer that ends a lease; without a deadline: now. */
export function leaseTimer(taskId: string, lease_token: string, due_at: string = AT_ONCE): DueCommand {
  const payload: LeaseDeadline = { task_id: taskId, lease_token };
  return { timer_id: leaseTimerId(taskId), due_at, kind: LEASE_DEADLINE, payload };
}

export interface LeaseDeadlinesOptions {
  readonly store: Pick<LeaseStore, 'claim' | 'reopen'>;
  readonly shell: Pick<CommandShell, 'run'>;
  /** Moves the timer of a lease, which must fire again then. */
  readonly postpone: (timerId: string, dueAt: string) => Promise<void>;
  readonly now: () => number;
}

/**
 * What happens when the deadline of a lease has come. Renewals move the deadline in `tasks.leases` and leave the timer
 * where it is: it fires, finds the lease alive, and is set to the new deadline; so a lease costs one look per length, not
 * one write per renewal. ExpireTaskLease is checked again by the decider, and its command id is derived from the lease.
 */
export function leaseDeadlines(options: LeaseDeadlinesOptions) {
  const { store, shell, postpone, now } = options;
  return async (timer: Pick<DueCommand, 'timer_id' | 'payload'>): Promise<void> => {
    const { task_id, lease_token } = timer.payload as LeaseDeadline;
    const lease = await store.claim(task_id, lease_token);
    if (!lease) return; // over already
    const lease_expires_at = isoTime(lease.expires_at.getTime());
    if (!lease.due) return postpone(timer.timer_id, lease_expires_at);
    const command_id = derivedId('expire-lease', lease_token);
    const reason = lease.agent_lost ? 'agent_lost' : 'lease_expired';
    const result = await shell.run(
      taskAggregate,
      task_id,
      {
        type: 'ExpireTaskLease',
        data: { task_id, lease_token, reason, lease_expires_at },
        metadata: systemMetadata('lease-deadlines', command_id),
      },
      // By whatever reason it ends, it ends once.
      { payload: { task_id, lease_token } },
    );
    if (!isRejection(result)) return;
    if (result.rejection === 'unavailable') throw new Error(result.message);
    if (result.code !== 'lease_not_expired') return;
    // The table has not heard yet of the start that gave the lease its full length again.
    await store.reopen(task_id, lease_token);
    await postpone(timer.timer_id, isoTime(now() + SOON_MS));
  };
}
