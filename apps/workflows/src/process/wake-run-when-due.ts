import { inTransaction } from '@ao/event-log';
import { isoTime, isRejection, systemMetadata, type Clock } from '@ao/kernel';
import type { DueCommand, FiredTimer, Timers } from '@ao/timers';
import type { Pool } from 'pg';
import { nextWake } from '../run/next-wake';
import type { Runs } from './runs';

/** The kind of timer at which a run looks at the clock. */
export const RUN_WAKE = 'run-wake';

/** Postgres' clock, by which timers fire, and the decider's may differ by less than this. */
const SOON_MS = 20;

export const runTimerId = (run_id: string): string => `run-${run_id}`;

export function runTimer(run_id: string, due_at: string): DueCommand {
  return { timer_id: runTimerId(run_id), due_at, kind: RUN_WAKE, payload: { run_id } };
}

export interface WakeRunOptions {
  readonly runs: Pick<Runs, 'tell' | 'freshState'>;
  readonly clock: Clock;
  readonly pool: Pool;
  readonly timers: Pick<Timers, 'schedule'>;
}

/**
 * Wakes a run whose time has come. The decider looks at the clock again and does nothing early; then, and where there is more to
 * do at once, the timer comes again. What is due later the subscription sets anew.
 */
export function wakeRunWhenDue({ runs, clock, pool, timers }: WakeRunOptions) {
  return async ({ payload, command_id }: Pick<FiredTimer, 'payload' | 'command_id'>): Promise<void> => {
    const { run_id } = payload as { run_id: string };
    const outcome = await runs.tell({ type: 'Wake', data: { run_id } }, systemMetadata('timers', command_id));
    if (isRejection(outcome) && outcome.rejection === 'unavailable') throw new Error(outcome.message);
    const run = await runs.freshState(run_id);
    const wake = run ? nextWake(run) : null;
    const soon = clock.now() + SOON_MS;
    if (wake === null || Date.parse(wake) > soon) return;
    await inTransaction(pool, (transaction) => timers.schedule(transaction, [runTimer(run_id, isoTime(soon))]));
  };
}
