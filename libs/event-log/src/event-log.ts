import type { Pool } from 'pg';
import { createAppender, type AppenderLimits } from './appender';
import { ask, createEventReader } from './event-reader';
import type { EventLogMetrics } from './event-log.metrics';
import { createLogClock, type LogClock } from './log-clock';
import { waitForLog } from './schema-version';
import type { CommitBus } from './subscription.types';
import type { EventAppender, EventReader, Position, RecordedEvent } from './types';

export interface EventLog extends EventReader, EventAppender {
  /** Postgres' time, refreshed by every reply. */
  readonly clock: LogClock;
  /**
   * Waits until the schema is there and the clock is set.
   * @throws Error when the server would lose acknowledged appends, LogUnavailableError after `timeoutMs` (default 60 s)
   */
  ready(timeoutMs?: number): Promise<void>;
  /** The stored answer of a command, if it was appended and not yet pruned. */
  answerOf(commandId: string): Promise<StoredAnswer | undefined>;
  /** Takes no more appends and waits for those taken. The pool stays open: it is its maker's. */
  close(): Promise<void>;
}

export interface StoredAnswer {
  /** SHA-256 (hex) of the command that got it. */
  readonly command_hash: string;
  readonly position: Position;
  readonly result: unknown;
}

export interface EventLogOptions {
  readonly pool: Pool;
  /** Hears of every commit made here. */
  readonly bus?: CommitBus;
  readonly upcasters?: { upcast(event: RecordedEvent): RecordedEvent };
  readonly metrics?: EventLogMetrics;
  readonly limits?: Partial<AppenderLimits>;
}

const CLOCK_REFRESH_MS = 30_000;

/** The one way into the log and out of it, for a process. */
export function createEventLog(options: EventLogOptions): EventLog {
  const { pool } = options;
  const clock = createLogClock();
  const appender = createAppender({ ...options, clock });
  const reader = createEventReader(options);

  async function setClock(): Promise<void> {
    const sent = performance.now();
    const { rows } = await pool.query<{ now: number }>(
      `select (extract(epoch from clock_timestamp()) * 1000000)::bigint as now`,
    );
    clock.heard(Number(rows[0]!.now), sent);
  }
  // A process that only reads hears no time otherwise. A failure leaves the clock running on its last estimate.
  let refresh: NodeJS.Timeout | undefined;

  return {
    ...reader,
    append: appender.append,
    clock,
    async ready(timeoutMs = 60_000) {
      await waitForLog(pool, timeoutMs);
      await setClock();
      refresh ??= setInterval(() => void setClock().catch(() => undefined), CLOCK_REFRESH_MS).unref();
    },
    async answerOf(commandId) {
      const rows = await ask<StoredAnswer>(pool, {
        name: 'log_answer_of',
        text: `select encode(command_hash, 'hex') as command_hash, position, result
                 from event_log.commands where command_id = $1`,
        values: [commandId],
      });
      return rows[0];
    },
    async close() {
      clearInterval(refresh);
      await appender.close();
    },
  };
}
