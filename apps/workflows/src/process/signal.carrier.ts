import type { Carrier } from './carrier';
import type { Signals } from '../signal/signals';
import { signalKeyOf } from './work';

/** Steps that wait for what somebody else sends, to whoever waits for it: one may be there already. */
export function signalCarrier(signals: Pick<Signals, 'handOut'>): Carrier<'signal'> {
  return {
    async begin(ref, { name, correlation }) {
      if (correlation !== null) await signals.handOut(signalKeyOf(name, correlation), ref);
      return 'open';
    },
    // Nothing was begun.
    end: () => Promise.resolve('ended'),
  };
}
