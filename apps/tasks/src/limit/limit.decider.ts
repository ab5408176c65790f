import {
  dispatchLimitEvents,
  evolveDispatchLimit,
  schemaVersionsOf,
  type DispatchLimitDocument,
  type DispatchLimitEvent,
  type DispatchLimitTarget,
  type SetDispatchLimitData,
} from '@ao/contracts';
import type { Aggregate } from '@ao/event-log';
import { accept, assertNever, derivedId, isSameJson, reject, type Command, type Decider } from '@ao/kernel';

export type SetDispatchLimit = Command<'SetDispatchLimit', SetDispatchLimitData & { readonly limit_id: string }>;
export type RemoveDispatchLimit = Command<'RemoveDispatchLimit', DispatchLimitTarget & { readonly limit_id: string }>;
export type LimitCommand = SetDispatchLimit | RemoveDispatchLimit;

/** Undefined: nothing is limited. */
export type LimitState = DispatchLimitDocument | undefined;

export const limitDecider: Decider<LimitState, LimitCommand, DispatchLimitEvent> = {
  initialState: () => undefined,
  evolve: evolveDispatchLimit,
  decide(command, state) {
    const { time: at } = command.metadata;
    const { limit_id, scope, value } = command.data;
    switch (command.type) {
      case 'SetDispatchLimit': {
        const event: DispatchLimitEvent = { type: 'DispatchLimitSet', data: { ...command.data, at } };
        const limit = evolveDispatchLimit(state, event)!;
        const changes = !state || !isSameJson({ ...limit, updated_at: state.updated_at }, state);
        return accept(changes ? [event] : [], { limit_id, created: !state, limit: changes ? limit : state });
      }
      case 'RemoveDispatchLimit': {
        if (!state) {
          const why = `Expected to remove the dispatch limit of ${scope} '${value}', but it has none`;
          return reject('not_found', 'dispatch_limit_not_found', why);
        }
        const data = { limit_id, scope, value, at };
        return accept([{ type: 'DispatchLimitRemoved', data }], { limit_id, removed_at: at });
      }
      default:
        return assertNever(command);
    }
  },
};

export const limitAggregate: Aggregate<LimitState, LimitCommand, DispatchLimitEvent> = {
  category: 'dispatchlimit',
  decider: limitDecider,
  schemaVersions: schemaVersionsOf(dispatchLimitEvents),
  freshIds: 0,
};

/** Types and keys, which people name, do not stand in stream ids. */
export function limitId({ scope, value }: DispatchLimitTarget): string {
  return derivedId('dispatchlimit', scope, value);
}
