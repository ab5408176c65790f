import { createLockSession, type LockSession, type OwnerLock } from '@ao/event-log';
import { derivedId } from '@ao/kernel';
import type { ClientBase, Pool } from 'pg';
import { createAlarm } from './alarm';
import { timerStatements, type DueCommand } from './timers-table';

/** A timer as its handler gets it. */
export interface FiredTimer extends DueCommand {
  /** The same at every firing of this timer for this due time: the effect's command id, so that it happens once. */
  readonly command_id: string;
  /** Postgres' time when it was found due, ISO 8601 UTC; never before `due_at`. */
  readonly fired_at: string;
}

export interface TimersOptions {
  readonly pool: Pool;
  /** Where `timersTableSql` made the table. */
  readonly schema: string;
  /** Shared with others of the process if given; otherwise one of its own. */
  readonly locks?: LockSession;
  /**
   * The longest sleep, in milliseconds; default 500. It bounds how late a timer fires that another process scheduled and
   * did not `nudge` for, or whose transaction took longer to commit than the timer was to run.
   */
  readonly pollIntervalMs?: number;
  /** Handlers at work at the same time; default 64. */
  readonly concurrency?: number;
  /** Told of each failed handler (with its timer) and of each failure to reach Postgres. */
  readonly onError?: (error: unknown, timer?: FiredTimer) => void;
}

export interface Timers {
  /** Schedules or reschedules, by id, within the caller's transaction: with its commit and not without. */
  schedule(transaction: ClientBase, commands: readonly DueCommand[]): Promise<void>;
  /** Moves those that exist to another time. */
  move(transaction: ClientBase, moves: readonly Pick<DueCommand, 'timer_id' | 'due_at'>[]): Promise<void>;
  cancel(transaction: ClientBase, timerIds: readonly string[]): Promise<void>;
  /**
   * Fires timers for as long as this process is the schema's elected owner: never before their time (Postgres' time), at
   * least once. A handler that succeeds ends its timer, unless the timer was moved meanwhile; one that throws gets it
   * again later. After a crash, and when a stopped owner wakes up, a timer may fire again with the same `command_id`.
   */
  start(handler: (timer: FiredTimer) => Promise<void>): void;
  /** Looks at once: for a replica that hears that another one has scheduled something for soon. */
  nudge(): void;
  /** Waits for the handlers at work. */
  stop(): Promise<void>;
}

interface Due extends DueCommand {
  readonly revision: string;
}

const FIRST_RETRY_MS = 100;
const LONGEST_RETRY_MS = 30_000;

export function createTimers(options: TimersOptions): Timers {
  const { pool, schema } = options;
  const poll = options.pollIntervalMs ?? 500;
  const concurrency = options.concurrency ?? 64;
  const sql = timerStatements(schema);
  const alarm = createAlarm(poll);
  const working = new Set<string>();
  const resting = new Map<string, { until: number; failures: number }>();
  let finished: Due[] = [];
  let stopped = false;
  let running: Promise<void> | undefined;
  let ownLocks: LockSession | undefined;
  let lock: OwnerLock | undefined;

  async function fire(due: Due, fired_at: string, handler: (timer: FiredTimer) => Promise<void>): Promise<void> {
    const { timer_id, due_at, kind, payload } = due;
    const command_id = derivedId('timer', timer_id, due_at);
    const timer: FiredTimer = { timer_id, due_at, kind, payload, fired_at, command_id };
    try {
      await handler(timer);
      resting.delete(timer_id);
      finished.push(due);
    } catch (error) {
      const failures = resting.get(timer_id)?.failures ?? 0;
      const rest = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(failures, 20));
      resting.set(timer_id, { until: performance.now() + rest * (0.5 + Math.random() / 2), failures: failures + 1 });
      working.delete(timer_id);
      options.onError?.(error, timer);
    }
    alarm.ring();
  }

  /** Until their rows are gone, timers count as being worked at, or the next look would find them again. */
  async function forgetFinished(): Promise<void> {
    if (finished.length === 0) return;
    const done = finished;
    finished = [];
    try {
      const values = [done.map(({ timer_id }) => timer_id), done.map(({ revision }) => revision)];
      await pool.query({ ...sql.done, values });
    } catch (error) {
      finished = [...done, ...finished];
      throw error;
    }
    for (const { timer_id } of done) working.delete(timer_id);
  }

  /** Those not to be fired now; sets the alarm for the first that may be tried again. */
  function excluded(): string[] {
    const now = performance.now();
    const ids = [...working];
    for (const [timerId, { until }] of resting) {
      if (until > now) {
        ids.push(timerId);
        alarm.within(until - now);
      } else if (until < now - 2 * LONGEST_RETRY_MS) resting.delete(timerId); // was cancelled while it rested
    }
    return ids;
  }

  /** Fires what is due and sets the alarm for what comes next. */
  async function look(handler: (timer: FiredTimer) => Promise<void>): Promise<void> {
    alarm.within(poll);
    await forgetFinished();
    const room = concurrency - working.size;
    if (room <= 0) return; // a free hand rings
    const { rows } = await pool.query<{ due: Due[] | null; now: string; next_in: number | null }>({
      ...sql.due,
      values: [excluded(), room],
    });
    const { due, now, next_in } = rows[0]!;
    alarm.tellTime(Date.parse(now));
    for (const timer of due ?? []) {
      alarm.found(timer.timer_id);
      working.add(timer.timer_id);
      void fire(timer, now, handler);
    }
    if (due?.length === room) alarm.ring();
    else if (next_in !== null) alarm.within(next_in);
  }

  async function run(handler: (timer: FiredTimer) => Promise<void>, elected: OwnerLock): Promise<void> {
    let failures = 0;
    while (!stopped) {
      let owner: AbortSignal;
      try {
        owner = await elected.acquired();
      } catch {
        return; // given up by stop()
      }
      owner.addEventListener('abort', alarm.ring);
      alarm.ring();
      while (!owner.aborted && !stopped) {
        await alarm.next();
        if (owner.aborted || stopped) break;
        try {
          await look(handler);
          failures = 0;
        } catch (error) {
          options.onError?.(error);
          alarm.within(Math.min(2_000, 50 * 2 ** failures++));
        }
      }
      owner.removeEventListener('abort', alarm.ring);
    }
  }

  return {
    async schedule(transaction, commands) {
      await sql.schedule(transaction, commands);
      if (lock?.held()) for (const { timer_id, due_at } of commands) alarm.expect(timer_id, Date.parse(due_at));
    },
    async move(transaction, moves) {
      await sql.move(transaction, moves);
      if (lock?.held()) for (const { timer_id, due_at } of moves) alarm.expect(timer_id, Date.parse(due_at));
    },
    async cancel(transaction, timerIds) {
      await sql.cancel(transaction, timerIds);
      for (const timerId of timerIds) alarm.found(timerId);
    },
    start(handler) {
      if (running) return;
      const session =
        options.locks ?? (ownLocks = createLockSession({ pool, onError: (error) => options.onError?.(error) }));
      lock = session.lock(`${schema}.timers`);
      running = run(handler, lock);
    },
    nudge: alarm.ring,
    async stop() {
      if (stopped) return running;
      stopped = true;
      // The handlers at work are finished first; only then may another replica begin.
      const gaveUp = lock?.held() ? undefined : lock?.release();
      alarm.ring();
      await running;
      while (working.size > finished.length) await alarm.next();
      await forgetFinished().catch(() => undefined); // they fire again elsewhere, with the same command ids
      await (gaveUp ?? lock?.release());
      await ownLocks?.stop();
      alarm.off();
    },
  };
}
