import type { Logger } from '@ao/platform';
import type { Pool } from 'pg';
import { addEntries, type NewEntry } from './trigger-tables';

const AFTER_MS = 200;
const MOST_WAITING = 1_000;

/**
 * Entries that nothing hangs on, written some at a time: requests that were refused come from anybody, and as many as anybody
 * likes. What is too much, or was not written when the process died, is not in the history.
 */
export class HistoryBuffer {
  private waiting: NewEntry[] = [];
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly pool: Pool,
    private readonly logger: Pick<Logger, 'warn'>,
  ) {}

  add(entry: NewEntry): void {
    if (this.waiting.length >= MOST_WAITING) return;
    this.waiting.push(entry);
    this.timer ??= setTimeout(() => void this.flush(), AFTER_MS);
  }

  flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const entries = this.waiting;
    this.waiting = [];
    if (entries.length > 0)
      this.writing = this.writing
        .then(() => addEntries(this.pool, entries))
        .catch((err: unknown) => this.logger.warn({ err }, 'what did not fire could not be recorded'));
    return this.writing;
  }
}
