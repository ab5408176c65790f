import type { RateLimit } from '@ao/contracts';
import type { Clock } from '@ao/kernel';
import { BudgetWindow } from './budget-window';
import type { LeaseStore } from './lease-store';

/** A budget that a request takes from. */
export interface Claim {
  readonly bucket: string;
  readonly limit: RateLimit;
}

export interface Verdict {
  readonly passes: boolean;
  /** Of the hour, or of the window that refused. */
  readonly limit: number;
  readonly remaining: number;
  /** Unix seconds. */
  readonly resetsAt: number;
  /** When it is worth another try; 0 for a request that passes. */
  readonly retryAfterSeconds: number;
}

export interface BudgetsOptions {
  readonly store: LeaseStore;
  readonly clock: Clock;
  readonly onError: (error: unknown) => void;
  /** Budgets remembered at most, half of them at least; the longest unused are forgotten. */
  readonly maxBudgets?: number;
}

const MINUTE = 60;
const HOUR = 3_600;
/** An answer that takes longer counts as none: the limits go on without the other replicas. */
const PATIENCE_MS = 250;
const RETRY_MS = 1_000;
const MOST_AT_ONCE = 500;
const CLEAN_UP_EVERY_MS = 600_000;

interface Budget {
  minute: BudgetWindow;
  hour: BudgetWindow;
}

/**
 * Budgets per minute and hour, shared with the other replicas. A verdict comes from memory alone; leases are asked for in
 * the background, all that are wanted in one statement, one statement at a time. Without an answer every replica goes on by
 * itself.
 */
export class Budgets {
  private recent = new Map<string, Budget>();
  private older = new Map<string, Budget>();
  private readonly wanting = new Set<BudgetWindow>();
  private leasing: Promise<void> | undefined;
  /** When the statement under way was sent. */
  private sentAt: number | undefined;
  private alone = false;
  /** Said once per outage. */
  private failing = false;
  private notBefore = 0;
  private cleanedUpAt: number;

  constructor(private readonly options: BudgetsOptions) {
    this.cleanedUpAt = options.clock.now();
  }

  /** Takes one from every claim, or nothing from any. */
  judge(claims: readonly [Claim, ...Claim[]]): Verdict {
    const now = this.options.clock.now();
    if (this.sentAt !== undefined && now - this.sentAt > PATIENCE_MS) this.alone = true;
    const budgets = claims.map((claim) => this.budgetOf(claim, now));
    for (const { minute, hour } of budgets) {
      for (const window of [hour, minute]) {
        const verdict = window.judge(this.alone);
        if (verdict === 'passes') continue;
        this.want(window, now);
        return verdictOf(window, verdict === 'ahead' ? 1 : Math.ceil((window.endsAt - now) / 1000));
      }
    }
    for (const { minute, hour } of budgets) {
      for (const window of [minute, hour]) {
        window.pass();
        this.want(window, now);
      }
    }
    return verdictOf(budgets[0]!.hour, 0);
  }

  /** Resolves when nothing is under way. */
  async settled(): Promise<void> {
    while (this.leasing) await this.leasing;
  }

  /** How many are remembered. */
  get size(): number {
    return this.recent.size + this.older.size;
  }

  private budgetOf({ bucket, limit }: Claim, now: number): Budget {
    let budget = this.recent.get(bucket);
    if (!budget) {
      if (this.recent.size >= (this.options.maxBudgets ?? 50_000) / 2) {
        this.older = this.recent;
        this.recent = new Map();
      }
      budget = this.older.get(bucket) ?? {
        minute: openWindow(bucket, MINUTE, now, limit.requests_per_minute),
        hour: openWindow(bucket, HOUR, now, limit.requests_per_hour),
      };
      this.older.delete(bucket);
      this.recent.set(bucket, budget);
    }
    if (budget.minute.endsAt <= now) budget.minute = openWindow(bucket, MINUTE, now, limit.requests_per_minute);
    if (budget.hour.endsAt <= now) budget.hour = openWindow(bucket, HOUR, now, limit.requests_per_hour);
    budget.minute.limit = limit.requests_per_minute;
    budget.hour.limit = limit.requests_per_hour;
    return budget;
  }

  private want(window: BudgetWindow, now: number): void {
    if (now < this.notBefore || window.wants() === 0) return;
    this.wanting.add(window);
    this.leasing ??= this.leaseAll().finally(() => (this.leasing = undefined));
  }

  private async leaseAll(): Promise<void> {
    const { store, clock, onError } = this.options;
    // What the requests of this turn of the event loop want is asked for together.
    await new Promise<void>((resolve) => setImmediate(resolve));
    while (this.wanting.size > 0) {
      const windows = [...this.wanting].slice(0, MOST_AT_ONCE);
      const requests = windows.map((window) => ({
        ...{ bucket: window.bucket, seconds: window.seconds, endsAt: window.endsAt, limit: window.limit },
        amount: window.wants(),
      }));
      for (const window of windows) {
        this.wanting.delete(window);
        window.asked();
      }
      this.sentAt = clock.now();
      try {
        const leases = await store.lease(requests);
        windows.forEach((window, at) => window.answered(leases[at]));
        this.alone = false;
        this.failing = false;
      } catch (error) {
        for (const window of windows) window.notAnswered();
        this.wanting.clear();
        if (!this.failing) onError(error);
        this.failing = true;
        this.alone = true;
        this.notBefore = clock.now() + RETRY_MS;
        return;
      } finally {
        this.sentAt = undefined;
      }
    }
    await this.cleanUp(clock.now());
  }

  private async cleanUp(now: number): Promise<void> {
    if (now - this.cleanedUpAt < CLEAN_UP_EVERY_MS) return;
    this.cleanedUpAt = now;
    await this.options.store.cleanUp().catch(this.options.onError);
  }
}

/** Windows lie on the clock, so that all replicas have the same. */
function openWindow(bucket: string, seconds: number, now: number, limit: number): BudgetWindow {
  const length = seconds * 1_000;
  return new BudgetWindow(bucket, seconds, (Math.floor(now / length) + 1) * length, limit);
}

function verdictOf(window: BudgetWindow, retryAfterSeconds: number): Verdict {
  return {
    passes: retryAfterSeconds === 0,
    limit: window.limit,
    remaining: retryAfterSeconds === 0 ? window.remaining() : 0,
    resetsAt: Math.floor(window.endsAt / 1_000),
    retryAfterSeconds,
  };
}
