import type { DispatchRate } from '@ao/contracts';

/**
 * A rate: `tasks` at once while nothing went before, and then evenly so many in each `per_seconds`. Times are
 * milliseconds of one clock that does not run backwards.
 */
export class TokenBucket {
  private tokens: number;
  private readonly perMs: number;

  constructor(
    readonly rate: DispatchRate,
    private at: number,
  ) {
    this.tokens = rate.tasks;
    this.perMs = rate.tasks / (1000 * rate.per_seconds);
  }

  /** When there is a token; undefined: there is one. */
  next(now: number): number | undefined {
    this.refill(now);
    // What is missing by rounding alone must not be waited for for ever.
    return this.tokens >= 1 - 1e-9 ? undefined : now + Math.max(1, Math.ceil((1 - this.tokens) / this.perMs));
  }

  take(now: number): void {
    this.refill(now);
    this.tokens -= 1;
  }

  isFull(now: number): boolean {
    this.refill(now);
    return this.tokens >= this.rate.tasks;
  }

  private refill(now: number): void {
    if (now <= this.at) return;
    this.tokens = Math.min(this.rate.tasks, this.tokens + (now - this.at) * this.perMs);
    this.at = now;
  }
}
