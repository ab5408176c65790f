import { pause } from '@ao/event-log';
import type { DeliveryStore } from './delivery.store';
import type { TargetHealth } from './delivery.types';
import type { EndedAttempt } from './ended-attempt';

export interface RecorderOptions {
  readonly store: Pick<DeliveryStore, 'record'>;
  /** They are in the table. */
  readonly recorded: (attempts: readonly EndedAttempt[], targets: readonly TargetHealth[]) => void;
  readonly onError: (error: unknown) => void;
}

export interface Recorder {
  add(attempt: EndedAttempt): void;
  /** How many are not in the table yet. */
  waiting(): number;
  /** Writes what is left; gives up after so many milliseconds. */
  stop(withinMs: number): Promise<void>;
}

const MOST_AT_ONCE = 500;
const LONGEST_WAIT_MS = 2_000;

/**
 * Writes ended attempts: one statement under way, and whatever ends meanwhile goes with the next. What cannot be written is
 * tried again for as long as it takes: an attempt that is not in the table is made once more.
 */
export function createRecorder({ store, recorded, onError }: RecorderOptions): Recorder {
  let waiting: EndedAttempt[] = [];
  let writing: Promise<void> | undefined;
  const gaveUp = new AbortController();

  async function write(): Promise<void> {
    let failures = 0;
    let most = MOST_AT_ONCE;
    while (waiting.length > 0 && !gaveUp.signal.aborted) {
      const batch = waiting.slice(0, most);
      try {
        const targets = await store.record(batch);
        waiting = waiting.slice(batch.length);
        failures = 0;
        recorded(batch, targets);
      } catch (error) {
        onError(error);
        if (isDataError(error)) {
          // One by one, and without what receivers said where even that is refused: nothing may hold up the rest.
          if (most === 1) waiting = [{ ...batch[0]!, response: null, detail: null }, ...waiting.slice(1)];
          most = 1;
        }
        await pause(Math.min(LONGEST_WAIT_MS, 50 * 2 ** Math.min(failures++, 10)), gaveUp.signal);
      }
    }
  }

  function begin(): void {
    writing ??= Promise.resolve()
      .then(write)
      .finally(() => {
        writing = undefined;
        // One may have come after the last look.
        if (waiting.length > 0 && !gaveUp.signal.aborted) begin();
      });
  }

  return {
    add(attempt) {
      waiting.push(attempt);
      begin();
    },
    waiting: () => waiting.length,
    async stop(withinMs) {
      const late = setTimeout(() => gaveUp.abort(), withinMs);
      while (writing) await writing;
      clearTimeout(late);
    },
  };
}

/** Postgres refuses a value. */
function isDataError(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && code.startsWith('22');
}
