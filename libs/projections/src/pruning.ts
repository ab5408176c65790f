import type { Clock } from '@ao/kernel';
import type { Pool } from 'pg';

const EVERY_MS = 600_000;
const AT_ONCE = 5_000;

export interface PruningOptions {
  readonly pool: Pick<Pool, 'query'>;
  readonly clock: Clock;
  /** Deletes rows that are before `$1`, `$2` of them at most; its name is the prepared statement's. */
  readonly statement: { readonly name: string; readonly text: string };
  /** The first key or day that is kept. `now`: milliseconds since the Unix epoch. */
  readonly keepFrom: (now: number) => string;
  readonly onError: (error: unknown) => void;
}

/**
 * Takes rows of a projection away that nobody asks for any more, every ten minutes, some at a time. Any number of replicas
 * may do it, and nothing depends on when: a rebuild makes them all again, and they go again.
 */
export class Pruning {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;

  constructor(private readonly options: PruningOptions) {}

  start(): void {
    this.timer = setInterval(() => void this.prune(), EVERY_MS).unref();
  }

  /** All there are now. Never rejects. */
  prune(): Promise<void> {
    return (this.running ??= this.pruneAll()
      .catch((error: unknown) => this.options.onError(error))
      .finally(() => (this.running = undefined)));
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.running;
  }

  private async pruneAll(): Promise<void> {
    const { pool, clock, statement, keepFrom } = this.options;
    const from = keepFrom(clock.now());
    for (;;) {
      const { rowCount } = await pool.query({ ...statement, values: [from, AT_ONCE] });
      if ((rowCount ?? 0) < AT_ONCE) return;
    }
  }
}
