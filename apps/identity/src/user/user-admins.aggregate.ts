import { userAdminsEvents, schemaVersionsOf, type UserAdminsEvent } from '@ao/contracts';
import type { Aggregate, StreamAppend } from '@ao/event-log';
import { accept, derivedId, streamId, type Command, type Decider } from '@ao/kernel';

/** The ids of all active admins. */
export type UserAdminsState = ReadonlySet<string>;

export const USER_ADMINS_ID = derivedId('user-admins');

const userAdminsDecider: Decider<UserAdminsState, Command, UserAdminsEvent> = {
  initialState: () => new Set(),
  evolve: (admins, event) => {
    if (event.type === 'ActiveAdminAdded') return new Set([...admins, event.data.user_id]);
    return new Set([...admins].filter((id) => id !== event.data.user_id));
  },
  decide: () => accept([]),
};

/** One stream. Whatever makes or unmakes an active admin is appended with it, at the version that was looked at. */
export const userAdminsAggregate: Aggregate<UserAdminsState, Command, UserAdminsEvent> = {
  category: 'useradmins',
  decider: userAdminsDecider,
  schemaVersions: schemaVersionsOf(userAdminsEvents),
};

export const USER_ADMINS_STREAM = streamId('useradmins', USER_ADMINS_ID);

export function adminsAppend(type: UserAdminsEvent['type'], user_id: string, expected_version: number): StreamAppend {
  const { schemaVersion } = userAdminsEvents[type];
  return {
    stream_id: USER_ADMINS_STREAM,
    expected_version,
    events: [{ type, schema_version: schemaVersion, data: { user_id } }],
  };
}

/** Whether no admin is left without this user. */
export const isLastAdmin = (admins: UserAdminsState, userId: string): boolean =>
  admins.size === 0 || (admins.size === 1 && admins.has(userId));
