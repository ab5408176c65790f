import type { CommandShell } from '@ao/event-log';
import { derivedId, isRejection } from '@ao/kernel';
import type { DueCommand } from '@ao/timers';
import {
  breakerAggregate,
  type CloseBreaker,
  type DeleteBreaker,
  type HalfOpenBreaker,
  type OpenBreaker,
} from './breaker.decider';

/** What a breaker does by itself. */
export type TransitionCommand = OpenBreaker | HalfOpenBreaker | CloseBreaker | DeleteBreaker;

export type Transition = {
  [Type in TransitionCommand['type']]: {
    readonly type: Type;
    readonly data: Extract<TransitionCommand, { type: Type }>['data'];
    /** Of the event that led to it. */
    readonly position: number;
  };
}[TransitionCommand['type']];

export const BREAKER_TRANSITION = 'breaker_transition';
/** Before anything that has a time. */
const AT_ONCE = '1970-01-01T00:00:00.000Z';

/** One timer per breaker: what it does next takes the place of what it was to do. */
export function breakerTimerId(breakerId: string): string {
  return `breaker-${breakerId}`;
}

/** The timer that carries a transition out; without a time: now. */
export function breakerTimer(transition: Transition, due_at: string = AT_ONCE): DueCommand {
  const { breaker_id } = transition.data;
  return { timer_id: breakerTimerId(breaker_id), due_at, kind: BREAKER_TRANSITION, payload: transition };
}

/**
 * Carries out what a timer says. Its command id is derived from the event that led to it, so that it happens once; one that
 * the breaker's state has overtaken is refused, and that is all.
 */
export function breakerTransitions(shell: Pick<CommandShell, 'run'>) {
  return async ({ payload }: Pick<DueCommand, 'payload'>): Promise<void> => {
    const { type, data, position } = payload as Transition;
    const command_id = derivedId('breaker-transition', data.breaker_id, position);
    const metadata = {
      command_id,
      actor: { type: 'system', id: 'circuit-breakers' },
      correlation_id: command_id,
      causation_id: `log@${position}`,
    } as const;
    const result = await shell.run(breakerAggregate, data.breaker_id, { type, data, metadata });
    // Nothing was decided: the timer fires again.
    if (isRejection(result) && result.rejection === 'unavailable') throw new Error(result.message);
  };
}
