import { userEmailEvents, schemaVersionsOf, type UserEmailEvent } from '@ao/contracts';
import type { Aggregate, StreamAppend } from '@ao/event-log';
import { accept, derivedId, streamId, type Command, type Decider } from '@ao/kernel';

/** Who holds an address, by its index; released when the user is erased. */
export type UserEmailState = { readonly status: 'free' } | { readonly status: 'reserved'; readonly user_id: string };

export const userEmailId = (emailIndex: string) => derivedId('user-email', emailIndex);

/** Has no commands of its own: written in the unit that registers or erases the user. */
const userEmailDecider: Decider<UserEmailState, Command, UserEmailEvent> = {
  initialState: () => ({ status: 'free' }),
  evolve: (_state, event) =>
    event.type === 'UserEmailReserved' ? { status: 'reserved', user_id: event.data.user_id } : { status: 'free' },
  decide: () => accept([]),
};

/** Stream `useremail-<derived from the index>`. */
export const userEmailAggregate: Aggregate<UserEmailState, Command, UserEmailEvent> = {
  category: 'useremail',
  decider: userEmailDecider,
  schemaVersions: schemaVersionsOf(userEmailEvents),
};

/** The part of a unit that makes the address this user's, or nobody's, if the stream is as it was seen. */
export function emailAppend(
  type: UserEmailEvent['type'],
  data: { readonly email_index: string; readonly user_id: string },
  expected_version: number,
): StreamAppend {
  const { category, schemaVersion } = userEmailEvents[type];
  return {
    stream_id: streamId(category, userEmailId(data.email_index)),
    expected_version,
    events: [{ type, schema_version: schemaVersion, data }],
  };
}
