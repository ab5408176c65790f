import { MAX_VALUE_BYTES, schemaVersionsOf, signalEvents, type SignalEvent, type SignalTaker } from '@ao/contracts';
import type { Aggregate } from '@ao/event-log';
import { accept, assertNever, reject, type Command, type Decider, type Decision } from '@ao/kernel';
import { jsonBytes } from '../run/json-bytes';

interface KeptSignal {
  readonly signal_id: string;
  readonly name: string;
  readonly correlation: string;
  readonly payload: unknown;
  readonly sent_by: string | null;
}

export interface SignalsState {
  /** That nobody has taken, oldest first. */
  readonly kept: readonly KeptSignal[];
  /** Who took the newest of those that are taken, oldest first. */
  readonly takers: readonly string[];
}

export type KeepSignal = Command<'KeepSignal', KeptSignal>;
/** Gives the oldest to a step. Nothing happens where there is none, or the step has been given one. */
export type TakeSignal = Command<'TakeSignal', SignalTaker>;
/** The run that was to get it had ended. */
export type ReturnSignal = Command<'ReturnSignal', KeptSignal & SignalTaker>;
export type SignalCommand = KeepSignal | TakeSignal | ReturnSignal;

/** Of one name and correlation. */
export const MAX_UNTAKEN = 1_000;
/** So many steps that took one are remembered: those that asked again lately. */
const MAX_TAKERS = 1_000;

const takerOf = ({ run_id, node, attempt }: SignalTaker) => `${run_id} ${node} ${attempt}`;

/** The signals with one name and correlation, which wait for a step that waits for them. */
export const signalDecider: Decider<SignalsState, SignalCommand, SignalEvent> = {
  initialState: () => ({ kept: [], takers: [] }),

  evolve(state, { type, data }) {
    const { signal_id, name, correlation, payload, sent_by } = data;
    const signal = { signal_id, name, correlation, payload, sent_by };
    switch (type) {
      case 'SignalKept':
        return { ...state, kept: [...state.kept, signal] };
      case 'SignalTaken': {
        const kept = state.kept.filter((other) => other.signal_id !== signal_id);
        return { kept, takers: [...state.takers, takerOf(data)].slice(-MAX_TAKERS) };
      }
      case 'SignalReturned':
        // It was the oldest when it was taken.
        return { ...state, kept: [signal, ...state.kept] };
      default:
        return state;
    }
  },

  decide(command, { kept, takers }): Decision<SignalEvent> {
    const at = command.metadata.time;
    switch (command.type) {
      case 'KeepSignal': {
        const { signal_id, name, payload } = command.data;
        // No run takes more, so that a step to which it were given would wait for ever.
        const bytes = jsonBytes(payload);
        if (bytes > MAX_VALUE_BYTES) {
          const why = `its payload has ${bytes} bytes of JSON, more than ${MAX_VALUE_BYTES}`;
          return reject('too_large', 'payload_too_large', `Expected to send signal '${name}', but ${why}`, '/payload');
        }
        if (kept.length >= MAX_UNTAKEN) {
          const why = `${MAX_UNTAKEN} of the same name and correlation wait already for a step to take them`;
          return reject('conflict', 'too_many_signals', `Expected to send signal '${name}', but ${why}`);
        }
        return accept([{ type: 'SignalKept', data: { ...command.data, at } }], { signal_id, received_at: at });
      }
      case 'TakeSignal': {
        const [oldest] = kept;
        if (!oldest || takers.includes(takerOf(command.data))) return accept([], null);
        const data = { ...oldest, ...command.data, at };
        return accept([{ type: 'SignalTaken', data }], { signal_id: oldest.signal_id });
      }
      case 'ReturnSignal':
        return accept([{ type: 'SignalReturned', data: { ...command.data, at } }]);
      default:
        return assertNever(command);
    }
  },
};

export const signalAggregate: Aggregate<SignalsState, SignalCommand, SignalEvent> = {
  category: 'signal',
  decider: signalDecider,
  schemaVersions: schemaVersionsOf(signalEvents),
  freshIds: 0,
};
