import type { LeaseKey } from './lease.store';

interface Waiting {
  readonly leases: readonly LeaseKey[];
  readonly resolve: (deadlines: Map<string, Date>) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Renewals of many agents in one statement: one is in flight, whatever arrives meanwhile goes with the next. A fleet that
 * renews every few seconds is then a handful of statements, not thousands of transactions.
 */
export class LeaseRenewals {
  private waiting: Waiting[] = [];
  private running = false;

  constructor(private readonly renewAll: (leases: readonly LeaseKey[]) => Promise<Map<string, Date>>) {}

  /** Resolves with the new deadlines by lease token; those that are over are missing. */
  renew(leases: readonly LeaseKey[]): Promise<Map<string, Date>> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ leases, resolve, reject });
      if (!this.running) void this.run();
    });
  }

  private async run(): Promise<void> {
    this.running = true;
    while (this.waiting.length > 0) {
      const batch = this.waiting;
      this.waiting = [];
      // The same lease twice in one statement would be updated once and answered once; ordered, so that two replicas never
      // wait for each other's rows.
      const leases = new Map(batch.flatMap((each) => each.leases).map((lease) => [lease.lease_token, lease]));
      const ordered = [...leases.values()].sort((a, b) => (a.task_id < b.task_id ? -1 : 1));
      try {
        const deadlines = await this.renewAll(ordered);
        for (const { resolve } of batch) resolve(deadlines);
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    this.running = false;
  }
}
