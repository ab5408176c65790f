import { inTransaction } from '@ao/event-log';
import { ExpressionError } from '@ao/expressions';
import { derivedId, isoTime, type Clock } from '@ao/kernel';
import type { FiredTimer, Timers } from '@ao/timers';
import type { ClientBase, Pool } from 'pg';
import { z } from 'zod';
import { compileTrigger, type CompiledTrigger } from './compile-trigger';
import { cronDue, type CronConfig } from './cron.rules';
import { readFigures, type Figures } from './figures';
import { causeOf, entryOf, type Firings } from './firings';
import { addEntries, lockTrigger, saveJudgement, type LockedTrigger } from './trigger-tables';

/** `at`: the time that it is for. `revision`: of the trigger it was made for. */
const Payload = z.object({ trigger_id: z.uuid(), revision: z.int(), at: z.iso.datetime() });

export interface FireTriggersOptions {
  readonly pool: Pool;
  readonly firings: Firings;
  readonly clock: Clock;
  readonly timers: Pick<Timers, 'schedule' | 'nudge'>;
}

/**
 * The timers of cron and condition triggers: what they lead to, their own next time and what they have seen commit together,
 * so that a timer which comes again finds its time moved on.
 */
export function fireTriggersWhenDue({ pool, firings, clock, timers }: FireTriggersOptions) {
  /** With the trigger locked, if the timer is still one of it. */
  async function withTrigger(
    { timer_id, kind, payload: given }: FiredTimer,
    work: (
      transaction: ClientBase,
      trigger: LockedTrigger,
      compiled: CompiledTrigger,
      at: number,
    ) => Promise<number | undefined>,
  ): Promise<void> {
    const payload = Payload.parse(given);
    await inTransaction(pool, async (transaction) => {
      const trigger = await lockTrigger(transaction, payload.trigger_id);
      if (!trigger || trigger.enabled_at === null || trigger.revision !== payload.revision) return;
      const compiled = compileTrigger(trigger.terms);
      if ('pointer' in compiled) return;
      const next = await work(transaction, trigger, compiled, Date.parse(payload.at));
      if (next === undefined) return;
      const due_at = isoTime(next);
      await timers.schedule(transaction, [{ timer_id, due_at, kind, payload: { ...payload, at: due_at } }]);
    });
    timers.nudge();
  }

  return {
    cron: (timer: FiredTimer): Promise<void> =>
      withTrigger(timer, async (transaction, { trigger_id }, trigger, first) => {
        // Postgres' clock has said that it is time; this one may be some milliseconds behind.
        const now = Math.max(first, clock.now());
        const { fire, missed, next } = cronDue(trigger.terms.config as CronConfig, first, now);
        if (missed) {
          const [from, through] = [isoTime(missed.from), isoTime(missed.through)];
          const cause = causeOf('cron', { scheduled_for: through });
          const detail = `${missed.count} of its times, from ${from} to ${through}, passed while nothing fired`;
          await addEntries(transaction, [
            entryOf({ trigger_id, cause, at: isoTime(now) }, { reason: 'missed', detail }),
          ]);
        }
        for (const time of fire) {
          const scheduled_for = isoTime(time);
          await firings.admit(transaction, {
            ...{ trigger_id, trigger, depth: 1, at: isoTime(now), variables: { scheduled_for } },
            firing_id: derivedId('trigger-firing', trigger_id, scheduled_for),
            cause: causeOf('cron', { scheduled_for }),
          });
        }
        return next;
      }),

    condition: (timer: FiredTimer): Promise<void> =>
      withTrigger(timer, async (transaction, before, trigger, looked) => {
        const { trigger_id } = before;
        const now = clock.now();
        const at = isoTime(now);
        const figures = await readFigures(transaction, at);
        const judged = judge(trigger, figures);
        const cause = causeOf('condition', { scheduled_for: isoTime(looked) });
        const condition_error = 'error' in judged ? judged.error : null;
        // It fires as it becomes true, and says so when it no longer is: what stays as it is says nothing.
        let is_met = 'error' in judged ? before.is_met : judged.met;
        if (condition_error !== null && condition_error !== before.condition_error)
          await addEntries(transaction, [
            entryOf({ trigger_id, cause, at }, { reason: 'condition_error', detail: condition_error }),
          ]);
        if (before.is_met && !is_met)
          await addEntries(transaction, [entryOf({ trigger_id, cause, at }, { reason: 'condition_false' })]);
        if (!before.is_met && is_met) {
          const firing_id = derivedId('trigger-firing', trigger_id, isoTime(looked));
          const variables = { ...figures };
          const admission = await firings.admit(transaction, {
            ...{ trigger_id, trigger, depth: 1, at, cause, firing_id, variables },
          });
          // What was throttled is looked at again.
          is_met = admission.fired || admission.reason === 'replayed';
        }
        await saveJudgement(transaction, trigger_id, { is_met, condition_error });
        const { config } = trigger.terms;
        const every = config.type === 'condition' ? config.every_seconds * 1_000 : Number.POSITIVE_INFINITY;
        return looked + every * (Math.floor(Math.max(0, now - looked) / every) + 1);
      }),
  };
}

/** Whether the condition holds over these figures, or why that cannot be told. */
export function judge({ figures }: CompiledTrigger, now: Figures): { met: boolean } | { error: string } {
  if (!figures) return { error: 'it has no condition' };
  try {
    const value = figures.evaluate({ ...now });
    return typeof value === 'boolean' ? { met: value } : { error: 'the condition is neither true nor false' };
  } catch (error) {
    if (error instanceof ExpressionError) return { error: error.message };
    throw error;
  }
}
