import type { TaskEvent } from '@ao/contracts';
import type { EventReader } from '@ao/event-log';
import { streamId } from '@ao/kernel';

export interface PastLease {
  readonly task_type: string;
  readonly attempt: number;
  readonly lease_token: string;
}

const MOST_KEPT = 10_000;
const PAGE = 1_000;

/**
 * The leases that there ever were, as the assignments in a task's stream tell them: a lease that is over was there all the
 * same. What was found stays true, so it is kept for the next report.
 */
export class LeaseHistory {
  private readonly found = new Map<string, PastLease>();

  constructor(private readonly log: Pick<EventReader, 'readStream'>) {}

  /** The agent's lease of that token, or its latest; `unknown_task`, or undefined when it never had one. */
  async find(taskId: string, agentId: string, leaseToken?: string): Promise<PastLease | 'unknown_task' | undefined> {
    const key = leaseToken && `${taskId} ${agentId} ${leaseToken}`;
    const kept = key && this.found.get(key);
    if (kept) return kept;
    const lease = await this.read(taskId, agentId, leaseToken);
    if (key && typeof lease === 'object') {
      this.found.set(key, lease);
      if (this.found.size > MOST_KEPT) this.found.delete(this.found.keys().next().value!);
    }
    return lease;
  }

  private async read(
    taskId: string,
    agentId: string,
    leaseToken: string | undefined,
  ): Promise<PastLease | 'unknown_task' | undefined> {
    let task_type: string | undefined;
    let lease: PastLease | undefined;
    for (let fromVersion = 1; ; fromVersion += PAGE) {
      const events = await this.log.readStream(streamId('task', taskId), { fromVersion, limit: PAGE });
      for (const event of events as unknown as TaskEvent[]) {
        if (event.type === 'TaskSubmitted') task_type = event.data.type;
        if (event.type !== 'TaskAssigned' || event.data.agent_id !== agentId || task_type === undefined) continue;
        const { attempt, lease_token } = event.data;
        if (leaseToken === undefined || leaseToken === lease_token) lease = { task_type, attempt, lease_token };
      }
      if (events.length < PAGE) return task_type === undefined ? 'unknown_task' : lease;
    }
  }
}
