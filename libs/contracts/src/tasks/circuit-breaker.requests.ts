import { z } from 'zod';
import { command, query, type DataOf } from '../contract';
import { Id, Time, text } from '../text';
import { BreakerCounts, BreakerName, BreakerPolicy, BreakerScope } from './circuit-breaker';

/** Makes it or gives it another configuration, always the whole one. 409 `breaker_scope_fixed` for another scope. */
export const configureBreaker = command(
  'tasks.configure_breaker',
  BreakerPolicy.extend({ name: BreakerName, scope: BreakerScope }),
  z.object({ breaker_id: Id, created: z.boolean() }),
);
export type ConfigureBreaker = DataOf<typeof configureBreaker>;

const BreakerReference = z.object({ breaker_id: Id, reason: text(500) });
const Changed = z.object({ at: Time });

/** Holds it open or closed whatever happens. 409 `breaker_is_for_each` for one that is for `*`, which has no state. */
export const forceBreaker = command(
  'tasks.force_breaker',
  BreakerReference.extend({ state: z.enum(['forced_open', 'forced_closed']) }),
  Changed,
);
export type ForceBreaker = DataOf<typeof forceBreaker>;

/** Closes it, and counts from nothing. */
export const resetBreaker = command('tasks.reset_breaker', BreakerReference, Changed);
export type ResetBreaker = DataOf<typeof resetBreaker>;

export const deleteBreaker = command('tasks.delete_breaker', z.object({ breaker_id: Id }), Changed);
export type DeleteBreaker = DataOf<typeof deleteBreaker>;

/** The outcomes that are in each breaker's window now; one without any is missing. */
export const breakerCounts = query(
  'tasks.breaker_counts',
  z.object({ breaker_ids: z.array(Id).max(1_000) }),
  z.object({ counts: z.array(BreakerCounts.extend({ breaker_id: Id })) }),
);
