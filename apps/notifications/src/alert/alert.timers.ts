import { inTransaction } from '@ao/event-log';
import { isoTime, type Clock } from '@ao/kernel';
import type { DueCommand, FiredTimer, Timers } from '@ao/timers';
import type { Pool } from 'pg';
import { nextStep, verdictAt } from './alert.plan';
import { deadLettersSince, isUnchanged, loadSubjects } from './alert.store';
import type { Verdict } from './alert.verdict';
import { watchDeadLetters, type DeadLetterLimits } from './dead-letters.watch';
import { plansOf } from './watched-subjects';

/** The kind of timer that looks at one thing that is watched. */
export const ALERT_LOOK = 'alert-look';
/** The kind of the timer that counts dead letters. */
export const DEAD_LETTER_LOOK = 'alert-dead-letters';

/** A timer that fires so much later than it was due fires in a service that was away. */
const LATE_MS = 30_000;
/** So long it then waits: what else was away (an agent that renews, the rest of the log) may have changed it by then. */
const GRACE_MS = 60_000;

interface Look {
  readonly subject: string;
  /** It came late once, and has waited. */
  readonly waited?: boolean;
}

export const alertTimerId = (subject: string) => `alert-${subject}`;

export function alertTimer(subject: string, due_at: string, waited = false): DueCommand {
  const payload: Look = waited ? { subject, waited } : { subject };
  return { timer_id: alertTimerId(subject), due_at, kind: ALERT_LOOK, payload };
}

export function deadLetterTimer(due_at: string): DueCommand {
  return { timer_id: DEAD_LETTER_LOOK, due_at, kind: DEAD_LETTER_LOOK, payload: {} };
}

export interface AlertTimerOptions {
  readonly pool: Pool;
  readonly timers: Pick<Timers, 'schedule'>;
  readonly clock: Clock;
  readonly say: (verdict: Verdict) => Promise<void>;
}

/** Looks at one thing as it is now, says what is to be said of it, and looks again at its next step. */
export function lookAtSubject({ pool, timers, clock, say }: AlertTimerOptions) {
  return async ({ payload, due_at }: Pick<FiredTimer, 'payload' | 'due_at'>): Promise<void> => {
    const { subject, waited } = payload as Look;
    const now = clock.now();
    const found = (await loadSubjects(pool, [subject])).get(subject);
    const plans = plansOf(subject, found?.document);
    const late = !waited && now - Date.parse(due_at) > LATE_MS;
    if (!late) for (const plan of plans) await say(verdictAt(plan, now));
    const next = late ? now + GRACE_MS : nextStep(plans, now);
    if (next === undefined) return;
    await inTransaction(pool, async (transaction) => {
      // What happened to it meanwhile has arranged the next look itself. What is gone is only looked at once more.
      if (found && !(await isUnchanged(transaction, subject, found.position))) return;
      await timers.schedule(transaction, [alertTimer(subject, isoTime(next), late)]);
    });
  };
}

/** Looks again a tenth of the window later, for as long as there is something in it. */
export function lookAtDeadLetters({ pool, timers, clock, say }: AlertTimerOptions, limits: DeadLetterLimits) {
  const windowMs = limits.window_seconds * 1_000;
  return async (): Promise<void> => {
    const now = clock.now();
    const count = await deadLettersSince(pool, now - windowMs);
    const verdict = watchDeadLetters(count, limits);
    if (verdict) await say(verdict);
    if (count === 0) return;
    const again = deadLetterTimer(isoTime(now + Math.min(10_000, Math.max(250, windowMs / 10))));
    await inTransaction(pool, (transaction) => timers.schedule(transaction, [again]));
  };
}
