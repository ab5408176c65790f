import {
  DEFAULT_PREFERENCES,
  evolvePreferences,
  ROLE_PERMISSIONS,
  permissionOf,
  type PersonRole,
  type Preferences,
  type PreferencesEvent,
  type PublicEventName,
  type UserEvent,
} from '@ao/contracts';
import type { RecordedEvent } from '@ao/event-log';

/** Somebody who can be told something, as `notifications.people` keeps it. */
export interface Person {
  readonly user_id: string;
  /** Null: not known (yet). */
  readonly role: PersonRole | null;
  readonly active: boolean;
  /** Sealed under the person's key. */
  readonly email: string | null;
  /** Null: the person has said nothing. */
  readonly preferences: Preferences | null;
}

export const preferencesOf = ({ preferences }: Pick<Person, 'preferences'>): Preferences =>
  preferences ?? DEFAULT_PREFERENCES;

/** Whether the role lets one see what the event is about. */
export function mayHear({ role }: Pick<Person, 'role'>, name: PublicEventName): boolean {
  return role !== null && ROLE_PERMISSIONS[role].has(permissionOf(name));
}

/** The person after an event of the categories `user` and `preferences`; undefined: erased. Pure. */
export function evolvePerson(user_id: string, person: Person | undefined, recorded: RecordedEvent): Person | undefined {
  const known = person ?? { user_id, role: null, active: false, email: null, preferences: null };
  if (recorded.category === 'preferences') {
    const event = recorded as RecordedEvent & PreferencesEvent;
    const { user_id: _id, updated_at: _at, ...preferences } = evolvePreferences(undefined, event);
    return { ...known, preferences };
  }
  const event = recorded as RecordedEvent & UserEvent;
  switch (event.type) {
    case 'UserRegistered':
      return { ...known, role: event.data.role, active: true, email: event.data.email };
    case 'UserRoleChanged':
      return { ...known, role: event.data.role };
    case 'UserDisabled':
      return { ...known, active: false };
    case 'UserEnabled':
      return { ...known, active: true };
    case 'UserErased':
      return undefined;
    default:
      return person;
  }
}
