import { randomUUID } from 'node:crypto';
import type { Ack, AgentFrame, Refusal } from './frames';

interface Kept {
  readonly taskId: string;
  readonly leaseToken: string;
  readonly lengthMs: number;
  /** When the last renewal that the server confirmed was sent: counted from there, the lease is good for its length. */
  confirmedAt: number;
  triedAt: number;
}

const MOST_LEASES_PER_FRAME = 1_000;

/**
 * Renews every lease in hand at a third of its length. A lease is lost when the server says so, or when no renewal was
 * confirmed for its whole length: then the server may have given the task to another. Only durations count, on the
 * monotonic clock, so a wrong clock on this host loses nothing.
 */
export class LeaseKeeper {
  private readonly kept = new Map<string, Kept>();
  private readonly asked = new Map<string, { sentAt: number; tokens: readonly string[] }>();
  private timer: NodeJS.Timeout | undefined;
  private periodMs = Infinity;

  constructor(
    private readonly send: (frame: AgentFrame) => boolean,
    private readonly onLost: (leaseToken: string, why: string) => void,
  ) {}

  keep(lease: { taskId: string; leaseToken: string; timeout: number }): void {
    const now = performance.now();
    const lengthMs = lease.timeout * 1_000;
    this.kept.set(lease.leaseToken, { ...lease, lengthMs, confirmedAt: now, triedAt: now });
    const periodMs = Math.min(Math.max(lengthMs / 6, 20), 5_000);
    if (periodMs < this.periodMs) {
      this.periodMs = periodMs;
      clearInterval(this.timer);
      this.timer = setInterval(() => this.tick(), periodMs);
    }
  }

  release(leaseToken: string): void {
    this.kept.delete(leaseToken);
    if (this.kept.size > 0) return;
    clearInterval(this.timer);
    this.periodMs = Infinity;
  }

  /** After a reconnect: all of them now. */
  renewAll(): void {
    this.asked.clear();
    this.renew([...this.kept.values()]);
  }

  /** Takes an `ack` or an `error`; false: it answers something else. */
  answered(frame: Ack | Refusal): boolean {
    const asked = frame.id === null ? undefined : this.asked.get(frame.id);
    if (!asked || frame.id === null) return false;
    this.asked.delete(frame.id);
    if (frame.type === 'error') return true; // Nothing is known; the next turn asks again.
    const lost = new Set(Array.isArray(frame.result?.lost) ? (frame.result.lost as string[]) : []);
    for (const token of asked.tokens) {
      const lease = this.kept.get(token);
      if (!lease) continue;
      if (lost.has(lease.taskId)) this.lose(lease, 'the control plane says that its lease is over');
      else lease.confirmedAt = asked.sentAt;
    }
    return true;
  }

  clear(): void {
    clearInterval(this.timer);
    this.kept.clear();
    this.asked.clear();
    this.periodMs = Infinity;
  }

  private tick(): void {
    const now = performance.now();
    const due: Kept[] = [];
    for (const lease of this.kept.values()) {
      if (now - lease.confirmedAt >= lease.lengthMs) this.lose(lease, 'its lease could not be renewed in time');
      else if (now - lease.triedAt >= lease.lengthMs / 3) due.push(lease);
    }
    this.renew(due);
  }

  private renew(leases: readonly Kept[]): void {
    const sentAt = performance.now();
    for (let from = 0; from < leases.length; from += MOST_LEASES_PER_FRAME) {
      const some = leases.slice(from, from + MOST_LEASES_PER_FRAME);
      const id = randomUUID();
      const sent = this.send({
        type: 'lease_renew',
        id,
        leases: some.map(({ taskId, leaseToken }) => ({ taskId, leaseToken })),
      });
      if (!sent) return;
      for (const lease of some) lease.triedAt = sentAt;
      this.asked.set(id, { sentAt, tokens: some.map(({ leaseToken }) => leaseToken) });
    }
  }

  private lose(lease: Kept, why: string): void {
    this.release(lease.leaseToken);
    this.onLost(lease.leaseToken, why);
  }
}
