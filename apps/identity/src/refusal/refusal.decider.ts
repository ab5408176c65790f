import { refusalEvents, schemaVersionsOf, type RefusalEvent } from '@ao/contracts';
import type { Aggregate } from '@ao/event-log';
import { accept, type Command, type Decider } from '@ao/kernel';

export type RecordRefusal = Command<'RecordRefusal', RefusalEvent['data']>;

/** Written once; there is nothing to decide about it. */
export const refusalDecider: Decider<{ readonly recorded: boolean }, RecordRefusal, RefusalEvent> = {
  initialState: () => ({ recorded: false }),
  evolve: (state, event) => (event.type === 'AccessRefused' ? { recorded: true } : state),
  decide: ({ data }, { recorded }) => accept(recorded ? [] : [{ type: 'AccessRefused', data }]),
};

/** Stream `refusal-<uuid>`. */
export const refusalAggregate: Aggregate<{ readonly recorded: boolean }, RecordRefusal, RefusalEvent> = {
  category: 'refusal',
  decider: refusalDecider,
  schemaVersions: schemaVersionsOf(refusalEvents),
  freshIds: 0,
};
