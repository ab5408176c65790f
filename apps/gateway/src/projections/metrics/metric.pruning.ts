import path from 'node:path';
import { sqlFile } from '@ao/event-log';
import type { Clock } from '@ao/kernel';
import type { Pool } from 'pg';
import { firstCounter } from './metric.buckets';

const PRUNE = sqlFile(path.join(__dirname, 'sql', 'prune-minutes.sql'));
const EVERY_MS = 600_000;
const AT_ONCE = 5_000;
/** Longer than the longest period that is told in minutes. */
const KEPT_MS = 2 * 86_400_000;

export interface MinutePruningOptions {
  readonly pool: Pick<Pool, 'query'>;
  readonly clock: Clock;
  readonly onError: (error: unknown) => void;
}

/**
 * Takes minutes away that nobody asks for any more; hours stay. Any number of replicas may do it, and nothing depends on
 * when: a rebuild makes them all again, and they go again.
 */
export class MinutePruning {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;

  constructor(private readonly options: MinutePruningOptions) {}

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
    const { pool, clock } = this.options;
    const before = firstCounter('minute', clock.now() - KEPT_MS);
    for (;;) {
      const { rowCount } = await pool.query({ name: 'prune_metric_minutes', text: PRUNE, values: [before, AT_ONCE] });
      if ((rowCount ?? 0) < AT_ONCE) return;
    }
  }
}
