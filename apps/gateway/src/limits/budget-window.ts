/**
 * A burst that comes within one round trip to Postgres is not refused by mistake as long as it is no larger: the usual limit
 * of a minute is not.
 */
const LEAST_SLICE = 100;

/** How far ahead of what it has leased a replica may go: the most by which it can exceed the limit. */
export const sliceOf = (limit: number): number => Math.max(Math.ceil(limit / 4), Math.min(limit, LEAST_SLICE));

/**
 * One window of one budget as this replica knows it. It lets requests pass on credit, up to a slice, and leases afterwards
 * what they took, with some in advance when there are many.
 */
export class BudgetWindow {
  /** Let pass by this replica. */
  private passed = 0;
  /** Granted to this replica. */
  private leased = 0;
  /** Granted to all replicas, as last heard. */
  private used = 0;
  private asking = false;

  constructor(
    readonly bucket: string,
    readonly seconds: number,
    /** Milliseconds since the Unix epoch. */
    readonly endsAt: number,
    /** May change while the window lasts. */
    public limit: number,
  ) {}

  /** What is left for everybody, the other replicas' part as last heard. */
  remaining(): number {
    return Math.max(0, this.limit - this.ofOthers() - this.passed);
  }

  /** `ahead`: there may be some left, but Postgres has not said so yet. Alone, without Postgres, a replica does not wait for that. */
  judge(alone: boolean): 'passes' | 'spent' | 'ahead' {
    if (this.remaining() === 0) return 'spent';
    return alone || this.passed < this.leased + sliceOf(this.limit) ? 'passes' : 'ahead';
  }

  pass(): void {
    this.passed += 1;
  }

  /** How much to ask for now; 0: nothing yet, or in vain. */
  wants(): number {
    const debt = this.passed - this.leased;
    const slice = sliceOf(this.limit);
    if (this.asking || debt < Math.max(1, Math.floor(this.limit / 20)) || this.used >= this.limit) return 0;
    return debt + Math.min(slice, this.passed);
  }

  asked(): void {
    this.asking = true;
  }

  /** The answer; `undefined`: nothing is left to lease. */
  answered(lease: { readonly granted: number; readonly used: number } | undefined): void {
    this.asking = false;
    this.leased += lease?.granted ?? 0;
    this.used = lease?.used ?? Math.max(this.used, this.limit);
  }

  notAnswered(): void {
    this.asking = false;
  }

  private ofOthers(): number {
    return Math.max(0, this.used - this.leased);
  }
}
