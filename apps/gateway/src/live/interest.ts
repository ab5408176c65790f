import {
  PUBLIC_CATEGORIES,
  PUBLIC_EVENT_NAMES,
  isPersonal,
  matchesPattern,
  permissionOf,
  publicCategoryOf,
  type Permission,
  type PublicEventName,
} from '@ao/contracts';
import type { Position } from '@ao/event-log';
import type { Principal } from '../http/principal';
import type { LiveEvent } from './live-event';

/** What somebody wants to hear of: any of the names, and of these objects only. */
export interface Interest {
  /** Tells it apart from the others of its connection; the same again is the same. */
  readonly id: string;
  readonly names: ReadonlySet<PublicEventName>;
  /** Objects (`task:<id>`): the event concerns every one of them. */
  readonly keys: readonly string[];
}

/** An interest of a connection, and from where on it has been told. */
export interface Subscription extends Interest {
  /** Nothing up to here. */
  readonly since: Position;
}

export const namesOf = (pattern: string): ReadonlySet<PublicEventName> =>
  new Set(PUBLIC_EVENT_NAMES.filter((name) => matchesPattern(pattern, name)));

export function concerns({ names, keys }: Interest, event: LiveEvent): boolean {
  return names.has(event.name) && keys.every((key) => event.keys.includes(key));
}

/** What is meant for single persons is for persons and what is theirs, whatever else somebody may. */
export function permittedNames({ permissions, owner }: Principal): ReadonlySet<PublicEventName> {
  const isOfPerson = owner?.type === 'user';
  return new Set(
    PUBLIC_EVENT_NAMES.filter((name) => permissions.has(permissionOf(name)) && (isOfPerson || !isPersonal(name))),
  );
}

/** The permission that is missing to hear anything of it; undefined: none is. */
export function missingFor({ names }: Interest, permitted: ReadonlySet<PublicEventName>): Permission | undefined {
  const [first] = names;
  return first === undefined || [...names].some((name) => permitted.has(name)) ? undefined : permissionOf(first);
}

/** Where the log keeps the events of these interests. */
export function categoriesOf(interests: Iterable<Interest>): string[] {
  const wanted = new Set<string>();
  for (const { names } of interests) for (const name of names) wanted.add(publicCategoryOf(name) ?? '');
  return PUBLIC_CATEGORIES.filter((category) => wanted.has(category));
}
