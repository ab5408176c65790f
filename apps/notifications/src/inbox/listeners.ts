import { PUBLIC_EVENT_NAMES, matchesPattern, type PublicEventName } from '@ao/contracts';
import { mayHear, preferencesOf, type Person } from './person';

const NOBODY: ReadonlySet<string> = new Set();

/** Who asked for which events, by the event's name: what an event costs does not depend on how many people there are. */
export class Listeners {
  private readonly byName = new Map<PublicEventName, Set<string>>();
  private readonly namesOf = new Map<string, readonly PublicEventName[]>();

  constructor(people: readonly Person[] = []) {
    for (const person of people) this.set(person.user_id, person);
  }

  /** As the person is now; undefined: erased. */
  set(userId: string, person: Person | undefined): void {
    for (const name of this.namesOf.get(userId) ?? []) this.byName.get(name)?.delete(userId);
    const names = person ? heardBy(person) : [];
    if (names.length === 0) {
      this.namesOf.delete(userId);
      return;
    }
    this.namesOf.set(userId, names);
    for (const name of names) {
      const listeners = this.byName.get(name);
      if (listeners) listeners.add(userId);
      else this.byName.set(name, new Set([userId]));
    }
  }

  get isEmpty(): boolean {
    return this.namesOf.size === 0;
  }

  of(name: PublicEventName): ReadonlySet<string> {
    return this.byName.get(name) ?? NOBODY;
  }
}

/** What a person is told of by the preferences alone. Never of notifications: each would lead to the next one. */
function heardBy(person: Person): PublicEventName[] {
  const { events } = preferencesOf(person);
  if (!person.active || events.length === 0) return [];
  return PUBLIC_EVENT_NAMES.filter(
    (name) =>
      name !== 'notification' && mayHear(person, name) && events.some((pattern) => matchesPattern(pattern, name)),
  );
}
