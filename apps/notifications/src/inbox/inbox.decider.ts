import { evolveInbox, inboxEvents, schemaVersionsOf, type InboxDocument, type InboxEvent } from '@ao/contracts';
import type { Aggregate } from '@ao/event-log';
import { accept, type Command, type Decider } from '@ao/kernel';

type State = InboxDocument | undefined;

/** `until`: what the person has seen, a position of the log. */
export type ReadInbox = Command<'ReadInbox', { readonly user_id: string; readonly until: number }>;

export const inboxDecider: Decider<State, ReadInbox, InboxEvent> = {
  initialState: () => undefined,
  evolve: evolveInbox,
  decide({ data: { user_id, until }, metadata }, inbox) {
    // What was read stays read, whichever of two requests comes last.
    const read = inbox?.read_until ?? 0;
    if (until <= read) return accept([], { user_id, until: read });
    return accept([{ type: 'InboxRead', data: { user_id, until, at: metadata.time } }], { user_id, until });
  },
};

/** Stream `inbox-<user's uuid>`. */
export const inboxAggregate: Aggregate<State, ReadInbox, InboxEvent> = {
  category: 'inbox',
  decider: inboxDecider,
  schemaVersions: schemaVersionsOf(inboxEvents),
  freshIds: 0,
};
