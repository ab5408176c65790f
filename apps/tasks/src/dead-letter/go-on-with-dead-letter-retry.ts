import type { CommandShell } from '@ao/event-log';
import { addMilliseconds, derivedId, isRejection, type Actor, type CommandMetadata } from '@ao/kernel';
import type { DueCommand, FiredTimer } from '@ao/timers';
import { taskAggregate } from '../task/task.aggregate';
import { deadLetterRetryAggregate, type KnownRetry } from './dead-letter-retry.decider';
import type { DeadLetterStore } from './dead-letter.store';

export const DEAD_LETTER_RETRY = 'dead_letter_retry';
/** Tasks per part: what is done again when a process dies in the middle, and recognised task by task. */
const PART = 500;
const IN_FLIGHT = 64;

/** Who started the retry answers for every task of it. */
export interface RetryTimer {
  readonly retry_id: string;
  readonly actor: Actor;
  readonly correlation_id: string;
}

/** One timer per retry: each part that is done sets it for the next one. */
export function retryTimer(payload: RetryTimer, due_at: string): DueCommand {
  return { timer_id: `dead-letter-retry-${payload.retry_id}`, due_at, kind: DEAD_LETTER_RETRY, payload };
}

export interface GoOnOptions {
  readonly store: Pick<DeadLetterStore, 'next'>;
  readonly shell: Pick<CommandShell, 'run' | 'state'>;
}

/**
 * Does the next part of a retry. Every task has its own command id, derived from the retry: a part that is done again
 * after a crash retries nothing twice. The rate lies in the times from which on the tasks may be given out, so that the
 * retry itself is done in no time and depends on nobody who waits.
 */
export function goOnWithDeadLetterRetry({ store, shell }: GoOnOptions) {
  return async ({ payload, command_id }: Pick<FiredTimer, 'payload' | 'command_id'>): Promise<void> => {
    const { retry_id, actor, correlation_id } = payload as RetryTimer;
    const { state } = await shell.state(deadLetterRetryAggregate, retry_id, { fresh: true });
    if (state.status !== 'running') return;
    const metadata = { actor, correlation_id, causation_id: command_id };
    const part = await store.next(state, state.through, PART);
    const done = await retryAll(part, state, metadata);
    await shell.run(deadLetterRetryAggregate, retry_id, {
      type: 'AdvanceDeadLetterRetry',
      data: { retry_id, after: state.through, through: part.at(-1)?.position ?? null, ...done },
      metadata: { ...metadata, command_id: derivedId('advance-dead-letter-retry', retry_id, state.through) },
    });
  };

  async function retryAll(
    part: readonly { readonly task_id: string }[],
    state: KnownRetry,
    metadata: Omit<CommandMetadata, 'command_id'>,
  ): Promise<{ retried: number; skipped: number }> {
    const before = state.retried + state.skipped;
    const waiting = part.map(({ task_id }, index) => ({ task_id, number: before + index })).reverse();
    let retried = 0;
    const worker = async (): Promise<void> => {
      for (let next = waiting.pop(); next; next = waiting.pop()) {
        if (await retryOne(next.task_id, readyAt(state, next.number), state.retry_id, metadata)) retried += 1;
      }
    };
    await Promise.all(Array.from({ length: Math.min(IN_FLIGHT, part.length) }, worker));
    return { retried, skipped: part.length - retried };
  }

  async function retryOne(
    task_id: string,
    not_before: string | undefined,
    retryId: string,
    metadata: Omit<CommandMetadata, 'command_id'>,
  ): Promise<boolean> {
    const command_id = derivedId('retry-dead-letter', retryId, task_id);
    const result = await shell.run(
      taskAggregate,
      task_id,
      {
        type: 'RetryTask',
        data: { task_id, not_before, only_dead_lettered: true },
        metadata: { ...metadata, command_id },
      },
      // Its place in the row may be another one when it is done again.
      { payload: { task_id } },
    );
    if (!isRejection(result)) return true;
    if (result.rejection === 'unavailable') throw new Error(result.message);
    return false;
  }
}

/** One after another at the retry's rate, the first at once. */
function readyAt({ rate_per_second, started_at }: KnownRetry, number: number): string | undefined {
  if (rate_per_second === undefined || number === 0) return undefined;
  return addMilliseconds(started_at, Math.round((number * 1_000) / rate_per_second));
}
