import type { CommandShell } from '@ao/event-log';
import { derivedId, isRejection, isoTime } from '@ao/kernel';
import type { Logger } from '@ao/platform';
import { taskAggregate } from '../task/task.aggregate';
import type { DueLease, LeaseStore } from './lease.store';

export interface LeaseKeeperOptions {
  readonly store: Pick<LeaseStore, 'claimDue' | 'reopen'>;
  readonly shell: Pick<CommandShell, 'run'>;
  readonly logger: Pick<Logger, 'warn'>;
  readonly intervalMs?: number;
}

const INTERVAL_MS = 500;
const BATCH = 500;

/**
 * Ends the leases whose time is over, and those of lost agents: the deadlines in `tasks.leases` are durable timers whose
 * command, ExpireTaskLease, the decider checks again. Works only on the pool's owner; a second one would do no harm, the
 * command id is derived from the lease.
 */
export class LeaseKeeper {
  private timer: NodeJS.Timeout | undefined;
  private working: Promise<void> | undefined;
  private active = false;

  constructor(private readonly options: LeaseKeeperOptions) {}

  start(): void {
    if (this.active) return;
    this.active = true;
    this.schedule(0);
  }

  async stop(): Promise<void> {
    this.active = false;
    clearTimeout(this.timer);
    await this.working;
  }

  private schedule(milliseconds: number): void {
    if (!this.active) return;
    this.timer = setTimeout(() => {
      this.working = this.work().then((more) => {
        this.working = undefined;
        this.schedule(more ? 0 : (this.options.intervalMs ?? INTERVAL_MS));
      });
    }, milliseconds);
  }

  /** Resolves with whether there is more to do at once. Never rejects. */
  private async work(): Promise<boolean> {
    const { store, logger } = this.options;
    try {
      const due = await store.claimDue(BATCH);
      const ended = await Promise.all(due.map((lease) => this.expire(lease)));
      return due.length === BATCH && ended.some(Boolean);
    } catch (error) {
      logger.warn({ err: error }, 'leases could not be ended; the next try follows');
      return false;
    }
  }

  private async expire({ task_id, lease_token, expires_at, agent_lost }: DueLease): Promise<boolean> {
    const { shell, store } = this.options;
    const reason = agent_lost ? 'agent_lost' : 'lease_expired';
    const command_id = derivedId('expire-lease', lease_token);
    const result = await shell.run(
      taskAggregate,
      task_id,
      {
        type: 'ExpireTaskLease',
        data: { task_id, lease_token, reason, lease_expires_at: isoTime(expires_at.getTime()) },
        metadata: {
          command_id,
          actor: { type: 'system', id: 'lease-keeper' },
          correlation_id: command_id,
          causation_id: command_id,
        },
      },
      // By whatever reason it ends, it ends once.
      { payload: { task_id, lease_token } },
    );
    // The log had not told the table yet that the start gave the lease its full length again.
    if (isRejection(result) && result.code === 'lease_not_expired') await store.reopen(task_id, lease_token);
    return !isRejection(result);
  }
}
