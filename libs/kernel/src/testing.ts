import { isRejection } from './decider';
import type { Command } from './metadata';
import type { Decider, DomainEvent, Rejection } from './decider';

/** given(events).when(command).then(events | rejection), for deciders. */
export function deciderSpec<State, C extends Command, E extends DomainEvent>(decider: Decider<State, C, E>) {
  return {
    given: (...events: E[]) => ({
      when: (command: C) => {
        const state = events.reduce(decider.evolve, decider.initialState());
        const decision = decider.decide(command, state);
        return {
          decision,
          then: (...expected: E[]) => {
            if (isRejection(decision)) throw new Error(`expected events, got the rejection: ${decision.message}`);
            expect(decision.events).toEqual(expected);
            return decision.result;
          },
          thenTypes: (...types: E['type'][]) => {
            if (isRejection(decision)) throw new Error(`expected events, got the rejection: ${decision.message}`);
            expect(decision.events.map((event) => event.type)).toEqual(types);
          },
          thenRejected: (expected: Partial<Rejection>) => {
            if (!isRejection(decision)) throw new Error(`expected a rejection, got ${JSON.stringify(decision.events)}`);
            expect(decision).toMatchObject(expected);
          },
        };
      },
    }),
  };
}

/** A command with test metadata; overrides win. */
export function testCommand<Type extends string, Data>(
  type: Type,
  data: Data,
  metadata: Partial<Command['metadata']> = {},
): Command<Type, Data> {
  return {
    type,
    data,
    metadata: {
      command_id: '00000000-0000-7000-8000-000000000001',
      actor: { type: 'operator', id: 'test' },
      correlation_id: '00000000-0000-7000-8000-0000000000c0',
      causation_id: '00000000-0000-7000-8000-0000000000ca',
      time: '2026-01-01T00:00:00.000Z',
      fresh_ids: ['00000000-0000-7000-8000-0000000000f1', '00000000-0000-7000-8000-0000000000f2'],
      ...metadata,
    },
  };
}
