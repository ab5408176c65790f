import type { DELIVERY_STATES } from '@ao/contracts';
import { isoTime } from '@ao/kernel';
import type { QueuedDelivery } from './delivery.store';
import type { AttemptError, AttemptResult } from './delivery.types';
import { nextAttemptAt } from './schedule';

/** An attempt and what it makes of its delivery, as it is written. */
export interface EndedAttempt {
  readonly delivery_id: string;
  readonly target_id: string;
  readonly target_kind: string;
  readonly number: number;
  readonly tries: number;
  readonly at: string;
  readonly duration_ms: number;
  readonly status_code: number | null;
  readonly error: AttemptError | null;
  readonly detail: string | null;
  readonly response: string | null;
  readonly state: (typeof DELIVERY_STATES)[number];
  readonly due_at: string | null;
  readonly gone: boolean;
}

/** The log keeps no more of what a receiver says, in characters. */
const LONGEST_TEXT = 2_048;

/** What is kept of a result, and fits into a column of text. */
export function keptOf(result: AttemptResult) {
  const kept = (text: string | undefined) =>
    text === undefined ? null : text.slice(0, LONGEST_TEXT).toWellFormed().replaceAll('\u0000', '\uFFFD');
  return {
    status_code: result.status_code ?? null,
    response: kept(result.response),
    error: result.delivered ? null : result.error,
    detail: result.delivered ? null : kept(result.detail),
  };
}

export interface EndOfAttempt {
  /** Both in Postgres' time, milliseconds since the Unix epoch. */
  readonly startedAt: number;
  readonly now: number;
  /** From 0 to 1. */
  readonly random: number;
  readonly holdsWhenGone?: boolean;
}

/** Pure. */
export function endedAttempt(
  delivery: QueuedDelivery,
  result: AttemptResult,
  { startedAt, now, random, holdsWhenGone = false }: EndOfAttempt,
): EndedAttempt {
  const tries = delivery.tries + 1;
  const gone = holdsWhenGone && !result.delivered && result.final === 'gone';
  const final = result.delivered || result.final !== undefined;
  // What got the answer waits with all else that is held, and is sent with it once the target is released.
  const next = gone ? now : final ? undefined : nextAttemptAt(tries, now, random, result.retry_after_ms);
  return {
    ...{ delivery_id: delivery.delivery_id, number: delivery.attempt, tries },
    ...{ target_id: delivery.target.id, target_kind: delivery.target.kind },
    ...{ at: isoTime(startedAt), duration_ms: Math.max(0, Math.round(now - startedAt)), ...keptOf(result) },
    state: result.delivered ? 'delivered' : next === undefined ? 'failed' : 'pending',
    due_at: next === undefined ? null : isoTime(next),
    gone,
  };
}
