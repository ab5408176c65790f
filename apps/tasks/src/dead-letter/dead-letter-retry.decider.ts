import {
  deadLetterRetryEvents,
  schemaVersionsOf,
  type DeadLetterFilter,
  type DeadLetterRetryEvent,
} from '@ao/contracts';
import type { Aggregate } from '@ao/event-log';
import { accept, assertNever, reject, type Command, type Decider, type Decision } from '@ao/kernel';

/**
 * The retry of many dead letters, which goes through them in the order in which they became that:
 *
 *     absent ──started──▶ running ──advanced──▶ running ──finished──▶ finished
 */
export type DeadLetterRetryState = { readonly status: 'absent' } | KnownRetry;

export interface KnownRetry {
  readonly status: 'running' | 'finished';
  readonly retry_id: string;
  readonly filter: DeadLetterFilter;
  readonly rate_per_second?: number;
  readonly until: number;
  /** Position of the last one that is done. */
  readonly through: number;
  readonly count: number;
  readonly retried: number;
  /** Were no dead letters any more. */
  readonly skipped: number;
  readonly started_at: string;
  readonly finished_at?: string;
}

export type StartDeadLetterRetry = Command<
  'StartDeadLetterRetry',
  { retry_id: string; filter: DeadLetterFilter; rate_per_second?: number; until: number; count: number }
>;
/** `after`: where the part began; one that is done already is not done again. `through` null: there was no more. */
export type AdvanceDeadLetterRetry = Command<
  'AdvanceDeadLetterRetry',
  { retry_id: string; after: number; through: number | null; retried: number; skipped: number }
>;
export type DeadLetterRetryCommand = StartDeadLetterRetry | AdvanceDeadLetterRetry;

export const deadLetterRetryDecider: Decider<DeadLetterRetryState, DeadLetterRetryCommand, DeadLetterRetryEvent> = {
  initialState: () => ({ status: 'absent' }),
  evolve(state, event) {
    if (event.type === 'DeadLetterRetryStarted')
      return { status: 'running', through: 0, retried: 0, skipped: 0, ...event.data };
    if (state.status === 'absent') return state;
    switch (event.type) {
      case 'DeadLetterRetryAdvanced': {
        const { through, retried, skipped } = event.data;
        return { ...state, through, retried: state.retried + retried, skipped: state.skipped + skipped };
      }
      case 'DeadLetterRetryFinished':
        return { ...state, status: 'finished', finished_at: event.data.finished_at };
      default:
        return state;
    }
  },
  decide(command, state) {
    switch (command.type) {
      case 'StartDeadLetterRetry':
        return start(command, state);
      case 'AdvanceDeadLetterRetry':
        return advance(command, state);
      default:
        return assertNever(command);
    }
  },
};

export const deadLetterRetryAggregate: Aggregate<DeadLetterRetryState, DeadLetterRetryCommand, DeadLetterRetryEvent> = {
  category: 'deadletterretry',
  decider: deadLetterRetryDecider,
  schemaVersions: schemaVersionsOf(deadLetterRetryEvents),
  freshIds: 0,
};

function start({ data, metadata }: StartDeadLetterRetry, state: DeadLetterRetryState): Decision<DeadLetterRetryEvent> {
  const { retry_id, count } = data;
  if (state.status !== 'absent') {
    const why = `Expected to start the retry '${retry_id}' of dead letters, but it was started before`;
    return reject('conflict', 'retry_started', why);
  }
  const started_at = metadata.time;
  return accept([{ type: 'DeadLetterRetryStarted', data: { ...data, started_at } }], { retry_id, count, started_at });
}

function advance(
  { data, metadata }: AdvanceDeadLetterRetry,
  state: DeadLetterRetryState,
): Decision<DeadLetterRetryEvent> {
  const { retry_id, after, through, retried, skipped } = data;
  if (state.status === 'absent') {
    const why = `Expected to advance the retry '${retry_id}' of dead letters, but there is none with this id`;
    return reject('not_found', 'dead_letter_retry_not_found', why);
  }
  if (state.status === 'finished' || state.through !== after) return accept([]);
  const at = metadata.time;
  if (through !== null)
    return accept([{ type: 'DeadLetterRetryAdvanced', data: { retry_id, through, retried, skipped, at } }]);
  const totals = { retried: state.retried, skipped: state.skipped };
  return accept([{ type: 'DeadLetterRetryFinished', data: { retry_id, ...totals, finished_at: at } }]);
}
